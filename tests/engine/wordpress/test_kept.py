"""Files and database are backed up as one while the site is written to, and come back as one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.conftest import Rig
from tests.engine.website.test_kept import repository
from tests.engine.wordpress.conftest import Browser, Site, order

from souk.blueprints.wordpress import BLUEPRINT
from souk.provisioning.contract import BackupKind, Repository

pytestmark = pytest.mark.engine
__all__ = ["repository"]


def test_a_post_and_its_picture_come_back_together_and_the_proof_sees_what_is_not_as_it_was(
    press: Site, owner: Browser, repository: Repository, rig_of_module: Rig, press_image: str
) -> None:
    archivist = BLUEPRINT.archivist
    text = f'<p>Texte gardé, <a href="https://{press.wanted.hostname}/plan/">plan</a></p>'
    kept = owner.rest("POST", "posts", json={"title": "À garder", "content": text, "status": "publish"}).json()
    site = ["setpriv", "--reuid=site", "--regid=site", "--clear-groups", "tee"]
    press.execute([*site, "/srv/site/content/uploads/plan.txt"], stdin=b"plan")
    stays = press.grant("reste")
    press.grant("part")
    archivist.attach(press, press.wanted, repository)
    archivist.back_up(press, press.wanted, BackupKind.FULL, "c" * 32)
    was = archivist.mark(press, press.wanted, "souk-proof", 7)
    assert "database/wordpress.sql" in was.tables
    owner.rest("POST", f"posts/{kept['id']}", json={"content": "Texte changé"})
    changed = archivist.fingerprint(press, press.wanted, was.extent)
    assert "database/wordpress.sql" in was.differences(changed)

    other = order(rig_of_module, press_image, press.folder, 6, **press.wanted.parameters)
    other.wanted = replace(other.wanted, instance=press.wanted.instance)
    for _ in range(2):
        archivist.restore(other, other.wanted, repository, None, "souk-proof")
    assert was.differences(archivist.fingerprint(other, other.wanted, was.extent)) == []
    other.configure()
    archivist.shut_out_all_but(other, other.wanted, ["fatima", "reste"])
    page = other.get("/a-garder/").text
    assert f'Texte gardé, <a href="https://{other.wanted.hostname}/plan/">' in page
    assert press.wanted.hostname not in page
    assert other.get("/wp-content/uploads/plan.txt").text == "plan"
    assert other.wanted.identity == press.wanted.identity
    with Browser(other) as browser:
        assert browser.sign_in("fatima", other.credentials.password).url.path == "/wp-admin/"
        assert browser.sign_in("fatima", press.credentials.password).url.path == "/wp-login.php"
    with Browser(other) as browser:
        assert browser.sign_in("reste", stays.password).url.path == "/wp-admin/"
        assert browser.rest("GET", "users?search=part&context=view").json() == []
