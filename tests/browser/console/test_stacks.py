"""A stack in the console: chosen on the market place, ordered, watched while its parts are made, and deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import check
from tests.browser.console.world import sign_in
from tests.support import reconciling, stacks
from tests.support.world import customer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("ar", 390)])
def test_it_is_ordered_watched_and_deleted_with_its_parts(
    console: str, open_page: OpenPage, tmp_path: Path, language: str, width: int
) -> None:
    stacks.publish()
    place, buyer = reconciling.ground(tmp_path), customer()
    name = "bureau du magasin de Salé" if language == "fr" else "مكتب المحل"
    visit = open_page(language, "light", width)
    page = sign_in(visit, console, buyer.email)

    page = visit.go(f"{console}/market/bureau/")
    check(page, language)
    page = visit.go(f"{console}/market/bureau/order/")
    page.fill("[name=name]", name)
    check(page, language)
    page.click("#order .btn-primary")
    page.wait_for_url("**/services/**")
    check(page, language)
    reconciling.settle(place)
    page.wait_for_selector(".sk-status, [data-status]")
    page.reload()
    check(page, language)
    address = page.url
    page = visit.go(f"{console}/services/")
    check(page, language)
    page.click("table a >> nth=0")
    page.wait_for_url("**/services/**")
    check(page, language)
    page = visit.go(f"{address}plan/")
    check(page, language)
    page = visit.go(f"{address}delete/")
    check(page, language)
    page.fill("[name=name]", name)
    page.click("main form .btn-danger")
    page.wait_for_url(address)
    reconciling.settle(place)
    page = visit.go(address)
    expect(page.locator("form[action$='/recover/']")).to_have_count(1)
    check(page, language)
    assert visit.complaints == []
