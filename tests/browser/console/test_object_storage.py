"""Pages of object storage: the offer, the order, buckets and keys, what is told of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import LOOKS, check
from tests.browser.console.world import sign_in
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer

from souk.blueprints.objectstorage import BLUEPRINT
from souk.engines.memory import MemoryEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands, registry
from souk.provisioning.contract import BindingRole, Health
from souk.settings.seeds import seed

pytestmark = pytest.mark.browser
LONG = "archives-de-la-comptabilite-et-des-factures-numerisees-2026"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, own_database: str) -> Iterator[MemoryEngine]:
    """Object storage is for sale."""
    monkeypatch.setattr(BLUEPRINT, "probe", lambda *_: Health(True))
    both = {each.key: each for each in (EXAMPLE, BLUEPRINT)}
    with mock.patch.object(registry, "blueprints", return_value=both):
        seed()
        yield MemoryEngine()


@pytest.fixture
def buyer(engine: MemoryEngine) -> Customer:
    return customer()


@pytest.fixture
def instance(engine: MemoryEngine, tmp_path: Path, buyer: Customer) -> UUID:
    """A service with buckets, and keys to them."""
    place = reconciling.ground(tmp_path, engine)
    details = ordering.OrderDetails(
        buyer.organization,
        "public",
        "object-storage",
        "s",
        "ma-temara",
        "fichiers",
        {"buckets": ["factures", "photos"]},
    )
    made = order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    reconciling.work(place)
    commands.create_database(buyer.scope, made, LONG)
    commands.create_binding(buyer.scope, made, "boutique", BindingRole.WRITER, "photos")
    commands.create_binding(buyer.scope, made, "comptable", BindingRole.READER, LONG)
    reconciling.forget_leases()
    reconciling.work(place)
    return made


def _keep(page: Page, name: str) -> None:
    """A picture for whoever wants to look."""
    if folder := os.environ.get("SOUK_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_its_pages_are_accessible_and_fit(
    console: str, instance: UUID, buyer: Customer, open_page: OpenPage, language: str, theme: str, width: int
) -> None:
    visit = open_page(language, theme, width)
    sign_in(visit, console, buyer.email)
    own = f"/services/{instance}/"
    pages = {
        "offer": "/market/object-storage/",
        "order": "/market/object-storage/order/",
        "service": own,
        "buckets": own + "databases/",
        "delete-bucket": own + f"databases/{LONG}/delete/",
        "keys": own + "bindings/",
        "key": own + "bindings/boutique/change/",
        **{part: own + f"{part}/" for part in ("plan", "metrics", "logs", "alerts", "versions")},
    }
    for name, address in pages.items():
        page = visit.go(console + address)
        _keep(page, f"os-{name}-{language}-{width}")
        check(page, language)
    assert visit.complaints == []


def test_the_list_of_operations_calls_a_bucket_so(
    console: str, instance: UUID, buyer: Customer, open_page: OpenPage
) -> None:
    visit = open_page("fr", "light", 1280)
    sign_in(visit, console, buyer.email)
    told = visit.go(f"{console}/services/{instance}/").inner_text("main")
    assert "Nouveau compartiment" in told
    assert "Nouvelle base" not in told


def test_a_mistake_in_a_buckets_name_is_told_in_the_words_of_buckets(
    console: str, instance: UUID, buyer: Customer, open_page: OpenPage
) -> None:
    visit = open_page("fr", "light", 1280)
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/services/{instance}/databases/")
    for name, told in (("Mes_Photos", "traits d’union"), ("photos", "déjà un compartiment")):
        page.fill("[name=name]", name)
        page.click("main form .btn-primary")
        page.wait_for_load_state()
        assert told in page.inner_text("main")
        assert page.input_value("[name=name]") == name
