"""WordPress as a customer gets it, used as a browser does and by its REST API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.engine.conftest import Rig, built, rigged
from tests.engine.machine.conftest import key_pair
from tests.engine.website.conftest import MIB, Site

from souk.blueprints.web import probing
from souk.blueprints.wordpress import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import Size

SIZE = Size(vcpus=1, memory=512 * MIB, disk=1024 * MIB)


class ByAddress(httpx.HTTPTransport):
    """Finds a host at an address, whatever DNS says, and checks the certificate against its name."""

    def __init__(self, site: Site) -> None:
        super().__init__(verify=probing.trusting(site.certificate.authority))
        self._address = site.wanted.address

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(host=self._address)
        told = {**request.extensions, "sni_hostname": request.url.host}
        # Cookies are of the host that was asked for.
        asked = httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=told)
        return super().handle_request(asked)


class Browser(httpx.Client):
    """Somebody's browser, with its cookies."""

    def __init__(self, site: Site) -> None:
        super().__init__(
            transport=ByAddress(site),
            base_url=f"https://{site.wanted.hostname}",
            follow_redirects=True,
            timeout=60,
            trust_env=False,
        )

    def sign_in(self, username: str, password: str) -> httpx.Response:
        """As the form of the page does it."""
        self.get("/wp-login.php")
        form = {"log": username, "pwd": password, "wp-submit": "1", "redirect_to": "/wp-admin/", "testcookie": "1"}
        return self.post("/wp-login.php", data=form)

    def rest(self, method: str, path: str, **told: Any) -> httpx.Response:
        """The REST API, as WordPress's own editor calls it."""
        nonce = self.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
        headers = {"X-WP-Nonce": nonce, **told.pop("headers", {})}
        return self.request(method, f"/wp-json/wp/v2/{path}", headers=headers, **told)


def order(rig: Rig, image: str, folder: Path, number: int = 1, **parameters: Any) -> Site:
    """A machine made and started, not configured yet."""
    spec, wanted = rig.begin(BLUEPRINT, image, f"wp{number}", SIZE, parameters)
    return Site(rig.engine, spec, wanted, folder, key_pair(folder, wanted.name), BLUEPRINT)


@pytest.fixture(scope="session")
def press_image(incus: IncusEngine) -> str:
    return built(incus, BLUEPRINT)


@pytest.fixture(scope="session")
def press(incus: IncusEngine, press_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One WordPress in French that several tests share."""
    with rigged(incus) as rig:
        made = order(rig, press_image, tmp_path_factory.mktemp("press"), site_title="Atlas Menuiserie", admin="fatima")
        made.configure()
        yield made


@pytest.fixture
def owner(press: Site) -> Iterator[Browser]:
    """The administrator, signed in."""
    with Browser(press) as browser:
        browser.sign_in(press.credentials.username, press.credentials.password)
        yield browser
