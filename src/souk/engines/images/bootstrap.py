"""Runs mmdebstrap: from a recipe to a root folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from pathlib import Path

from souk.engines.images.mirror import Mirror
from souk.engines.images.progress import Meter, Progress
from souk.engines.images.recipe import Recipe

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_ESSENTIAL_PACKAGES = 60
_LAST_LINES = 15

_CLEAN = r"""
set -e
: > "$1/etc/machine-id"
rm -f "$1/etc/hostname" "$1/etc/resolv.conf" "$1/etc/ssl/private/ssl-cert-snakeoil.key"
rm -rf "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old "$1"/var/lib/apt/lists/* "$1"/var/log/journal
find "$1/var/log" "$1/var/cache/apt" -type f -delete
ln -s /run/systemd/resolve/resolv.conf "$1/etc/resolv.conf"
"""


# However this process ends, apt, dpkg and what they mounted in the new root end with it.
_CONFINED = (
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--propagation", "private"),
)


class BuildFailed(Exception):
    """mmdebstrap or one of its hooks failed; the message carries its last lines."""


def bootstrap(recipe: Recipe, source: Mirror, work: Path, progress: Progress) -> None:
    """Make `work/rootfs`.

    Raises:
        BuildFailed: a package or a hook failed.
    """
    files = work / "files"
    _lay_down(recipe, files)
    meter = Meter(progress, guess=_ESSENTIAL_PACKAGES + 3 * len(recipe.packages))
    command = [*_CONFINED, *arguments(recipe, source, files, work / "rootfs")]
    process = subprocess.Popen(
        command,
        env=_environment(work),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    last: deque[str] = deque(maxlen=_LAST_LINES)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            meter.read(line)
            last.append(line)
        status = process.wait()
    finally:
        process.kill()
        process.wait()
    if status != 0:
        raise BuildFailed(f"mmdebstrap ended with {status}:\n{''.join(last)}")


def arguments(recipe: Recipe, source: Mirror, files: Path, root: Path) -> list[str]:
    """The command that makes `root`: files first, so that packages find them, then packages, then hooks."""
    lines = [f"deb [signed-by={_KEYRING}] {uri} {suite} main" for uri, suite in source.sources(*recipe.suites)]
    hooks = ['chroot "$1" systemctl mask ' + " ".join(recipe.mask)] if recipe.mask else []
    hooks += ['chroot "$1" systemctl enable ' + " ".join(recipe.enable)] if recipe.enable else []
    return [
        "mmdebstrap",
        "--mode=root",
        "--format=directory",
        "--variant=apt",
        "--verbose",
        f"--include={','.join(recipe.packages)}",
        "--aptopt=Apt::Install-Recommends false",
        "--aptopt=Acquire::Languages none",
        *_inherited_apt_options(),
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in recipe.exclude),
        *(f"--dpkgopt=path-include={pattern}" for pattern in recipe.include),
        "--dpkgopt=force-unsafe-io",
        f'--setup-hook=cp -r --preserve=mode {files}/. "$1/"',
        *(f"--customize-hook={hook}" for hook in (*hooks, *recipe.hooks, _CLEAN)),
        recipe.suite,
        str(root),
        *lines,
    ]


def _lay_down(recipe: Recipe, folder: Path) -> None:
    """Copy the recipe's files into one tree, with the modes they shall have in the image."""
    folder.mkdir()
    for relative, path in recipe.files():
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        target.chmod(0o755 if relative in recipe.executables else 0o644)
    for directory in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        directory.chmod(0o755)


def _environment(work: Path) -> dict[str, str]:
    proxies = {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
    return {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/root",
        "TMPDIR": str(work),
        "DEBIAN_FRONTEND": "noninteractive",
        **proxies,
    }


def _inherited_apt_options() -> list[str]:
    """The host's own leniency about release dates: a host installed from a snapshot needs it here too."""
    options = []
    for key in ("Acquire::Check-Valid-Until", "Acquire::Check-Date"):
        answer = subprocess.run(["apt-config", "shell", "value", key], capture_output=True, text=True, check=False)
        if "false" in answer.stdout:
            options.append(f'--aptopt={key} "false"')
    return options
