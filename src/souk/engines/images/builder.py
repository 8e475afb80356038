"""Builds an image into a cached, unified tarball, and gives it its name only when it is whole."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from souk.engines.contract import UNPACKED, VERSION
from souk.engines.images import mirror
from souk.engines.images.bootstrap import BuildFailed, bootstrap
from souk.engines.images.mirror import Mirror, MirrorUnreachable
from souk.engines.images.progress import Progress, silent
from souk.engines.images.recipe import Recipe
from souk.engines.images.workspace import alone, workspace

_SUFFIX = ".tar.zst"
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


def build(recipe: Recipe, folder: Path, progress: Progress = silent) -> Built:
    """Return the image of `recipe` from the cache in `folder`, building it when the recipe or Debian changed.

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
        if target.exists():
            _use(target)
            return Built(target, digest, fresh=False)
        _make(recipe, source, target, progress)
        _use(target)
        _forget_oldest(recipe, folder)
        return Built(target, digest, fresh=True)


def _make(recipe: Recipe, source: Mirror, target: Path, progress: Progress) -> None:
    with workspace(target.parent) as work:
        progress(0.02, "Reading Debian's package lists")
        bootstrap(recipe, source, work, progress)
        progress(0.87, "Packing the image")
        _pack(recipe, work, target)


def _newest(recipe: Recipe, folder: Path) -> Built | None:
    pattern = f"{recipe.name}-{recipe.digest[:_HALF_DIGEST]}-*{_SUFFIX}"
    kept = max(folder.glob(pattern), key=lambda path: path.stat().st_mtime, default=None)
    if kept is None:
        return None
    return Built(kept, kept.name.removeprefix(f"{recipe.name}-").removesuffix(_SUFFIX), fresh=False)


def _use(target: Path) -> None:
    """Mark as used now, to the nanosecond: files' own times count in ticks."""
    now = time.time_ns()
    os.utime(target, ns=(now, now))


def _forget_oldest(recipe: Recipe, folder: Path) -> None:
    """Keep those that were used last."""
    half = "?" * _HALF_DIGEST
    found = folder.glob(f"{recipe.name}-{half}-{half}{_SUFFIX}")
    for path in sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)[KEPT:]:
        path.unlink(missing_ok=True)


def _pack(recipe: Recipe, work: Path, target: Path) -> None:
    """Write metadata.yaml and rootfs/ as one tarball."""
    (work / "metadata.yaml").write_text(
        f"architecture: {platform.machine()}\n"
        f"creation_date: {int(time.time())}\n"
        f'properties:\n  os: debian\n  release: {recipe.suite}\n  description: "{recipe.description}"\n'
        f'  {UNPACKED}: "{_size(work / "rootfs")}"\n'
        f'  {VERSION}: "{_version(work / "rootfs", recipe.versioned)}"\n',
        encoding="utf-8",
    )
    partial = work / "image.tar.zst"
    command = ["tar", "--create", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--sort=name"]
    command += ["--use-compress-program=zstd -3 -T0", "--file", str(partial), "-C", str(work)]
    packed = subprocess.run([*command, "metadata.yaml", "rootfs"], capture_output=True, text=True, check=False)
    if packed.returncode != 0:
        raise BuildFailed(f"tar ended with {packed.returncode}: {packed.stderr[-500:]}")
    os.replace(partial, target)


def _version(root: Path, packages: str) -> str:
    """The versions of installed packages as their authors write them, without what Debian adds, in this order."""
    found = {}
    for entry in (root / "var/lib/dpkg/status").read_text(encoding="utf-8").split("\n\n") if packages else ():
        told = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line and not line.startswith(" "))
        found[told.get("Package", "")] = told.get("Version", "")
    versions = (found.get(package, "") for package in packages.split())
    return " ".join(each.rpartition(":")[2].partition("-")[0].partition("+")[0] for each in versions)


def _size(folder: Path) -> int:
    """Bytes that a file system with 4 KiB blocks needs for a tree."""
    sizes = (entry.lstat().st_size for entry in folder.rglob("*"))
    return sum(-(-size // _BLOCK) * _BLOCK for size in sizes)
