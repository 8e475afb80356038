"""Releases and the staging copy of a real site: taken, tried out, published, and undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.website.conftest import Site
from tests.engine.website.test_bringing_files import commit

from souk.blueprints.web import front
from souk.blueprints.website import BLUEPRINT
from souk.provisioning.contract import Declined

pytestmark = pytest.mark.engine
PUBLISHER = BLUEPRINT.publisher
COUNT = "<?php $f = __DIR__ . '/data/n'; $n = (int) @file_get_contents($f) + 1; file_put_contents($f, $n); echo $n;"


def _numbers(site: Site) -> tuple[list[int], int]:
    found = PUBLISHER.published(site, site.wanted).releases
    [live] = [each.number for each in found if each.live]
    return [each.number for each in found], live


def test_the_last_five_releases_are_kept_and_any_of_them_is_live_again(site: Site, tmp_path: Path) -> None:
    repository = tmp_path / "site"
    first, _ = _numbers(site)
    for number in range(6):
        commit(site, repository, {"index.html": f"état {number}", "index.php": f"<?= 'état {number}';"})
        assert site.git(repository, "push", "--force", "souk", "main").exit_code == 0
    kept, live = _numbers(site)
    assert len(kept) == 5
    assert live == kept[0] == first[0] + 6
    [newest, *_, oldest] = PUBLISHER.published(site, site.wanted).releases
    assert (newest.by, newest.note, newest.source) == ("site", "Avec index.html, index.php", "push")
    PUBLISHER.take(site, site.wanted, oldest.number)
    assert site.get("/").text == "état 1"
    PUBLISHER.take(site, site.wanted, newest.number)
    assert site.get("/").text == "état 5"
    with pytest.raises(Declined):
        PUBLISHER.take(site, site.wanted, 999)


def test_the_staging_copy_has_data_of_its_own_and_is_seen_by_nobody_else(site: Site, tmp_path: Path) -> None:
    assert site.sftp("mkdir kept/data").exit_code == 0
    repository = tmp_path / "site"
    commit(site, repository, {"index.php": COUNT})
    assert site.git(repository, "push", "--force", "souk", "main").exit_code == 0
    assert [site.get("/").text for _ in range(2)] == ["1", "2"]
    for _ in range(2):
        PUBLISHER.stage(site, site.wanted, "a" * 32)
    who = (site.credentials.username, site.credentials.password)
    assert site.get("/", port=front.STAGING_PORT).status_code == 401
    assert [site.get("/", port=front.STAGING_PORT, auth=who).text for _ in range(2)] == ["3", "4"]
    assert site.get("/").text == "3"
    page = tmp_path / "index.php"
    page.write_text(COUNT.replace("echo $n", "echo 'nouveau ', $n"))
    assert site.sftp(f"put {page} staging/index.php").exit_code == 0
    assert site.get("/", port=front.STAGING_PORT, auth=who).text == "nouveau 5"
    _, before = _numbers(site)
    for _ in range(2):
        PUBLISHER.publish(site, site.wanted, "b" * 32)
    _, live = _numbers(site)
    assert live == before + 1
    assert site.get("/").text == "nouveau 4"
    assert site.get("/.souk-staged").status_code == 403
    PUBLISHER.take(site, site.wanted, before)
    assert site.get("/").text == "5"
