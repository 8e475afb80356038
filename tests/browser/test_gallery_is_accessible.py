"""Every gallery page in three languages, two themes and two widths: readable by everybody, nothing refused."""

from __future__ import annotations

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

PAGES = ("/?messages=1", "/form/", "/market/", "/problem/?status=409")
LOOKS = list(itertools.product(("fr", "ar", "en"), ("light", "dark"), (1280, 390)))
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_component_passes_axe_fits_the_screen_and_obeys_the_policy(
    gallery: str, open_page: OpenPage, language: str, theme: str, width: int
) -> None:
    visit = open_page(language, theme, width)
    for path in PAGES:
        page = visit.go(gallery + path)
        page.wait_for_load_state("networkidle") if path == "/form/" else None
        found = Axe().run(page, options=WCAG).response["violations"]
        assert not found, [
            (path, each["id"], node["target"], node["failureSummary"]) for each in found for node in each["nodes"][:3]
        ]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert visit.complaints == []


def test_open_menus_dialogs_and_the_drawer_are_accessible_too(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/")
    page.click("summary:has-text('Apparence')")
    assert not Axe().run(page, options=WCAG).response["violations"]
    page.keyboard.press("Escape")
    page.click("[data-dialog=rename]")
    assert not Axe().run(page, options=WCAG).response["violations"]
    phone = open_page(width=390).go(f"{gallery}/")
    phone.click("[data-nav]")
    assert not Axe().run(phone, options=WCAG).response["violations"]
