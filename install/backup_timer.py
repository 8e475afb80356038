"""A backup each night, where systemd runs and a file gives the passphrase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from install import application, passphrase
from install.here import CHECKOUT
from install.host import has_systemd
from install.services import UNITS
from install.shell import attempt, run


def units(ns: Any) -> dict[str, str]:
    """The unit files by name."""
    told = f"Description=Souk {ns.name}: backup of the platform"
    head = f"# Written by Souk's installer; `make purge` removes it.\n[Unit]\n{told}\n"
    work = f"[Service]\nType=oneshot\nEnvironment=SOUK_NAMESPACE={ns.name} SOUK_STATE={ns.state} SOUK_RUN={ns.run}\n"
    begin = f"ExecStart={CHECKOUT}/install/with-python backup"
    when = "[Timer]\nOnCalendar=*-*-* 02:30:00\nRandomizedDelaySec=30min\nPersistent=true\n"
    return {
        f"souk-{ns.name}-backup.service": f"{head}\n{work}{begin}\n",
        f"souk-{ns.name}-backup.timer": f"{head}\n{when}\n[Install]\nWantedBy=timers.target\n",
    }


def ensure(ns: Any) -> str:
    """Have it made each night, or not any more. Returns a remark."""
    if not has_systemd():
        return "no systemd here: run `souk platform backup` yourself"
    if not application.settings(ns).get(passphrase.FILE):
        remove(ns)
        return f"set {passphrase.FILE} for one each night"
    for name, text in units(ns).items():
        (UNITS / name).write_text(text)
    run("systemctl", "daemon-reload")
    run("systemctl", "enable", "--now", "--quiet", f"souk-{ns.name}-backup.timer")
    return "each night"


def remove(ns: Any) -> None:
    """Have none made any more."""
    paths: list[Path] = [UNITS / name for name in units(ns)]
    if any(path.exists() for path in paths):
        attempt("systemctl", "disable", "--now", "--quiet", f"souk-{ns.name}-backup.timer")
        for path in paths:
            path.unlink(missing_ok=True)
        attempt("systemctl", "daemon-reload")
