"""Every page of the console: readable by everybody, fitting every screen, obeying the Content-Security-Policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.browser.conftest import OpenPage
from tests.browser.console.world import World, inhabited, sign_in
from tests.support.vault import vault

pytestmark = pytest.mark.browser
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
LOOKS = [("fr", "light", 1280), ("fr", "dark", 390), ("ar", "dark", 1280), ("ar", "light", 390)]


# Tables that scroll inside of their card, on a screen on which nobody expects that.
CUT = """innerWidth < 1280 ? [] : [...document.querySelectorAll(".sk-table-wrap")]
    .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.innerText.slice(0, 80))"""


def check(page: Page, language: str) -> None:
    found = Axe().run(page, options=WCAG).response["violations"]
    faults = [(each["id"], node["target"], node["failureSummary"]) for each in found for node in each["nodes"][:3]]
    assert not faults, (page.url, faults)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"
    assert page.evaluate(CUT) == [], f"{page.url} has a table whose end is out of sight"
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert page.locator("h1").count() == 1, page.url


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_every_page_is_accessible_fits_and_obeys_the_policy(
    console: str, open_page: OpenPage, tmp_path: Path, language: str, theme: str, width: int
) -> None:
    with vault():
        world = inhabited(tmp_path)
        _visit_all(world, console, open_page, (language, theme, width))


def _visit_all(world: World, console: str, open_page: OpenPage, look: tuple[str, str, int]) -> None:
    people = {"visitor": "", "member": world.buyer.email, "operator": world.engineer}
    for who, addresses in world.pages().items():
        visit = open_page(*look)
        if people[who]:
            sign_in(visit, console, people[who])
        for address in addresses:
            check(visit.go(console + address), look[0])
        complaints = [text for text in visit.complaints if "404 (Not Found)" not in text]
        assert complaints == []
