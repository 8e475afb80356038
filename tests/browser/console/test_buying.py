"""Buying and running a service in a real browser, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import OpenPage
from tests.browser.console.world import sign_in
from tests.database.console.desks import worker_answers
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.world import PASSWORD, Customer, customer, valid_ice

from souk.ordering.queries import orders
from souk.provisioning.queries import service

pytestmark = pytest.mark.browser


@pytest.fixture
def buyer(console: str) -> Customer:
    return customer()


def test_a_visitor_becomes_a_customer_and_orders_without_losing_the_way(console: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{console}/")
    page.click("text=Exemple géré")
    page.locator(".sk-price-card a").nth(1).click()
    page.click("main a:has-text('Ouvrir un compte')")
    page.fill("[name=full_name]", "Fatima Zahra")
    page.fill("[name=email]", "fatima@client.example")
    page.fill("[name=password1]", PASSWORD)
    page.click("main form .btn-primary")
    page.fill("[name=legal_name]", "Atelier Fès")
    page.select_option("[name=segment]", "tpme")
    page.fill("[name=ice]", valid_ice())
    page.click("main form .btn-primary")
    expect(page.locator("[name=plan]:checked")).to_have_value("m")
    page.fill("[name=name]", "compta")
    page.click("#order .btn-primary")
    expect(page.locator("h1")).to_have_text("compta")


def test_results_follow_the_typing(console: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{console}/market/")
    page.fill("[type=search]", "exem")
    expect(page).to_have_url(f"{console}/market/?q=exem&category=")
    expect(page.locator(".sk-offer")).to_have_count(1)
    page.fill("[type=search]", "zzz")
    expect(page.locator("#results")).to_contain_text("Rien ne correspond")


def test_the_price_follows_the_plan(console: str, open_page: OpenPage, buyer: Customer) -> None:
    visit = open_page()
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/market/exemple/order/?plan=s")
    expect(page.locator("#price")).to_contain_text("588,00")
    page.locator("[name=plan][value=m]").check(force=True)
    expect(page.locator("#price")).to_contain_text("2\u202f028,00")
    assert visit.complaints == []


def test_a_page_follows_its_service_from_order_to_ready_and_then_rests(
    console: str, open_page: OpenPage, buyer: Customer, tmp_path: Path
) -> None:
    visit = open_page()
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/services/{reconciling.order(buyer)}/")
    expect(page.locator(".sk-page-header .sk-status")).to_have_text("En attente")
    reconciling.work(reconciling.ground(tmp_path))
    catch_up()
    expect(page.locator(".sk-page-header .sk-status")).to_have_text("Prêt")
    expect(page.locator("#password")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)
    assert asked == []
    assert visit.complaints == []


def test_the_password_is_shown_on_demand_and_hidden_again(
    console: str, open_page: OpenPage, buyer: Customer, tmp_path: Path
) -> None:
    instance = reconciling.order(buyer)
    reconciling.work(reconciling.ground(tmp_path))
    visit = open_page()
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/services/{instance}/")
    with worker_answers():
        page.click("#password button")
        expect(page.locator("#password")).to_contain_text("Masquer")
    page.click("#password [data-hide]")
    expect(page.locator("#password")).to_contain_text("••••")


def test_deleting_asks_for_the_name(console: str, open_page: OpenPage, buyer: Customer) -> None:
    instance = reconciling.order(buyer)
    visit = open_page()
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/services/{instance}/delete/")
    page.fill("[name=name]", "autre")
    page.click("main .btn-danger")
    expect(page.locator("#id_name_error")).to_be_visible()
    page.fill("[name=name]", "compta")
    page.click("main .btn-danger")
    expect(page.locator(".sk-page-header .sk-status")).to_have_text("En suppression")
    assert service(buyer.scope, instance).desired == "deleted"


def test_ordering_and_deleting_work_without_javascript(console: str, chromium: Browser, buyer: Customer) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-MA")
    page = context.new_page()
    page.goto(f"{console}/accounts/login/?next=/market/exemple/order/%3Fplan%3Dm")
    page.fill("[name=login]", buyer.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form .btn-primary")
    page.fill("[name=name]", "sans script")
    page.click("#order .btn-primary")
    expect(page.locator("h1")).to_have_text("sans script")
    (order,) = orders(buyer.scope)
    page.goto(f"{console}/services/{order.instance_id}/delete/")
    page.fill("[name=name]", "sans script")
    page.click("main .btn-danger")
    assert service(buyer.scope, order.instance_id).desired == "deleted"
    context.close()


def test_a_form_is_sent_by_keyboard_alone(console: str, open_page: OpenPage, buyer: Customer) -> None:
    visit = open_page()
    sign_in(visit, console, buyer.email)
    page = visit.go(f"{console}/market/exemple/order/?plan=s")
    page.focus("[name=plan]:checked")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("au clavier")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("au clavier")
    (order,) = orders(buyer.scope)
    assert order.plan_key == "m"
