"""The Python environments: releases that the services run from, and the checkout's own for development.

A release is never changed after it was made: `venv` is a link to the current one, and a process that still
runs from an older one goes on undisturbed. Dependencies live in a layer of their own that releases of the
same lock file share, so a change of Souk's own code makes a new release in about two seconds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from install import tools
from install.failure import Failure
from install.here import CHECKOUT
from install.shell import attempt
from install.steps import Progress
from install.tools import PYTHON, digest, uv

KEPT = 2
"""Releases and dependency layers kept, the current ones included."""


VENDORS = "packages"
"""The folder in a namespace's state with wheels of blueprints that others make."""


def python(ns: Any) -> Path:
    """The current release's interpreter."""
    return Path(ns.state) / "venv" / "bin" / "python"


def release(ns: Any, progress: Progress) -> str:
    """Have a release of this checkout's code and make it the current one. Returns a remark with its name.

    Raises:
        Failure: a package could not be downloaded or built.
    """
    progress(0.05, "tools")
    tools.ensure()
    tools.compile_translations()
    progress(0.2, "dependencies")
    layer = _dependencies(ns)
    progress(0.7, "Souk itself")
    vendors = sorted((ns.state / VENDORS).glob("*.whl"))
    name = digest(layer.name.encode(), _code_digest().encode(), *(wheel.read_bytes() for wheel in vendors))
    folder = ns.state / "releases" / name
    made = not (folder / "complete").exists()
    if made:
        _make_release(folder, layer, vendors)
    _switch(ns.state / "venv", folder)
    for kind in ("releases", "dependencies"):
        _forget_old(ns.state / kind, folder, layer)
    return f"release {name}" + ("" if made else ", already there")


def current(ns: Any) -> str:
    """The current release's name; empty where there is none."""
    link = ns.state / "venv"
    return os.readlink(link).rpartition("/")[2] if link.is_symlink() else ""


def switch_to(ns: Any, folder: Path) -> str:
    """Make a release that was kept the current one. Returns a remark with its name."""
    _switch(ns.state / "venv", folder)
    return f"release {folder.name}"


def _dependencies(ns: Any) -> Path:
    lock = CHECKOUT / "requirements.lock"
    folder: Path = ns.state / "dependencies" / digest(lock.read_bytes(), tools.python_version().encode())
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        uv("venv", "--quiet", "--python", PYTHON, folder)
        sync = ("pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes")
        uv(*sync, "--python", folder / "bin" / "python", lock)
        (folder / "complete").touch()
    return folder


def _make_release(folder: Path, layer: Path, vendors: Sequence[Path]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    uv("venv", "--quiet", "--python", PYTHON, folder)
    wheels = folder / "wheel"
    constraints = ("--build-constraint", tools.LOCK)
    uv("build", "--quiet", "--wheel", *constraints, "--out-dir", wheels, CHECKOUT)
    wheel = next(wheels.glob("*.whl"))
    install = ("pip", "install", "--quiet", "--no-deps", "--compile-bytecode")
    uv(*install, "--python", folder / "bin" / "python", wheel, *vendors)
    shared = next(layer.glob("lib/python3*/site-packages"))
    own = next(folder.glob("lib/python3*/site-packages"))
    (own / "dependencies.pth").write_text(f"import site; site.addsitedir({str(shared)!r})\n")
    shutil.rmtree(wheels)
    (folder / "complete").touch()


def _code_digest() -> str:
    """A name for the code as it is now: its files' paths and contents, compiled ones apart."""
    files = [CHECKOUT / "pyproject.toml", *sorted((CHECKOUT / "src" / "souk").rglob("*"))]
    parts = [
        str(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes()
        for path in files
        if path.is_file() and path.suffix not in (".pyc", ".mo")
    ]
    return digest(*parts)


def _switch(link: Path, target: Path) -> None:
    draft = link.with_name(link.name + ".new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    os.replace(draft, link)


def _forget_old(folder: Path, *kept: Path) -> None:
    """Delete all but the newest, and whatever a process still runs from."""
    others = sorted((path for path in folder.iterdir() if path not in kept), key=lambda path: -path.stat().st_mtime)
    for path in others[KEPT - 1 :]:
        if not _in_use(path):
            shutil.rmtree(path)


def _in_use(folder: Path) -> bool:
    needle = str(folder).encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (process / "cmdline").read_bytes() or needle in (process / "maps").read_bytes():
                return True
        except OSError:
            continue
    return False


def readable_by(user: str, ns: Any) -> None:
    """Make sure a system user can import Souk.

    Raises:
        Failure: it can't, for instance because the state folder lies in a private one.
    """
    drop = ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--")
    done = attempt(*drop, python(ns), "-I", "-c", "import souk, django")
    if done.returncode:
        raise Failure(
            f"The system user {user} can't read {ns.state}.",
            "Let others enter that folder's parents (chmod o+x), or unset SOUK_STATE.",
            done.stderr[-500:],
        )


def development() -> str:
    """Have `.venv` in the checkout: locked development dependencies and Souk itself, editable."""
    tools.ensure()
    tools.compile_translations()
    folder = CHECKOUT / ".venv"
    lock = CHECKOUT / "requirements-dev.lock"
    stamp = folder / "installed"
    wanted = digest(lock.read_bytes(), (CHECKOUT / "pyproject.toml").read_bytes(), str(folder).encode())
    if stamp.exists() and stamp.read_text() == wanted:
        return "already there"
    if not (folder / "bin" / "python").exists():
        uv("venv", "--quiet", "--allow-existing", "--python", PYTHON, folder)
    target = ("--python", folder / "bin" / "python")
    uv("pip", "sync", "--quiet", "--require-hashes", *target, lock)
    editable = ("--no-deps", "--build-constraint", tools.LOCK, "--editable", CHECKOUT)
    uv("pip", "install", "--quiet", *target, *editable)
    stamp.write_text(wanted)
    return "made"


def lock() -> None:
    """Write the lock files anew from pyproject.toml and `install/tools.in`."""
    tools.ensure()
    common = ("--quiet", "--universal", "--no-annotate", "--no-header", "--generate-hashes", "--upgrade")
    target = ("--python-version", "3.11")
    uv("pip", "compile", *common, *target, "pyproject.toml", "--output-file", "requirements.lock")
    uv(
        "pip",
        "compile",
        *common,
        *target,
        "pyproject.toml",
        "--extra",
        "dev",
        "--output-file",
        "requirements-dev.lock",
    )
    uv("pip", "compile", *common, *target, "install/tools.in", "--output-file", "install/tools.lock")
