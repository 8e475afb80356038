"""What a customer finds when WordPress is ready, and does first."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.engine.conftest import Rig
from tests.engine.wordpress.conftest import Browser, Site, order

from souk.blueprints.wordpress import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import WebNames
from souk.settings import namespace

pytestmark = pytest.mark.engine

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def rig(incus: IncusEngine) -> Iterator[Rig]:
    made = Rig(incus, namespace.current())
    yield made
    made.clear()


def test_it_is_ready_to_be_signed_in_to_in_french_without_anything_to_install(press: Site, owner: Browser) -> None:
    front = press.get("/")
    assert front.status_code == 200
    assert 'lang="fr-FR"' in front.text
    assert "Atlas Menuiserie" in front.text
    assert BLUEPRINT.probe(press.wanted, press.credentials, press.certificate.authority).ok
    desk = owner.get("/wp-admin/")
    assert desk.status_code == 200
    assert desk.url.path == "/wp-admin/"
    assert "Tableau de bord" in desk.text
    assert owner.get("/wp-admin/install.php").status_code == 403


def test_one_in_arabic_is_written_from_right_to_left(rig: Rig, press_image: str, tmp_path: Path) -> None:
    site = order(rig, press_image, tmp_path, language="ar", site_title="مكتبة الأطلس")
    site.configure()
    front = site.get("/")
    assert 'dir="rtl"' in front.text
    assert 'lang="ar"' in front.text
    assert "مكتبة الأطلس" in front.text
    with Browser(site) as browser:
        desk = browser.sign_in("administrateur", site.credentials.password)
        assert "الرئيسية" in desk.text


def test_it_answers_to_a_name_of_its_customers_own_and_calls_itself_so(press: Site) -> None:
    own, strange = "atlas-menuiserie.example.ma", "autre.example.ma"
    BLUEPRINT.domains.serve(press, press.wanted, WebNames((own,)))
    try:
        front = _asked(press, own)
        assert front.status_code == 200
        assert f"https://{own}/" in front.text
        assert press.wanted.hostname not in front.text
        assert _asked(press, own, "/wp-admin/").headers["location"].startswith(f"https://{own}/wp-login.php")
        # Whatever a visitor says, it is not what the site calls itself.
        assert strange not in _asked(press, strange).text
        assert press.wanted.hostname in press.get("/").text
    finally:
        BLUEPRINT.domains.serve(press, press.wanted, WebNames())
    assert f"https://{own}/" not in _asked(press, own).text


def _asked(press: Site, host: str, path: str = "/") -> httpx.Response:
    """What a browser gets that was led here by DNS, whoever signed the certificate."""
    with httpx.Client(verify=False, timeout=30, trust_env=False) as anybody:
        told = {"sni_hostname": host}
        return anybody.get(f"https://{press.wanted.address}{path}", headers={"host": host}, extensions=told)


def test_a_post_with_a_picture_is_written_and_read(press: Site, owner: Browser) -> None:
    name = {"Content-Disposition": 'attachment; filename="atelier.png"', "Content-Type": "image/png"}
    picture = owner.rest("POST", "media", content=PICTURE, headers=name)
    assert picture.status_code == 201, picture.text
    told = {
        "title": "Ouverture de l’atelier",
        "content": f'<p>Bienvenue.</p><img src="{picture.json()["source_url"]}">',
        "status": "publish",
        "featured_media": picture.json()["id"],
    }
    post = owner.rest("POST", "posts", json=told)
    assert post.status_code == 201, post.text
    with Browser(press) as visitor:
        page = visitor.get(post.json()["link"])
        assert page.status_code == 200
        assert page.url.path == "/ouverture-de-latelier/"
        assert "Bienvenue." in page.text
        shown = visitor.get(picture.json()["source_url"])
        assert shown.content[:8] == PICTURE[:8]
