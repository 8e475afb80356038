"""Builds an image into a cached, unified tarball, and gives it its name only when it is whole.

Beside it lies its bill of materials. Debian changes several times a day: where none of an image's own packages did,
what was made before serves on, and nobody's machine is out of date.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from souk.engines.contract import UNPACKED, VERSION
from souk.engines.images import mirror
from souk.engines.images.bootstrap import BuildFailed, bootstrap
from souk.engines.images.contents import STATUS, Package, bill, packages, told
from souk.engines.images.mirror import Mirror, MirrorUnreachable
from souk.engines.images.progress import Progress, silent
from souk.engines.images.recipe import Recipe
from souk.engines.images.workspace import alone, workspace

_SUFFIX, _BILL, _SAME = ".tar.zst", ".cdx.json", ".same"
_HALF_DIGEST = 16
_BLOCK = 4096
KEPT = 5
"""How many images of one name stay in the cache, of which checkouts with different recipes may use one each."""


@dataclass(frozen=True)
class Built:
    """An image on disk. `digest` says what it was made from; `fresh` whether it was made just now."""

    path: Path
    digest: str
    fresh: bool

    @property
    def bill(self) -> dict[str, Any] | None:
        """Its bill of materials; None where it was made before there were any."""
        try:
            found: dict[str, Any] = json.loads(_beside(self.path, _BILL).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found


def build(recipe: Recipe, folder: Path, progress: Progress = silent) -> Built:
    """Return the image of `recipe` from the cache in `folder`, making it when the recipe or one of its packages
    changed.

    With the mirror out of reach, the newest image made from the same recipe serves. Different images may be
    built at once; the same one waits for whoever builds it already. Needs root.

    Raises:
        MirrorUnreachable: the mirror doesn't answer and nothing is cached for this recipe.
        BuildFailed: a package or a hook failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress(0.0, "Asking the Debian mirror what is new")
    with alone(folder / f"{recipe.name}.lock"):
        try:
            source = mirror.find()
            release = mirror.release_digest(source, *recipe.suites)
        except MirrorUnreachable:
            if cached := _newest(recipe, folder):
                return cached
            raise
        digest = f"{recipe.digest[:_HALF_DIGEST]}-{release[:_HALF_DIGEST]}"
        target = folder / f"{recipe.name}-{digest}{_SUFFIX}"
        fresh = not target.exists() and _same(recipe, target) is None
        if fresh:
            _make(recipe, source, target, progress)
        kept = _same(recipe, target)
        path = kept or target
        if not _beside(path, _BILL).exists():
            _write_bill(recipe, path, packages(_unpacked(path, STATUS)))
        _use(path)
        _forget_oldest(recipe, folder)
        return Built(path, _digest(recipe, path), fresh=fresh and kept is None)


def _make(recipe: Recipe, source: Mirror, target: Path, progress: Progress) -> None:
    """Make the image; or, if one with the same packages is there, note which."""
    before = _newest(recipe, target.parent)
    with workspace(target.parent) as work:
        progress(0.02, "Reading Debian's package lists")
        bootstrap(recipe, source, work, progress)
        found = packages((work / "rootfs" / STATUS).read_text(encoding="utf-8"))
        if before and (known := before.bill) and told(known) == found:
            _beside(target, _SAME).write_text(before.digest, encoding="utf-8")
            return
        progress(0.87, "Packing the image")
        _write_bill(recipe, target, found)
        _pack(recipe, found, work, target)


def _write_bill(recipe: Recipe, target: Path, found: Sequence[Package]) -> None:
    made = bill(recipe, _digest(recipe, target), found, datetime.now(UTC))
    _beside(target, _BILL).write_text(json.dumps(made, indent=1), encoding="utf-8")


def _unpacked(image: Path, name: str) -> str:
    """A text file of an image that was made before there were bills."""
    command = ["tar", "--extract", "--to-stdout", "--file", str(image), f"rootfs/{name}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"{image.name} can't be read: {done.stderr[-500:]}")
    return done.stdout


def _same(recipe: Recipe, target: Path) -> Path | None:
    """The image that was found to have the same packages as this one would have."""
    try:
        digest = _beside(target, _SAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    path = target.with_name(f"{recipe.name}-{digest}{_SUFFIX}")
    return path if path.exists() else None


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name.removesuffix(_SUFFIX) + suffix)


def _digest(recipe: Recipe, path: Path) -> str:
    return path.name.removeprefix(f"{recipe.name}-").removesuffix(_SUFFIX)


def _newest(recipe: Recipe, folder: Path) -> Built | None:
    pattern = f"{recipe.name}-{recipe.digest[:_HALF_DIGEST]}-*{_SUFFIX}"
    kept = max(folder.glob(pattern), key=lambda path: path.stat().st_mtime, default=None)
    if kept is None:
        return None
    return Built(kept, _digest(recipe, kept), fresh=False)


def _use(target: Path) -> None:
    """Mark as used now, to the nanosecond: files' own times count in ticks."""
    now = time.time_ns()
    os.utime(target, ns=(now, now))


def _forget_oldest(recipe: Recipe, folder: Path) -> None:
    """Keep those that were used last."""
    half = "?" * _HALF_DIGEST
    found = folder.glob(f"{recipe.name}-{half}-{half}{_SUFFIX}")
    for path in sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)[KEPT:]:
        for gone in (path, _beside(path, _BILL)):
            gone.unlink(missing_ok=True)
    for note in folder.glob(f"{recipe.name}-{half}-{half}{_SAME}"):
        if _same(recipe, note.with_suffix(_SUFFIX)) is None:
            note.unlink(missing_ok=True)


def _pack(recipe: Recipe, found: Sequence[Package], work: Path, target: Path) -> None:
    """Write metadata.yaml and rootfs/ as one tarball."""
    (work / "metadata.yaml").write_text(
        f"architecture: {platform.machine()}\n"
        f"creation_date: {int(time.time())}\n"
        f'properties:\n  os: debian\n  release: {recipe.suite}\n  description: "{recipe.description}"\n'
        f'  {UNPACKED}: "{_size(work / "rootfs")}"\n'
        f'  {VERSION}: "{_version(found, recipe.versioned)}"\n',
        encoding="utf-8",
    )
    partial = work / "image.tar.zst"
    command = ["tar", "--create", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--sort=name"]
    command += ["--use-compress-program=zstd -3 -T0", "--file", str(partial), "-C", str(work)]
    packed = subprocess.run([*command, "metadata.yaml", "rootfs"], capture_output=True, text=True, check=False)
    if packed.returncode != 0:
        raise BuildFailed(f"tar ended with {packed.returncode}: {packed.stderr[-500:]}")
    os.replace(partial, target)


def _version(found: Sequence[Package], names: str) -> str:
    """The versions of installed packages as their authors write them, without what Debian adds, in this order."""
    by_name = {package.name: package.version for package in found}
    versions = (by_name.get(name, "") for name in names.split())
    return " ".join(each.rpartition(":")[2].partition("-")[0].partition("+")[0] for each in versions)


def _size(folder: Path) -> int:
    """Bytes that a file system with 4 KiB blocks needs for a tree."""
    sizes = (entry.lstat().st_size for entry in folder.rglob("*"))
    return sum(-(-size // _BLOCK) * _BLOCK for size in sizes)
