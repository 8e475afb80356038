"""An extension whose new version breaks the site, brought as a customer brings it: by the page for it."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile

import pytest
from tests.engine.wordpress.conftest import Browser, Site

pytestmark = pytest.mark.engine

GOOD = "add_filter('the_content', fn($text) => $text . '<p>Enseigne</p>'); update_option('enseigne', '{version}');"
BREAKS = GOOD + " add_action('init', 'nothing_of_this_name');"


def _extension(version: str, code: str) -> bytes:
    head = f"<?php\n/*\nPlugin Name: Enseigne\nVersion: {version}\n*/\n"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("enseigne/enseigne.php", head + code.replace("{version}", version))
    return made.getvalue()


def _bring(owner: Browser, content: bytes) -> str:
    """Upload an archive; where one is there already, have it be exchanged."""
    page = owner.get("/wp-admin/plugin-install.php?tab=upload").text
    nonce = re.search(r'id="_wpnonce" name="_wpnonce" value="(\w+)"', page)
    assert nonce
    files = {"pluginzip": ("enseigne.zip", content, "application/zip")}
    told = {"_wpnonce": nonce[1], "install-plugin-submit": "1"}
    said = owner.post("/wp-admin/update.php?action=upload-plugin", data=told, files=files).text
    if exchange := re.search(r'href="(update\.php\?[^"]*overwrite=[^"]*)"', said):
        said = owner.get("/wp-admin/" + exchange[1].replace("&#038;", "&").replace("&amp;", "&")).text
    return said


def _looked_at(site: Site, after: int) -> dict[str, object]:
    """What was found of the update that comes after so many."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        told = site.execute(["cat", "/srv/site/private/updates.json"]).stdout or "[]"
        gone = site.execute(["test", "!", "-e", "/srv/site/private/update"]).exit_code == 0
        if gone and len(found := json.loads(told)) > after:
            return dict(found[-1])
        time.sleep(0.3)
    pytest.fail("nobody looked at the update: " + site.execute(["journalctl", "-n", "30", "--no-pager"]).stdout)


def test_an_update_that_breaks_the_pages_is_undone_by_itself_and_one_that_does_not_stays(
    press: Site, owner: Browser
) -> None:
    said = _bring(owner, _extension("1.0", GOOD))
    activate = re.search(r'href="(plugins\.php\?action=activate[^"]*)"', said)
    assert activate, said[-2000:]
    assert _looked_at(press, 0)["kept"]
    owner.get("/wp-admin/" + activate[1].replace("&#038;", "&").replace("&amp;", "&"))
    first = owner.rest("GET", "posts").json()[0]["link"]
    assert "Enseigne" in owner.get(first).text
    _bring(owner, _extension("2.0", GOOD))
    found = _looked_at(press, 1)
    assert found["kept"], found
    _bring(owner, _extension("3.0", BREAKS))
    found = _looked_at(press, 2)
    assert not found["kept"]
    assert "/ answers 500" in str(found["why"])
    assert "nothing_of_this_name" in str(found["why"])
    assert "Enseigne" in owner.get(first).text
    version = press.execute(["grep", "Version", "/srv/site/content/plugins/enseigne/enseigne.php"]).stdout
    assert version.strip() == "Version: 2.0"
    told = owner.get("/wp-admin/plugins.php").text
    assert "cassait le site" in told
    log = press.execute(["journalctl", "--no-pager", "-t", "site-update", "--output=cat"]).stdout
    assert "was undone, since it broke the site" in log
