"""What is in an image, and whether a newer Debian changes anything of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from souk.engines.images import builder, mirror
from souk.engines.images.contents import Change, Package, bill, changes, packages, told
from souk.engines.images.mirror import Mirror
from souk.engines.images.recipe import Recipe, load

DEBIAN = Mirror("http://mirror.example/debian", None)
BOOKS = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.41-12)
Version: 2.41-12
Description: GNU C Library
 Package: no such thing

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.37-2+b5
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    base, own = tmp_path / "base", tmp_path / "own"
    for folder, text in (
        (base, 'description = "b"\nsuite = "trixie"\npackages = []'),
        (own, 'alias = "souk/thing"\ndescription = "d"'),
    ):
        (folder / "files/etc").mkdir(parents=True)
        (folder / "recipe.toml").write_text(text)
    (own / "files/etc/motd").write_text("hello")
    return load(own, base=base)


def test_dpkgs_books_tell_what_is_installed_and_from_which_source() -> None:
    assert packages(BOOKS) == [
        Package("bash", "5.2.37-2+b5", "amd64", "bash"),
        Package("libc6", "2.41-12", "amd64", "glibc"),
    ]


def test_a_bill_names_packages_by_their_url_and_files_by_their_checksum(recipe: Recipe) -> None:
    made = bill(recipe, "abc", packages(BOOKS), datetime(2026, 11, 26, 14, tzinfo=UTC))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["timestamp"] == "2026-11-26T14:00:00Z"
    named = {each["name"]: each for each in made["components"]}
    assert named["bash"]["purl"] == "pkg:deb/debian/bash@5.2.37-2%2Bb5?arch=amd64&distro=trixie"
    hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert named["/etc/motd"]["hashes"] == [{"alg": "SHA-256", "content": hello}]
    references = [each["bom-ref"] for each in made["components"]]
    assert len(set(references)) == len(references)


_NAMES = some.from_regex(r"[a-z0-9][a-z0-9+.-]{1,12}", fullmatch=True)
_PACKAGES = some.builds(Package, _NAMES, _NAMES, some.sampled_from(["amd64", "all"]), _NAMES)


@given(some.lists(_PACKAGES, unique_by=lambda each: each.name))
def test_a_bill_tells_the_packages_that_it_was_made_of(found: list[Package]) -> None:
    empty = Recipe("souk/x", "x", "trixie", (), (), (), (), (), (), (), ())
    assert told(bill(empty, "abc", sorted(found), datetime.now(UTC))) == sorted(found)


@given(some.dictionaries(_NAMES, _NAMES), some.dictionaries(_NAMES, _NAMES))
def test_changes_lead_from_what_was_to_what_is(before: dict[str, str], after: dict[str, str]) -> None:
    def as_packages(versions: dict[str, str]) -> list[Package]:
        return [Package(name, version, "all", name) for name, version in versions.items()]

    found = changes(as_packages(before), as_packages(after))
    reached = dict(before)
    for change in found:
        assert reached.pop(change.name, "") == change.before != change.after
        if change.after:
            reached[change.name] = change.after
    assert reached == after
    assert found == sorted(found)


class _Debian:
    """A mirror whose release and whose packages a test changes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.release, self.books, self.packed = "1", BOOKS, 0
        monkeypatch.setattr(mirror, "find", lambda: DEBIAN)
        monkeypatch.setattr(mirror, "release_digest", lambda *_: self.release * 64)
        monkeypatch.setattr(builder, "bootstrap", self._bootstrap)
        monkeypatch.setattr(builder, "_pack", self._pack)

    def _bootstrap(self, _: Recipe, __: Mirror, work: Path, *___: object) -> None:
        (work / "rootfs/var/lib/dpkg").mkdir(parents=True)
        (work / "rootfs/var/lib/dpkg/status").write_text(self.books)

    def _pack(self, *words: Any) -> None:
        self.packed += 1
        words[-1].write_text(str(self.packed))


def test_a_newer_debian_with_the_same_packages_leaves_the_image_as_it_is(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian, cache = _Debian(monkeypatch), tmp_path / "cache"
    first = builder.build(recipe, cache)
    debian.release = "2"
    for _ in range(2):
        again = builder.build(recipe, cache)
        assert (again.path, again.digest, again.fresh, debian.packed) == (first.path, first.digest, False, 1)


def test_one_package_that_was_mended_makes_another_image_and_its_bill_says_which(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian, cache = _Debian(monkeypatch), tmp_path / "cache"
    first = builder.build(recipe, cache)
    debian.release, debian.books = "2", BOOKS.replace("2.41-12\n", "2.41-13\n")
    second = builder.build(recipe, cache)
    assert (second.fresh, second.digest != first.digest, debian.packed) == (True, True, 2)
    assert first.bill is not None
    assert second.bill is not None
    assert changes(told(first.bill), told(second.bill)) == [Change("libc6", "2.41-12", "2.41-13")]


def test_what_is_no_longer_kept_takes_its_bill_and_its_notes_with_it(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian, cache = _Debian(monkeypatch), tmp_path / "cache"
    builder.build(recipe, cache)
    debian.release = "a"
    builder.build(recipe, cache)
    assert len(list(cache.glob("*.same"))) == 1
    for number in range(builder.KEPT):
        debian.release, debian.books = (
            str(number + 2),
            BOOKS + f"\nPackage: p{number}\nStatus: x installed\n" + ("Version: 1\nArchitecture: all\n"),
        )
        builder.build(recipe, cache)
    assert len(list(cache.glob("*.tar.zst"))) == len(list(cache.glob("*.cdx.json"))) == builder.KEPT
    assert not list(cache.glob("*.same"))
