"""A site is backed up while it is written to, restored into another machine, and the proof tells them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.conftest import Rig, image_cache
from tests.engine.objectstorage.conftest import order as order_storage
from tests.engine.website.conftest import Site, order

from souk.blueprints.objectstorage import BLUEPRINT as STORAGE
from souk.blueprints.website import BLUEPRINT
from souk.engines import images
from souk.provisioning.contract import BackupKind, ConfigurationFailed, Repository

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def repository(rig_of_module: Rig) -> Repository:
    """The site's repository, on another machine: the platform's."""
    images.ensure(rig_of_module.engine, STORAGE.recipe, image_cache())
    storage = order_storage(rig_of_module, STORAGE.recipe.alias, 4)
    storage.configure()
    key = storage.grant("ws_kept01")
    return storage.repository(key)


def test_what_was_there_comes_back_in_another_machine_which_customers_recognize(
    site: Site, repository: Repository, rig_of_module: Rig, site_image: str
) -> None:
    archivist = BLUEPRINT.archivist
    page = site.folder / "garder.html"
    page.write_text("<p>à garder</p>")
    assert site.sftp(f"put {page} live/garder.html", "symlink garder.html live/lien.html").exit_code == 0
    archivist.attach(site, site.wanted, repository)
    for kind, label in ((BackupKind.FULL, "a" * 32), (BackupKind.DIFFERENTIAL, "b" * 32)):
        archivist.back_up(site, site.wanted, kind, label)
    was = archivist.mark(site, site.wanted, "souk-proof", 7)
    found = archivist.backups(site, site.wanted)
    assert {label: backup.kind for label, backup in found.items()} == {
        "a" * 32: BackupKind.FULL,
        "b" * 32: BackupKind.DIFFERENTIAL,
    }
    with pytest.raises(ConfigurationFailed, match="in use"):
        archivist.restore(site, site.wanted, repository, None)
    other = order(rig_of_module, site_image, site.folder, 5)
    other.wanted = replace(other.wanted, instance=site.wanted.instance, parameters=site.wanted.parameters)
    for _ in range(2):
        archivist.restore(other, other.wanted, repository, None, "souk-proof")
    other.configure()
    assert was.differences(archivist.fingerprint(other, other.wanted, was.extent)) == []
    assert other.get("/garder.html").text == "<p>à garder</p>"
    assert other.get("/lien.html").text == "<p>à garder</p>"
    assert other.wanted.identity == site.wanted.identity
    page.write_text("<p>autre</p>")
    assert site.sftp(f"put {page} live/garder.html").exit_code == 0
    [changed] = was.differences(archivist.fingerprint(site, site.wanted, was.extent))
    assert changed.startswith("releases/")
    stays, goes = (other.grant(name) for name in ("reste", "part"))
    archivist.shut_out_all_but(other, other.wanted, ["site", "reste"])
    other.key = site.key
    assert other.sftp("ls live", user="reste", password=stays.password).exit_code == 0
    assert other.sftp("ls live", user="part", password=goes.password).exit_code != 0
