"""A real Chromium, the component gallery served beside it, and pages that notice what the console complains about."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"fr": "fr-MA", "ar": "ar-MA", "en": "en-GB"}
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Visit:
    """A page in a fresh browser context, and everything its console complained about."""

    page: Page
    context: BrowserContext
    complaints: list[str]

    def go(self, address: str) -> Page:
        """Open an address and wait until it rests."""
        self.page.goto(address, wait_until="load")
        return self.page


OpenPage = Callable[..., Visit]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one process for the whole run.

    Playwright keeps an event loop in this thread; Django is told that its database calls here are meant.
    """
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed (Debian package chromium)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The component gallery's address, served by a process of its own without a database."""
    command = [sys.executable, "-m", "tests.browser.gallery.serve"]
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address, "the gallery did not start"
        yield f"{address}/_components"
        server.terminate()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """A function `(language, theme, width) -> Visit`; contexts are closed when the test ends."""
    contexts: list[BrowserContext] = []

    def open_one(language: str = "fr", theme: str = "light", width: int = 1280) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale=LOCALES[language],
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints: list[str] = []

        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                complaints.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Visit(page, context, complaints)

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def console(own_database: str, django_db_blocker: object) -> Iterator[str]:
    """The whole console's address, on a database of the test's own."""
    from pytest_django.live_server_helper import LiveServer

    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        yield server.url
        server.stop()
