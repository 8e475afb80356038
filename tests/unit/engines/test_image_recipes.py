"""Recipes as data, and what a build says while it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.images import builder, mirror, recipe
from souk.engines.images.bootstrap import arguments
from souk.engines.images.mirror import Mirror, MirrorUnreachable
from souk.engines.images.progress import Meter
from souk.engines.images.workspace import workspace

DEBIAN = Mirror("http://mirror.example/debian", "http://mirror.example/debian-security")


def _folder(path: Path, text: str, **files: str) -> Path:
    (path / "files/etc").mkdir(parents=True, exist_ok=True)
    (path / "recipe.toml").write_text(text)
    for name, content in files.items():
        (path / "files/etc" / name).write_text(content)
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return _folder(tmp_path / "base", 'description = "b"\nsuite = "trixie"\npackages = ["systemd"]', motd="base")


OWN = 'alias = "souk/thing-1"\ndescription = "d"\npackages = ["thing"]'


def test_a_recipe_adds_to_the_base_and_its_files_win(tmp_path: Path, base: Path) -> None:
    read = recipe.load(_folder(tmp_path / "own", OWN, motd="own"), base=base)
    assert (read.name, read.suite, read.packages) == ("thing-1", "trixie", ("systemd", "thing"))
    assert [(name, path.read_text()) for name, path in read.files()] == [("etc/motd", "own")]


def test_the_digest_changes_with_a_word_a_file_and_the_base_and_with_nothing_else(tmp_path: Path, base: Path) -> None:
    own = tmp_path / "own"
    digests = [recipe.load(_folder(own, OWN), base=base).digest for _ in range(2)]
    digests.append(recipe.load(_folder(own, OWN + '\nmask = ["x"]'), base=base).digest)
    digests.append(recipe.load(_folder(own, OWN, issue="hello"), base=base).digest)
    digests.append(recipe.load(own, base=_folder(base, (base / "recipe.toml").read_text(), motd="new")).digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_an_unknown_word_in_a_recipe_is_an_error(tmp_path: Path, base: Path) -> None:
    with pytest.raises(recipe.InvalidRecipe, match="pakages"):
        recipe.load(_folder(tmp_path / "own", OWN + '\npakages = ["x"]'), base=base)


def test_every_executable_of_the_postgresql_recipe_is_one_of_its_files() -> None:
    assert set(BLUEPRINT.recipe.executables) <= {name for name, _ in BLUEPRINT.recipe.files()}


def test_an_image_is_made_from_the_hosts_mirror_and_its_security_archive(base: Path, tmp_path: Path) -> None:
    read = recipe.load(_folder(tmp_path / "own", OWN), base=base)
    command = arguments(read, DEBIAN, tmp_path, tmp_path / "root")
    assert [line.split("] ")[1] for line in command if line.startswith("deb ")] == [
        "http://mirror.example/debian trixie main",
        "http://mirror.example/debian trixie-updates main",
        "http://mirror.example/debian-security trixie-security main",
    ]


def test_the_mirror_is_read_from_what_apt_uses() -> None:
    found = mirror.parse(
        [
            "Debian Backports|bookworm-backports|http://other.example/debian/|main",
            "Debian|bookworm-updates|http://other.example/debian/|main",
            "Debian|bookworm|http://mirror.example/debian/|contrib",
            "Debian|bookworm|http://mirror.example/debian/|main",
            "Debian-Security|bookworm-security|http://mirror.example/debian-security/|main",
            "Somebody|stable|https://packages.example/apt/|main",
        ]
    )
    assert found == DEBIAN


def test_a_host_without_a_debian_archive_is_told_to_update() -> None:
    with pytest.raises(MirrorUnreachable, match="apt-get update"):
        mirror.parse(["Somebody|stable|https://packages.example/apt/|main"])


def test_progress_never_goes_back_and_says_what_is_done() -> None:
    shown: list[tuple[float, str]] = []
    meter = Meter(lambda fraction, sentence: shown.append((fraction, sentence)), guess=2)
    for line in (
        "0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.",
        "Get:1 http://mirror.example/debian trixie/main amd64 base-files amd64 13 [72 kB]",
        "Unpacking base-files (13) ...",
        "0 upgraded, 40 newly installed, 0 to remove and 0 not upgraded.",
        "Setting up base-files (13) ...",
        "noise",
    ):
        meter.read(line)
    fractions = [fraction for fraction, _ in shown]
    assert fractions == sorted(fractions)
    assert [sentence for _, sentence in shown] == [
        "Downloading base-files",
        "Unpacking base-files",
        "Setting up base-files",
    ]
    assert all(0 < fraction < 1 for fraction in fractions)


def test_what_a_killed_build_left_is_removed_and_a_living_one_is_not(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from souk.engines.images.workspace import workspace\n"
        "with workspace(Path(sys.argv[1])) as work: (work / 'file').write_text('x'); os._exit(9)"
    )
    environment = {**os.environ, "PYTHONPATH": "src"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env=environment)
    assert len(list(tmp_path.glob("work-*"))) == 1
    with workspace(tmp_path) as first, workspace(tmp_path) as second:
        assert sorted(tmp_path.glob("work-*")) == sorted([first, second])
    assert not list(tmp_path.glob("work-*"))


def test_checkouts_with_different_recipes_keep_each_others_images_and_old_ones_go(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(_: object, __: object, target: Path, ___: object) -> None:
        made.append(target.name)
        target.write_bytes(b"")
        target.with_name(target.name.replace(".tar.zst", ".cdx.json")).write_text("{}")

    monkeypatch.setattr(builder, "_make", make)
    monkeypatch.setattr(mirror, "find", lambda: DEBIAN)
    monkeypatch.setattr(mirror, "release_digest", lambda *_: "0" * 64)
    recipes = [
        recipe.load(_folder(tmp_path / str(number), OWN, motd=str(number)), base=base) for number in range(builder.KEPT)
    ]
    for each in [*recipes, *recipes]:
        builder.build(each, tmp_path / "cache")
    assert len(made) == builder.KEPT
    one_more = recipe.load(_folder(tmp_path / "more", OWN, motd="more"), base=base)
    builder.build(one_more, tmp_path / "cache")
    assert len(list((tmp_path / "cache").glob("*.tar.zst"))) == builder.KEPT
    assert not builder.build(recipes[-1], tmp_path / "cache").fresh
    assert builder.build(recipes[0], tmp_path / "cache").fresh


def test_what_a_suite_has_no_more_is_taken_from_the_one_beside_it(tmp_path: Path, base: Path) -> None:
    read = recipe.load(_folder(tmp_path / "own", OWN + '\nbeside = ["bookworm"]'), base=base)
    assert read.suites == ("trixie", "bookworm")
    lines = [word for word in arguments(read, DEBIAN, tmp_path, tmp_path) if word.startswith("deb ")]
    assert len(lines) == 6
    assert sum(" bookworm" in line for line in lines) == 3
    assert read.digest != recipe.load(_folder(tmp_path / "plain", OWN), base=base).digest


def test_a_recipe_unmasks_what_the_base_masks_and_nothing_else(tmp_path: Path, base: Path) -> None:
    (base / "recipe.toml").write_text((base / "recipe.toml").read_text() + '\nmask = ["a.service", "b.service"]')
    own = recipe.load(_folder(tmp_path / "own", OWN + '\nunmask = ["a.service"]'), base=base)
    assert own.mask == ("b.service",)
    with pytest.raises(recipe.InvalidRecipe, match=r"not masked: \['c\.service'\]"):
        recipe.load(_folder(tmp_path / "odd", OWN + '\nunmask = ["c.service"]'), base=base)
