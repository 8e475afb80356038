"""How files come to a site: SFTP and git, by OpenSSH's and git's own clients."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.website.conftest import Site, run

from souk.blueprints.website import BLUEPRINT
from souk.provisioning.contract import BindingRole, Declined

pytestmark = pytest.mark.engine


def commit(site: Site, repository: Path, files: dict[str, str], links: dict[str, str] | None = None) -> None:
    """What is in these files, and these links, as one more commit."""
    if not repository.exists():
        run(["git", "init", "--quiet", "--initial-branch=main", str(repository)], {})
    for name, content in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(content)
    for name, target in (links or {}).items():
        (repository / name).symlink_to(target)
    site.git(repository, "add", "--all")
    done = site.git(repository, "commit", "--quiet", "--message", f"Avec {', '.join(files)}")
    assert done.exit_code == 0, done


def test_files_are_brought_by_sftp_with_a_key_and_only_read_by_a_reader(site: Site, tmp_path: Path) -> None:
    page = tmp_path / "prix.html"
    page.write_text("<p>120 DH</p>")
    done = site.sftp("cd live", f"put {page}", "pwd")
    assert done.exit_code == 0, done
    assert site.get("/prix.html").text == "<p>120 DH</p>"
    reader = site.grant("lecture", BindingRole.READER)
    got = tmp_path / "got.html"
    password = reader.password
    done = site.sftp(f"get live/prix.html {got}", user="lecture", password=password)
    assert done.exit_code == 0, done
    assert got.read_text() == "<p>120 DH</p>"
    assert site.sftp("rm live/prix.html", user="lecture", password=password).exit_code != 0
    assert site.get("/prix.html").status_code == 200
    assert "etc" not in site.sftp("ls -1 /").stdout.split()
    site.revoke("lecture")
    assert site.sftp("ls /", user="lecture", password=password).exit_code != 0


def test_a_push_becomes_the_site_and_one_that_leads_out_of_it_is_refused_with_a_sentence(
    site: Site, tmp_path: Path
) -> None:
    repository = tmp_path / "site"
    commit(site, repository, {"index.php": "<?= 'version ' . 1;", "img/a.svg": "<svg/>"})
    pushed = site.git(repository, "push", "--force", "souk", "main")
    assert pushed.exit_code == 0, pushed
    assert f"https://{site.wanted.hostname}/" in pushed.stderr
    assert site.get("/").text == "version 1"
    commit(site, repository, {"index.php": "<?= 'version ' . 2;"}, {"cles": "/etc/souk/web"})
    refused = site.git(repository, "push", "souk", "main")
    assert refused.exit_code != 0
    assert "Refusé : cles est un lien qui mène hors du site." in refused.stderr
    assert site.get("/").text == "version 1"
    (repository / "cles").unlink()
    commit(site, repository, {"composer.json": '{"require": {"php": ">=8", "twig/twig": "^3"}}'})
    deployer = site.grant("agence")
    pushed = site.git(repository, "push", "souk", "main", user="agence", password=deployer.password)
    assert "vendor" in pushed.stderr
    assert site.get("/").text == "version 2"
    assert site.git(repository, "push", "souk", "main:essai").stderr.count("Seule la branche main") == 1
    assert site.git(repository, "push", "souk", ":main").exit_code != 0
    assert site.get("/.git/config").status_code == 403


def test_whoever_signs_in_gets_no_shell_and_no_way_through(site: Site) -> None:
    target = f"git-site@{site.wanted.address}"
    for command in ("id", "git-upload-pack '/etc'", "git-receive-pack '/site.git'; id"):
        done = run(["ssh", "-F", "none", *site.options(""), target, command], {})
        assert "uid=" not in done.stdout
        assert done.exit_code != 0
    done = run(["ssh", "-F", "none", *site.options(""), f"site@{site.wanted.address}", "id"], {})
    assert "uid=" not in done.stdout
    with pytest.raises(Declined):
        site.grant("root")


def test_the_first_credentials_are_rotated_and_the_files_stay_whose_they_are(site: Site) -> None:
    before = site.credentials
    after = site.grant("site_2", BindingRole.OWNER)
    site.revoke("site")
    probe = BLUEPRINT.probe
    assert not probe(site.wanted, before, site.certificate.authority).ok
    assert probe(site.wanted, after, site.certificate.authority).ok
    assert site.sftp("ls live", password=before.password).exit_code != 0
    assert site.sftp("ls live").exit_code != 0
    site.credentials = after
    site.configure()
    assert site.sftp("mkdir kept/apres", "rmdir kept/apres", user="site_2").exit_code == 0
    site.credentials = before
    site.configure()
    site.revoke("site_2")
    assert site.sftp("ls live").exit_code == 0
