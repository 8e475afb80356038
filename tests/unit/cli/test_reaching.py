"""How to reach a service from a program: the authority's certificate, and lines to copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")
SNIPPETS = [{"language": "Python", "text": "rows[0]"}, {"language": "PHP", "text": "<?php"}]


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})


def test_snippets_are_shown_as_they_are_by_language_or_all(server, souk) -> None:
    for _ in range(2):
        server.says("GET", f"{PATH}/connection", {"snippets": SNIPPETS})
    assert souk("services", "snippets", "compta", "python").out == "rows[0]\n"
    assert "# PHP" in souk("services", "snippets", "compta").out


def test_a_language_that_there_is_nothing_for_says_so(server, souk) -> None:
    server.says("GET", f"{PATH}/connection", {"snippets": SNIPPETS})
    ran = souk("services", "snippets", "compta", "cobol")
    assert (ran.status, ran.out) == (1, "")


def test_the_authoritys_certificate_is_printed_or_saved(server, souk, tmp_path: Path) -> None:
    for _ in range(2):
        server.says("GET", f"{PATH}/ca.pem", "PEM")
    assert "PEM" in souk("services", "ca", "compta").out
    souk("services", "ca", "compta", "-o", str(tmp_path / "ca.pem"))
    assert b"PEM" in (tmp_path / "ca.pem").read_bytes()
