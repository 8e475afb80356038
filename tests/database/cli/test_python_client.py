"""The page on the Python client, followed: its program runs against the real API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler

from souk import client
from souk.cli import profile

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "customer" / "python-client.md"


def test_the_pages_program_orders_lists_is_refused_and_cancels(
    customer: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    in_process = partial(client.Client, transport=httpx.WSGITransport(app=WSGIHandler()))
    monkeypatch.setattr(client, "Client", in_process)
    stored = profile.stored()
    monkeypatch.setenv("SOUK_SERVER", stored.server)
    monkeypatch.setenv("SOUK_TOKEN", stored.token)
    exec(program, {})
    number, service, refusal = capsys.readouterr().out.splitlines()
    assert number.endswith(" placed")
    assert service == "compta pending"
    assert refusal.startswith("not-ready-yet ")
    monkeypatch.delenv("SOUK_TOKEN")
    assert json.loads(customer("--json", "orders")[1])["items"][0]["state"] == "cancelled"
