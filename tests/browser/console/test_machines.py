"""Pages of a machine of one's own: the order with its mistakes, how it is reached, its snapshots."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import LOOKS, check
from tests.browser.console.world import sign_in
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer, operator
from tests.unit.machine.test_keys import ED25519, OTHER

from souk.blueprints.machine import BLUEPRINT
from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands, registry, rules
from souk.provisioning.contract import Health
from souk.provisioning.models import Operation
from souk.provisioning.queries import snapshots
from souk.settings.seeds import seed
from souk.sites.queries import sites

pytestmark = pytest.mark.browser
SCRIPT = "#cloud-config\npackages:\n  - nginx\n"
LINES = ["Get:1 trixie InRelease", "E: Unable to locate package ngynx " + "x" * 200]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, own_database: str) -> Iterator[MemoryEngine]:
    """Machines are for sale, on an engine where each of them tells of a first boot that went wrong."""
    engine = MemoryEngine()
    programs: dict[str, Any] = engine.guest.programs
    told = json.dumps({"standing": "failed", "lines": LINES})
    programs["head"] = lambda _arguments, _stdin: Execution(0, OTHER + "\n", "")
    programs["/usr/lib/souk/first-boot"] = lambda _arguments, _stdin: Execution(0, told, "")
    monkeypatch.setattr(BLUEPRINT, "probe", lambda *_: Health(True))
    both = {each.key: each for each in (EXAMPLE, BLUEPRINT)}
    with mock.patch.object(registry, "blueprints", return_value=both):
        seed()
        yield engine


def _machine(engine: MemoryEngine, folder: Path, buyer: Customer) -> tuple[UUID, UUID]:
    """A machine that has been in use, and one of its snapshots."""
    place = reconciling.ground(folder, engine)
    commands.add_range(operator(), sites()[0].id, "203.0.113.0/28")
    given = {"ssh_keys": [ED25519], "user_data": SCRIPT}
    details = ordering.OrderDetails(
        buyer.organization, "public", "machine", "m", "ma-temara", "atelier-de-développement", given
    )
    instance = order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    reconciling.work(place)
    with acting(System("test")):
        Operation.objects.filter(not_before__isnull=False).update(not_before=clock.now())
    reconciling.forget_leases()
    reconciling.work(place)
    ordering.give_address(buyer.scope, instance)
    office = rules.rule(
        "in", "tcp", "8000-8010", ["203.0.113.0/24", "198.51.100.7"], "bureau de Rabat, l’équipe du site"
    )
    commands.set_rules(buyer.scope, instance, [*rules.FIRST, office, rules.rule("out", "tcp", "25")])
    reconciling.settle(place)
    for name in ("avant la mise à jour de nginx", "قبل الترقية"):
        commands.take_snapshot(buyer.scope, instance, name)
        reconciling.work(place)
    return instance, snapshots(buyer.scope, instance).snapshots[0].id


def _keep(page: Page, name: str) -> None:
    """A picture for whoever wants to look."""
    if folder := os.environ.get("SOUK_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_a_machines_pages_are_accessible_and_fit(
    console: str,
    engine: MemoryEngine,
    open_page: OpenPage,
    tmp_path: Path,
    language: str,
    theme: str,
    width: int,
) -> None:
    buyer = customer()
    instance, snapshot = _machine(engine, tmp_path, buyer)
    visit = open_page(language, theme, width)
    sign_in(visit, console, buyer.email)
    pages = {
        "offer": "/market/machine/",
        "order": "/market/machine/order/",
        "service": f"/services/{instance}/",
        "settings": f"/services/{instance}/settings/",
        "snapshots": f"/services/{instance}/snapshots/",
        "new": f"/services/{instance}/snapshots/{snapshot}/new/",
        **{part: f"/services/{instance}/{part}/" for part in ("versions", "plan", "access", "names", "network")},
        **{part: f"/services/{instance}/{part}/" for part in ("address", "firewall")},
        **{part: f"/services/{instance}/{part}/" for part in ("health", "alerts", "rename", "delete")},
    }
    for name, address in pages.items():
        page = visit.go(console + address)
        _keep(page, f"{name}-{language}-{width}")
        check(page, language)
    assert visit.complaints == []


def test_a_mistake_in_a_key_is_told_at_its_field_and_loses_nothing(
    console: str, engine: MemoryEngine, open_page: OpenPage
) -> None:
    buyer = customer()
    visit = open_page("fr", "light", 1280)
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/market/machine/order/?plan=s")
    page.fill("[name=name]", "atelier")
    page.fill("[name=p-ssh_keys]", f"{ED25519}\nssh-rsa AAAA")
    page.fill("[name=p-user_data]", SCRIPT)
    page.click("#order .btn-primary")
    page.wait_for_load_state()
    _keep(page, "mistake-fr-1280")
    check(page, "fr")
    assert "Ligne 2" in page.inner_text("main")
    assert page.input_value("[name=p-user_data]").strip() == SCRIPT.strip()
    page.fill("[name=p-ssh_keys]", ED25519)
    page.click("#order .btn-primary")
    page.wait_for_url("**/services/*/")
