"""A vendor registers a broker, sets prices and publishes; the operator approves; a customer orders, and gets in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import check
from tests.browser.console.world import sign_in
from tests.database.console.desks import worker_answers
from tests.support import reconciling, selling
from tests.support import vendor as program
from tests.support.following import catch_up
from tests.support.selling import Vendor
from tests.support.world import customer, operator

from souk.brokers import intake, queries, visiting
from souk.parties.models import Person

pytestmark = pytest.mark.browser


@pytest.fixture
def vendor(console: str, settings: object) -> Iterator[Vendor]:
    settings.BROKER_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.BROKERS_IN_THE_CLEAR = True
    intake.ensure()
    with selling.running() as vendor:
        yield vendor


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 390)])
def test_from_a_vendors_broker_to_a_customers_credentials(
    console: str, vendor: Vendor, open_page: OpenPage, tmp_path: Path, language: str, width: int
) -> None:
    seller, buyer = customer("Magasins du Bouregreg"), customer()
    visit = open_page(language, "light", width)
    sign_in(visit, console, seller.email)
    check(visit.go(f"{console}/brokers/"), language)
    page = visit.go(f"{console}/brokers/new/")
    check(page, language)
    page.fill("[name=name]", "Magasins clé-valeur")
    page.fill("[name=url]", "https://10.0.0.1/")
    page.fill("[name=username]", program.USER)
    page.fill("[name=secret]", program.PASSWORD)
    page.click("main form .btn-primary")
    expect(page.locator("[name=url]")).to_have_attribute("aria-invalid", "true")
    check(page, language)
    page.fill("[name=url]", vendor.url)
    page.fill("[name=secret]", program.PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/brokers/[0-9a-f-]{36}/$"))
    check(page, language)

    (row,) = queries.brokers(seller.scope)
    visiting.visit(row.id)
    page.reload()
    check(page, language)
    page.fill("[name=price0]", "120")
    page.fill("[name=price1]", "300")
    page.fill("[name=meter]", "requests")
    page.fill("[name=rate]", "0.01")
    page.click("form[action$='/publish/'] .btn-primary")
    page.wait_for_load_state()
    check(page, language)
    versions = {each.state for each in queries.sold(seller.scope, row.id)}
    assert versions == {"in_review"}

    engineer = Person.objects.get(id=operator().person)
    desk = open_page(language, "light", width)
    sign_in(desk, console, engineer.email)
    check(desk.go(f"{console}/operator/brokers/"), language)
    check(desk.go(f"{console}/operator/brokers/{row.id}/"), language)
    page = desk.go(f"{console}/operator/catalog/")
    page.locator("main table a", has_text="Magasin").first.click()
    for verb in ("approved", "published"):
        page.click(f"button[name=verb][value={verb}]")
        page.wait_for_load_state()

    visit = open_page(language, "light", width)
    sign_in(visit, console, buyer.email)
    check(visit.go(f"{console}/market/key-value/"), language)
    page = visit.go(f"{console}/market/key-value/order/?plan=small")
    check(page, language)
    expect(page.locator("[name=extra_gib]")).to_have_count(0)
    page.fill("[name=name]", "panier")
    page.click("#order .btn-primary")
    expect(page.locator("h1")).to_have_text("panier")
    check(page, language)
    reconciling.work(reconciling.ground(tmp_path))
    catch_up()
    service = page.url
    page = visit.go(service)
    check(page, language)
    check(visit.go(f"{service}plan/"), language)
    check(visit.go(f"{service}delete/"), language)
    page = visit.go(f"{service}bindings/")
    page.fill("[name=name]", "boutique")
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    reconciling.work(reconciling.ground(tmp_path))
    page = visit.go(f"{service}bindings/")
    check(page, language)
    with worker_answers():
        page.locator("#boutique button").first.click()
        expect(page.locator("#boutique")).to_contain_text("endpoint")
    assert [text for text in visit.complaints if "422" not in text] == []
