"""Pages of DNS zones: the zones, what is in one, a file's difference, and names that services take in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import LOOKS, check
from tests.browser.console.world import sign_in
from tests.support import reconciling
from tests.support.dns import zone
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer, operator

from souk.blueprints.dnszones import BLUEPRINT
from souk.engines.memory import MemoryEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import commands, queries, registry
from souk.provisioning.simulation import Simulated
from souk.settings.seeds import seed
from souk.sites.queries import sites

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror=alert(1)> <script>alert(2)</script> ">'
KEY = "v=DKIM1; k=rsa; p=" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA" * 6


@pytest.fixture
def engine(own_database: str) -> Iterator[MemoryEngine]:
    """DNS zones are for sale."""
    both = {EXAMPLE.key: EXAMPLE, BLUEPRINT.key: Simulated(BLUEPRINT)}
    with mock.patch.object(registry, "blueprints", return_value=both):
        seed()
        yield MemoryEngine()


@pytest.fixture
def buyer(engine: MemoryEngine) -> Customer:
    return customer()


@pytest.fixture
def services(engine: MemoryEngine, tmp_path: Path, buyer: Customer) -> tuple[UUID, UUID]:
    """A name server with zones, and a service that has a name in one."""
    place = reconciling.ground(tmp_path, engine)
    commands.add_range(operator(), sites()[0].id, "203.0.113.0/28")
    details = ordering.OrderDetails(
        buyer.organization, "public", "dns-zones", "m", "ma-temara", "noms-de-domaine", public_address=True
    )
    server = order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    site = reconciling.order(buyer, "boutique-de-noël")
    reconciling.settle(place)
    ordering.give_address(buyer.scope, site)
    for name in ("atelier-zellige.ma", "متجر.المغرب", "vide.example.ma"):
        commands.add_zone(buyer.scope, server, name)
    text = "\n".join(f"poste-{number:03} 300 IN A 192.0.2.{number % 250 + 1}" for number in range(300))
    commands.import_zone(buyer.scope, server, "atelier-zellige.ma", text)
    for name, kind, values in (
        ("@", "MX", ["10 mail", "20 secours.une-tres-longue-adresse.hebergeur-de-courrier.example.net."]),
        ("@", "TXT", ["v=spf1 mx -all", HOSTILE]),
        ("cle._domainkey", "TXT", [KEY]),
        ("طنجة", "CNAME", ["متجر.المغرب"]),
    ):
        commands.set_records(buyer.scope, server, "atelier-zellige.ma", name, kind, values)
    commands.name_service(buyer.scope, site, "www.atelier-zellige.ma")
    with zone() as served, pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.DNS_RESOLVERS", [served.address])
        served.publish({}, [], [("atelier-zellige.ma", "ns1.ailleurs.example.ma")])
        reconciling.settle(place, times=3)
    return server, site


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_its_pages_are_accessible_fit_and_obey_the_policy(
    buyer: Customer,
    services: tuple[UUID, UUID],
    console: str,
    open_page: OpenPage,
    language: str,
    theme: str,
    width: int,
) -> None:
    server, site = services
    visit = open_page(language, theme, width)
    sign_in(visit, console, buyer.email)
    zone_page = f"/services/{server}/zones/atelier-zellige.ma/"
    for path in (
        f"/services/{server}/",
        f"/services/{server}/zones/",
        f"/services/{server}/zones/vide.example.ma/",
        zone_page,
        f"{zone_page}?q=poste-01",
        f"{zone_page}?q=rien-de-tel",
        f"{zone_page}?name=%40&type=MX",
        f"{zone_page}import/",
        f"/services/{site}/names/",
        "/market/dns-zones/",
    ):
        page = visit.go(console + path)
        check(page, language)
        if folder := os.environ.get("SOUK_PICTURES"):
            place = path.strip("/").replace("/", "_").replace("?", "_")[-50:]
            page.screenshot(path=f"{folder}/{language}_{width}_{place}.png", full_page="poste" not in path)
    page = visit.go(f"{console}{zone_page}import/")
    page.fill("[name=text]", "poste-001 300 IN A 192.0.2.99\nneuf 300 IN TXT " + '"' + "a" * 200 + '"')
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    check(page, language)
    if folder := os.environ.get("SOUK_PICTURES"):
        page.screenshot(path=f"{folder}/{language}_{width}_difference.png", full_page=True)
    page.click("button[name=take]")
    page.wait_for_load_state()
    assert queries.zone(buyer.scope, server, "atelier-zellige.ma").records > 300
    page = visit.go(f"{console}{zone_page}import/")
    page.fill("[name=text]", "poste-001 IN A 192.0.2.999\n$INCLUDE /etc/passwd\n")
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    check(page, language)
    assert page.locator("li", has_text="2").count() >= 1
    page = visit.go(console + zone_page)
    page.fill("[name=name]", "www2")
    page.fill("[name=values]", "pas une adresse")
    page.locator("form", has=page.locator("[name=values]")).locator("button").click()
    page.wait_for_load_state()
    check(page, language)
    if folder := os.environ.get("SOUK_PICTURES"):
        page.screenshot(path=f"{folder}/{language}_{width}_refused.png", full_page=False)
    assert page.input_value("[name=values]") == "pas une adresse"
    assert [each for each in visit.complaints if "422" not in each] == []
