"""Signing up, in and out, with a password, an authenticator app and a passkey, in the console's own look."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Visit
from tests.support import world

pytestmark = pytest.mark.browser

PAGES = ("email", "password/change", "2fa", "2fa/totp/activate", "2fa/webauthn/add", "2fa/webauthn")


def someone_verified() -> world.Customer:
    """A customer whose e-mail address is known to be theirs; only then may a second step be added."""
    someone = world.customer()
    EmailAddress.objects.update_or_create(
        user_id=someone.person, email=someone.email, defaults={"verified": True, "primary": True}
    )
    return someone


def confirm_access(page: Page) -> None:
    """Type the password once more, which sensitive pages ask for."""
    page.fill("[name=password]", world.PASSWORD)
    page.click("main form .btn-primary")


def sign_in(visit: Visit, console: str, email: str) -> Page:
    page = visit.go(f"{console}/accounts/login/?next=/accounts/email/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", world.PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url("**/accounts/email/")
    return page


def check(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, [(page.url, each["id"], [node["target"] for node in each["nodes"]]) for each in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize(("language", "theme", "width"), [("fr", "light", 1280), ("ar", "dark", 390)])
def test_every_account_page_is_accessible_and_in_the_readers_language(
    console: str, open_page: OpenPage, language: str, theme: str, width: int
) -> None:
    someone = someone_verified()
    visit = open_page(language, theme, width)
    for path in ("login", "signup", "password/reset"):
        check(visit.go(f"{console}/accounts/{path}/"))
    page = sign_in(visit, console, someone.email)
    visit.go(f"{console}/accounts/reauthenticate/?next=/accounts/email/")
    check(page)
    confirm_access(page)
    for path in PAGES:
        visit.go(f"{console}/accounts/{path}/")
        assert page.locator("h1").count() == 1
        check(page)
    assert visit.complaints == []


def test_a_wrong_password_is_told_beside_the_form_and_the_address_stays(console: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{console}/accounts/login/")
    page.fill("[name=login]", "personne@client.example")
    page.fill("[name=password]", "pas-le-bon")
    page.click("main form .btn-primary")
    expect(page.locator(".sk-notice.sk-bad")).to_be_visible()
    expect(page.locator("[name=login]")).to_have_value("personne@client.example")


def test_a_typed_password_can_be_looked_at(console: str, open_page: OpenPage) -> None:
    page = open_page().go(f"{console}/accounts/login/")
    page.fill("[name=password]", "secret")
    page.click("[data-unmask]")
    assert page.get_attribute("[name=password]", "type") == "text"
    page.click("[data-unmask]")
    assert page.get_attribute("[name=password]", "type") == "password"


def test_an_authenticator_app_is_set_up_and_asked_for(console: str, open_page: OpenPage) -> None:
    someone = someone_verified()
    visit = open_page()
    page = sign_in(visit, console, someone.email)
    visit.go(f"{console}/accounts/2fa/totp/activate/")
    confirm_access(page)
    seed = page.input_value("#authenticator_secret")
    page.fill("[name=code]", one_time_code(seed))
    page.click("main form .btn-primary")
    page.wait_for_url("**/2fa/recovery-codes/")
    again = open_page()
    page = again.go(f"{console}/accounts/login/")
    page.fill("[name=login]", someone.email)
    page.fill("[name=password]", world.PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url("**/2fa/authenticate/")
    check(page)
    assert visit.complaints == again.complaints == []


def test_a_passkey_is_added_and_opens_the_door(console: str, open_page: OpenPage) -> None:
    someone = someone_verified()
    visit = open_page()
    device = visit.context.new_cdp_session(visit.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page = sign_in(visit, console, someone.email)
    visit.go(f"{console}/accounts/2fa/webauthn/add/")
    confirm_access(page)
    page.fill("[name=name]", "Téléphone")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/2fa/recovery-codes/**")
    page.click("summary[title=Compte]")
    page.click("button:has-text('Se déconnecter')")
    visit.go(f"{console}/accounts/login/?next=/accounts/email/")
    page.click("#passkey_login")
    page.wait_for_url("**/accounts/email/")
    assert visit.complaints == []


def one_time_code(seed: str) -> str:
    """The six digits of RFC 6238 for this half minute."""
    key = base64.b32decode(seed.replace(" ", "") + "=" * (-len(seed) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
