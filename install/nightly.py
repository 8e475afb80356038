"""What is done each night, where systemd runs: a backup, if a file gives its passphrase, and images with the security
updates of the day.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from install import application, passphrase
from install.here import CHECKOUT
from install.host import has_systemd
from install.services import UNITS
from install.shell import attempt, run

_WORKS = {"backup": ("backup of the platform", "02:30:00"), "images": ("images with the latest updates", "04:30:00")}


def units(ns: Any, work: str) -> dict[str, str]:
    """The unit files of one of them, by name."""
    what, at = _WORKS[work]
    head = f"# Written by Souk's installer; `make purge` removes it.\n[Unit]\nDescription=Souk {ns.name}: {what}\n"
    told = f"Environment=SOUK_NAMESPACE={ns.name} SOUK_STATE={ns.state} SOUK_RUN={ns.run}\n"
    begin = f"[Service]\nType=oneshot\n{told}ExecStart={CHECKOUT}/install/with-python {work}\n"
    when = f"[Timer]\nOnCalendar=*-*-* {at}\nRandomizedDelaySec=30min\nPersistent=true\n"
    return {
        f"{_name(ns, work)}.service": f"{head}\n{begin}",
        f"{_name(ns, work)}.timer": f"{head}\n{when}\n[Install]\nWantedBy=timers.target\n",
    }


def backup(ns: Any) -> str:
    """Have one made each night, or not any more. Returns a remark."""
    if not has_systemd():
        return "no systemd here: run `souk platform backup` yourself"
    if not application.settings(ns).get(passphrase.FILE):
        _remove(ns, "backup")
        return f"set {passphrase.FILE} for one each night"
    return _ensure(ns, "backup")


def images(ns: Any) -> str:
    """Have them made each night. Returns a remark."""
    return _ensure(ns, "images") if has_systemd() else "no systemd here: run `make images` yourself"


def remove(ns: Any) -> None:
    """Have nothing done any more."""
    for work in _WORKS:
        _remove(ns, work)


def _ensure(ns: Any, work: str) -> str:
    for name, text in units(ns, work).items():
        (UNITS / name).write_text(text)
    run("systemctl", "daemon-reload")
    run("systemctl", "enable", "--now", "--quiet", f"{_name(ns, work)}.timer")
    return "each night"


def _remove(ns: Any, work: str) -> None:
    paths: list[Path] = [UNITS / name for name in units(ns, work)]
    if any(path.exists() for path in paths):
        attempt("systemctl", "disable", "--now", "--quiet", f"{_name(ns, work)}.timer")
        for path in paths:
            path.unlink(missing_ok=True)
        attempt("systemctl", "daemon-reload")


def _name(ns: Any, work: str) -> str:
    return f"souk-{ns.name}-{work}"
