"""Who signs in, as what, and what nobody can do from without or from within."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from tests.engine.wordpress.conftest import Browser, Site

from souk.blueprints.wordpress import BLUEPRINT
from souk.provisioning.contract import BindingRole, Declined

pytestmark = pytest.mark.engine


def test_an_editor_writes_and_changes_no_setting_until_the_access_is_revoked(press: Site) -> None:
    editor = press.grant("redaction", BindingRole.WRITER)
    with Browser(press) as browser:
        assert browser.sign_in(editor.username, editor.password).url.path == "/wp-admin/"
        assert browser.rest("POST", "posts", json={"title": "Essai", "status": "publish"}).status_code == 201
        assert browser.get("/wp-admin/plugins.php").status_code == 403
        assert BLUEPRINT.probe(press.wanted, editor, press.certificate.authority).ok
        press.revoke("redaction")
        assert not BLUEPRINT.probe(press.wanted, editor, press.certificate.authority).ok
        assert browser.get("/wp-admin/").url.path == "/wp-login.php"
    assert any(post["title"]["rendered"] == "Essai" for post in press.get("/wp-json/wp/v2/posts").json())
    with pytest.raises(Declined):
        press.grant("fatima")


def test_rotated_the_administrator_has_another_name_and_everything_else_as_before(press: Site) -> None:
    before, authority = press.credentials, press.certificate.authority
    with Browser(press) as browser:
        browser.sign_in(before.username, before.password)
        assert browser.rest("POST", "posts", json={"title": "Avant", "status": "publish"}).status_code == 201
        after = press.grant(f"{before.username}_2", BindingRole.OWNER)
        assert all(BLUEPRINT.probe(press.wanted, each, authority).ok for each in (before, after))
        assert BLUEPRINT.observer.look(press.wanted, after, authority).health.ok
        press.revoke(before.username)
        assert not BLUEPRINT.probe(press.wanted, before, authority).ok
        assert browser.get("/wp-admin/").url.path == "/wp-login.php"
    press.credentials = after
    press.configure()
    assert not BLUEPRINT.probe(press.wanted, before, authority).ok
    assert any(post["title"]["rendered"] == "Avant" for post in press.get("/wp-json/wp/v2/posts").json())


def test_another_password_ends_what_was_begun_with_the_one_before(press: Site) -> None:
    before = press.credentials
    with Browser(press) as browser:
        browser.sign_in(before.username, before.password)
        press.credentials = replace(before, password=secrets.token_urlsafe(24))
        press.configure()
        assert browser.get("/wp-admin/").url.path == "/wp-login.php"
        assert browser.sign_in(before.username, before.password).url.path == "/wp-login.php"
        assert browser.sign_in(before.username, press.credentials.password).url.path == "/wp-admin/"
    assert not BLUEPRINT.probe(press.wanted, before, press.certificate.authority).ok
    assert BLUEPRINT.probe(press.wanted, press.credentials, press.certificate.authority).ok


def test_whoever_guesses_is_asked_to_wait(press: Site) -> None:
    with Browser(press) as browser:
        answers = [browser.sign_in("redaction2", f"devine-{number}") for number in range(11)]
        assert answers[0].status_code == 200
        assert answers[10].status_code == 429
        assert "Trop de tentatives" in answers[10].text
    press.execute(["mariadb", "--socket=/run/souk-database/socket", "wordpress"], stdin=_FORGET)


# Others sign in from the same address.
_FORGET = b"DELETE FROM wp_options WHERE option_name LIKE '%souk_tries_%'"


def test_the_sites_programs_change_nothing_of_wordpress_and_what_is_uploaded_is_never_run(press: Site) -> None:
    code = b"<?php echo 'ran', @file_put_contents('/usr/share/wordpress/index.php', 'x') === false ? ' kept' : ' lost';"
    site = ["setpriv", "--reuid=site", "--regid=site", "--clear-groups", "tee"]
    press.execute([*site, "/srv/site/content/uploads/x.php"], stdin=code)
    press.execute([*site, "/srv/site/content/plugins/x.php"], stdin=code)
    assert press.get("/wp-content/uploads/x.php").status_code == 403
    assert press.get("/wp-content/plugins/x.php").text == "ran kept"
    for closed in ("/xmlrpc.php", "/wp-cron.php", "/wp-config.php", "/wp-includes/load.php"):
        assert press.get(closed).status_code == 403, closed
    assert press.get("/.souk/health.php").status_code == 401
    database = press.execute(["ss", "-lnt"]).stdout
    assert ":3306" not in database
