"""Kernel settings that many machines on one host need, raised and never lowered."""

from __future__ import annotations

from pathlib import Path

from install.ledger import Ledger

WANTED = {"fs.inotify.max_user_instances": 8192, "fs.inotify.max_user_watches": 524288}
"""Each systemd guest holds several inotify instances: at 128 the tenth comes up without a network."""

FILE = Path("/etc/sysctl.d/60-souk.conf")


def ensure(ledger: Ledger, proc: Path = Path("/proc/sys"), file: Path = FILE) -> str:
    """Raise what is too low, now and at each boot, remembering the values that were there."""
    low = {name: now for name, wanted in WANTED.items() if (now := _read(proc, name)) < wanted}
    if not low:
        return "high enough"
    ledger.put("sysctl", {**low, **ledger.get("sysctl", {})})
    refused = [name for name in low if not _write(proc, name, WANTED[name])]
    if refused:
        return f"{', '.join(refused)} can't be raised from here: about a dozen machines will fit"
    lines = "".join(f"{name} = {WANTED[name]}\n" for name in sorted(ledger.get("sysctl")))
    file.write_text("# Written by Souk's installer; `make purge` removes it.\n" + lines)
    return f"{len(low)} raised"


def undo(ledger: Ledger, proc: Path = Path("/proc/sys"), file: Path = FILE) -> str:
    """Put the remembered values back, where nobody has changed ours since."""
    before: dict[str, int] = ledger.get("sysctl", {})
    for name, value in before.items():
        if _read(proc, name) == WANTED.get(name):
            _write(proc, name, value)
    file.unlink(missing_ok=True)
    ledger.put("sysctl", None)
    return f"{len(before)} put back"


def _path(proc: Path, name: str) -> Path:
    return proc / name.replace(".", "/")


def _read(proc: Path, name: str) -> int:
    return int(_path(proc, name).read_text())


def _write(proc: Path, name: str, value: int) -> bool:
    try:
        _path(proc, name).write_text(str(value))
    except OSError:
        return False
    return True
