"""Pages of a web site: the order, how files are brought, releases and the staging copy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import LOOKS, check
from tests.browser.console.world import sign_in
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer
from tests.unit.machine.test_keys import OTHER

from souk.blueprints.website import BLUEPRINT
from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands, registry
from souk.provisioning.contract import Health
from souk.settings.seeds import seed

pytestmark = pytest.mark.browser
NOTE = "Les prix de la rentrée, et la page des horaires du magasin de Témara " + "bien longue " * 8


def _told() -> str:
    now = clock.now()
    releases = [
        {
            "number": number,
            "at": (now - timedelta(days=9 - number)).timestamp(),
            "source": source,
            "by": by,
            "note": note,
            "live": number == 4,
        }
        for number, source, by, note in (
            (1, "first", "", ""),
            (2, "push", "site", "Première page"),
            (3, "push", "agence_du_detroit", NOTE),
            (4, "push", "agence_du_detroit", "أسعار الموسم الجديد"),
            (5, "staging", "", ""),
        )
    ]
    return json.dumps({"releases": releases, "staged": (now - timedelta(hours=3)).timestamp()})


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, own_database: str) -> Iterator[MemoryEngine]:
    """Web sites are for sale, on an engine where each of them tells of five releases."""
    engine = MemoryEngine()
    programs: dict[str, Any] = engine.guest.programs
    programs["head"] = lambda _arguments, _stdin: Execution(0, OTHER + "\n", "")
    programs["/usr/lib/souk/release"] = lambda _arguments, _stdin: Execution(0, _told(), "")
    programs["/usr/lib/souk/succession"] = lambda _arguments, _stdin: Execution(0, '{"version": "2.4.66"}', "")
    monkeypatch.setattr(BLUEPRINT, "probe", lambda *_: Health(True))
    both = {each.key: each for each in (EXAMPLE, BLUEPRINT)}
    with mock.patch.object(registry, "blueprints", return_value=both):
        seed()
        yield engine


def _site(engine: MemoryEngine, folder: Path, buyer: Customer, name: str, *, used: bool) -> UUID:
    """A site; one that is in use has a binding, releases and a staging copy."""
    place = reconciling.ground(folder, engine)
    details = ordering.OrderDetails(buyer.organization, "public", "web-site", "m", "ma-temara", name, {})
    instance = order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    reconciling.work(place)
    if used:
        commands.create_binding(buyer.scope, instance, "agence", "writer")
        commands.stage(buyer.scope, instance)
        reconciling.settle(place)
    return instance


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_a_web_sites_pages_are_accessible_and_fit(
    console: str, engine: MemoryEngine, open_page: OpenPage, tmp_path: Path, language: str, theme: str, width: int
) -> None:
    buyer = customer()
    used = _site(engine, tmp_path, buyer, "site-de-la-boutique-de-Témara", used=True)
    new = _site(engine, tmp_path, buyer, "vitrine", used=False)
    visit = open_page(language, theme, width)
    sign_in(visit, console, buyer.email)
    pages = {
        "offer": "/market/web-site/",
        "order": "/market/web-site/order/",
        "service": f"/services/{used}/",
        "settings": f"/services/{used}/settings/",
        "bindings": f"/services/{used}/bindings/",
        "releases": f"/services/{used}/releases/",
        "releases-new": f"/services/{new}/releases/",
    }
    for name, address in pages.items():
        page = visit.go(console + address)
        if folder := os.environ.get("SOUK_PICTURES"):
            page.screenshot(path=f"{folder}/site-{name}-{language}-{width}.png", full_page=True)
        check(page, language)
    assert visit.complaints == []
