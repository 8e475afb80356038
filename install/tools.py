"""The installer's own Python tools, in `.tools`: uv, Babel and the build backend, pinned by hash."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from install.failure import Failure
from install.here import CHECKOUT
from install.shell import attempt, clean_environment, run

FOLDER = CHECKOUT / ".tools"
LOCK = CHECKOUT / "install" / "tools.lock"
PYTHON = Path("/usr/bin/python3")


def tool(name: str) -> Path:
    """The path of a tool's program."""
    return FOLDER / "bin" / name


def ensure() -> None:
    """Have the tools of the lock file.

    Raises:
        Failure: they could not be downloaded.
    """
    stamp = FOLDER / "installed"
    wanted = digest(LOCK.read_bytes(), python_version().encode())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    run(PYTHON, "-m", "venv", FOLDER)
    done = attempt(
        FOLDER / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--requirement",
        LOCK,
    )
    if done.returncode:
        raise Failure(
            "pip could not download the tools that build the virtual environment.",
            "Check this machine's network, or its pip configuration, then run this again.",
            done.stderr[-2000:],
        )
    stamp.write_text(wanted)


def uv(*words: str | Path) -> str:
    """Run uv and return what it printed.

    Raises:
        Failure: it failed.
    """
    return run(tool("uv"), *words, env=clean_environment(**_index()), cwd=CHECKOUT)


def _index() -> dict[str, str]:
    """uv does not read pip's configuration: hand it pip's package index where that is not the usual one."""
    index = attempt(FOLDER / "bin" / "python", "-m", "pip", "config", "get", "global.index-url")
    address = index.stdout.strip()
    return {"UV_DEFAULT_INDEX": address} if index.returncode == 0 and address else {}


def compile_translations(folder: Path = CHECKOUT / "src" / "souk") -> int:
    """Compile each `.po` below a folder that is newer than its `.mo`; returns how many."""
    count = 0
    for source in sorted(folder.rglob("locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        language = source.parents[1].name
        run(tool("pybabel"), "--quiet", "compile", "-l", language, "-i", source, "-o", compiled)
        count += 1
    return count


def python_version() -> str:
    """The system Python's version, `3.11`."""
    return run(PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()


def digest(*parts: bytes) -> str:
    """A short name for exactly these bytes."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
