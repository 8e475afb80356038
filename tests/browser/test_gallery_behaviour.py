"""What the console's scripts promise, tried in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_the_chosen_theme_is_there_on_the_next_page_before_any_script(gallery: str, open_page: OpenPage) -> None:
    visit = open_page()
    page = visit.go(f"{gallery}/")
    page.click("summary:has-text('Apparence')")
    page.click("[data-theme-set=dark]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    answer = visit.context.request.get(f"{gallery}/market/").text()
    assert 'data-bs-theme="dark"' in answer


def test_the_language_switch_turns_the_page_round(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/")
    page.click("summary:has-text('Langue')")
    page.click("button[lang=ar]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("nav#navigation")).to_contain_text("الخدمات")
    side = page.locator("nav#navigation").bounding_box()
    assert side is not None
    assert side["x"] > 900


def test_an_operation_in_progress_comes_to_rest_and_keeps_what_was_unfolded(gallery: str, open_page: OpenPage) -> None:
    visit = open_page()
    page = visit.go(f"{gallery}/")
    page.click("#operation summary")
    page.focus("#operation summary")
    expect(page.locator("#operation .sk-step-done")).to_have_count(5, timeout=10_000)
    assert page.locator("#operation").get_attribute("hx-get") is None
    assert page.locator("#operation details").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.closest('#operation') !== null")
    assert visit.complaints == []


def test_a_secret_is_fetched_on_demand_and_hidden_again(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/")
    assert "Tamra" not in page.content()
    page.click("#password button")
    expect(page.locator("#password")).to_contain_text("Tamra")
    expect(page.locator("#toasts")).to_contain_text("consigné")
    page.click("#password [data-hide]")
    expect(page.locator("#password")).not_to_contain_text("Tamra")
    page.click("#password button")
    expect(page.locator("#password")).to_contain_text("Tamra")


def test_deleting_asks_for_the_name_and_cancelling_sends_nothing(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.click("summary[aria-label='Autres actions']")
    page.click("button:has-text('Supprimer')")
    agree = page.locator("[data-confirm-yes]")
    expect(agree).to_be_disabled()
    page.fill("#confirm-word", "compta")
    expect(agree).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).not_to_be_visible()
    assert posts == []
    page.click("summary[aria-label='Autres actions']")
    page.click("button:has-text('Supprimer')")
    page.fill("#confirm-word", "compta-production")
    agree.click()
    page.wait_for_url("**/form/")
    assert [url for url in posts if url.endswith("/form/")] == posts[:1]


def test_a_menu_works_by_keyboard_and_closes_on_escape(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/")
    page.focus("summary:has-text('Langue')")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator("button[lang=fr]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("button[lang=en]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("button[lang=fr]")).not_to_be_visible()
    expect(page.locator("summary:has-text('Langue')")).to_be_focused()


def test_on_a_phone_the_navigation_is_a_drawer_that_gives_focus_back(gallery: str, open_page: OpenPage) -> None:
    page = open_page(width=390).go(f"{gallery}/")
    expect(page.locator("nav#navigation a").first).not_to_be_visible()
    page.click("[data-nav]")
    expect(page.locator("nav#navigation a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-nav]")).to_be_focused()
    expect(page.locator("nav#navigation a").first).not_to_be_visible()


def test_the_price_follows_the_chosen_plan(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/form/")
    expect(page.locator("#price")).to_contain_text("240,00")
    page.check("input[name=plan][value=m]")
    expect(page.locator("#price")).to_contain_text("480,00")


def test_a_wrong_form_comes_back_with_its_first_fault_focused(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/form/")
    page.fill("[name=p-connections]", "5")
    page.fill("[name=p-databases]", "Compta 2026")
    page.click("button:has-text('Commander')")
    expect(page.locator("#id_p-databases_error")).to_contain_text("forme attendue")
    expect(page.locator("#id_p-connections_error")).to_contain_text("Au moins 10")
    expect(page.locator("[name=p-databases]")).to_be_focused()
    assert "id_p-databases_error" in (page.get_attribute("[name=p-databases]", "aria-describedby") or "")


def test_a_form_is_sent_once_however_often_the_button_is_pressed(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/form/")
    posts: list[str] = []
    page.route(
        "**/form/",
        lambda route: (posts.append(route.request.method), page.wait_for_timeout(300), route.continue_()),
    )
    page.evaluate(
        "() => { const b = [...document.querySelectorAll('button')].find(b => b.textContent.includes('Commander'));"
        " b.click(); b.click(); b.click(); }"
    )
    page.wait_for_timeout(900)
    assert posts.count("POST") == 1


def test_arabic_digits_typed_in_a_number_field_become_western(gallery: str, open_page: OpenPage) -> None:
    page = open_page("ar").go(f"{gallery}/form/")
    page.evaluate(
        "() => { const i = document.createElement('input'); i.id = 'ice'; i.setAttribute('data-clean', 'digits');"
        " document.querySelector('main').append(i); }"
    )
    page.locator("#ice").press_sequentially("٠٠١٢٣")
    expect(page.locator("#ice")).to_have_value("00123")


def test_flash_messages_can_be_dismissed(gallery: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{gallery}/?messages=1")
    expect(page.locator(".sk-toast")).to_have_count(2)
    page.locator(".sk-toast [data-dismiss]").first.click()
    expect(page.locator(".sk-toast")).to_have_count(1)


def test_without_the_network_what_was_typed_stays_and_the_reader_is_told(gallery: str, open_page: OpenPage) -> None:
    visit = open_page()
    page = visit.go(f"{gallery}/form/")
    page.fill("[name=p-databases]", "compta")
    expect(page.locator("#price")).to_contain_text("240,00")
    visit.context.set_offline(True)
    page.check("input[name=plan][value=m]")
    expect(page.locator("#toasts")).to_contain_text("Pas de connexion")
    expect(page.locator("[name=p-databases]")).to_have_value("compta")
