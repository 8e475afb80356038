"""What the world gets of a site, and what a site's own programs can't do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.engine.conftest import Rig
from tests.engine.website.conftest import Site, order
from tests.support.looping import until

from souk.blueprints.website import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.settings import namespace

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def site(incus: IncusEngine, site_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One to which nobody has brought anything."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, site_image, tmp_path_factory.mktemp("new"), 2)
        made.configure()
        yield made
    finally:
        rig.clear()


def _php(site: Site, name: str, code: str) -> str:
    """What a page in PHP says that lies in the live site."""
    site.execute(
        ["setpriv", "--reuid=site", "--regid=site", "--clear-groups", "tee", f"/srv/site/live/{name}"],
        stdin=code.encode(),
    )
    return site.get(f"/{name}").text


def test_a_new_site_shows_a_page_that_says_what_to_do_next_and_answers_whoever_signs_in(site: Site) -> None:
    page = site.get("/")
    assert page.status_code == 200
    assert "Votre site est en ligne" in page.text
    assert f"ssh://git-site@{site.wanted.hostname}/site.git" in page.text
    assert BLUEPRINT.probe(site.wanted, site.credentials, site.certificate.authority).ok
    assert site.get("/.souk/status").status_code == 401


def test_php_runs_as_the_site_which_reads_no_key_and_changes_no_setting(site: Site) -> None:
    code = """<?php echo json_encode([
        'who' => trim(shell_exec('id -un')),
        'key' => trim(shell_exec('cat /etc/souk/web/server.pem 2>&1')),
        'people' => trim(shell_exec('cat /etc/souk/web/people /etc/souk/web/people.json 2>&1')),
        'settings' => trim(shell_exec('touch /etc/souk/web/conf.d/x.conf /etc/souk/web/keys/x /usr/lib/souk/x 2>&1')),
        'modules' => array_values(array_diff(
            ['curl', 'gd', 'intl', 'mbstring', 'mysqli', 'pdo_mysql', 'pdo_pgsql', 'sqlite3', 'xml', 'zip',
             'Zend OPcache'], get_loaded_extensions(), get_loaded_extensions(true))),
        'zone' => date_default_timezone_get(),
        'limit' => ini_get('memory_limit'),
    ]);"""
    told = _php(site, "tell.php", code)
    assert '"who":"site"' in told, told
    assert told.count("Permission denied") == 6, told
    assert '"modules":[]' in told, told
    assert '"zone":"Africa\\/Casablanca","limit":"128M"' in told, told


def test_changed_to_files_only_a_site_hands_out_no_program_and_counts_on(site: Site) -> None:
    def counted() -> float | None:
        look = BLUEPRINT.observer.look(site.wanted, site.credentials, site.certificate.authority)
        assert look.health.ok, look
        return look.values[0]

    _php(site, "secret.php", "<?php $password = 'x'; echo 'ran';")
    assert until(lambda: (counted() or 0) >= 1)
    before = counted()
    assert before is not None
    try:
        site.configure(kind="static")
        assert site.get("/secret.php").status_code == 403
        assert site.execute(["systemctl", "is-active", "souk-php"]).stdout.strip() == "inactive"
        assert until(lambda: (counted() or 0) > before)
    finally:
        site.configure(kind="php")
    assert site.get("/secret.php").text == "ran"
    said = BLUEPRINT.observer.log(site, site.wanted, "", 1_000_000).lines
    assert any('"GET /secret.php HTTP/' in line.text and line.severity == "warning" for line in said)


def test_a_dead_php_is_seen_from_outside_and_a_page_that_fails_is_not(site: Site) -> None:
    _php(site, "fails.php", "<?php throw new Exception('à la maison');")
    assert site.get("/fails.php").status_code == 500
    assert BLUEPRINT.probe(site.wanted, site.credentials, site.certificate.authority).ok
    site.execute(["systemctl", "stop", "souk-php"])
    try:
        assert not BLUEPRINT.probe(site.wanted, site.credentials, site.certificate.authority).ok
    finally:
        site.configure()
    said = BLUEPRINT.observer.log(site, site.wanted, "", 1_000_000).lines
    assert any("à la maison" in line.text and line.severity == "error" for line in said)
