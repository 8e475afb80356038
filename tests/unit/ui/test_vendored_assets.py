"""What comes from elsewhere is exactly what was fetched, small, and asks nobody else for anything."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from souk.ui import vendor

STATIC = vendor.FOLDER.parent
TEMPLATES = vendor.HERE / "templates"


def test_every_vendored_file_is_the_one_in_the_manifest() -> None:
    assert vendor.check() == []


def test_a_changed_file_a_missing_one_and_a_stranger_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.css").write_text("changed")
    (tmp_path / "b.css").write_text("stranger")
    manifest = tmp_path.parent / "manifest"
    manifest.write_text("00  a.css\n11  gone.css\n")
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    monkeypatch.setattr(vendor, "MANIFEST", manifest)
    assert vendor.check() == ["missing: gone.css", "not in manifest: b.css", "changed: a.css"]


def test_together_they_stay_below_three_megabytes() -> None:
    assert sum(path.stat().st_size for path in vendor.FOLDER.rglob("*") if path.is_file()) < 3_000_000


def test_every_package_is_pinned_and_comes_with_its_licence() -> None:
    packages = json.loads(vendor.PINS.read_text())["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", package["version"]) for package in packages)
    folders = {Path(target).parent for package in packages for target in package["files"].values()}
    assert all(list((vendor.FOLDER / folder).glob("LICENSE*")) for folder in folders)


def test_no_stylesheet_or_script_loads_anything_from_another_host() -> None:
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("ui/js/*.js")]:
        text = path.read_text()
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", text), path
        assert "@import" not in text, path
        assert "sourceMappingURL" not in text, path


def test_no_template_has_inline_style_or_script() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        for forbidden in (r"\sstyle=", r"<style", r"\son[a-z]+=", r"hx-on", r"javascript:"):
            assert not re.search(forbidden, text), (path, forbidden)
        for script in re.findall(r"<script[^>]*>", text):
            assert " src=" in script, path
