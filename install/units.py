"""Units that run once at boot, where systemd is the first process."""

from __future__ import annotations

from install.services import UNITS
from install.shell import attempt, run

HEAD = "# Written by Souk's installer; `make purge` removes it."


def keep(name: str, text: str) -> None:
    """Have a unit with this text, now and at each boot."""
    unit = UNITS / name
    if not unit.exists() or unit.read_text() != text:
        unit.write_text(text)
        run("systemctl", "daemon-reload")
        run("systemctl", "enable", "--now", "--quiet", name)


def forget(name: str) -> None:
    """Have it no more."""
    unit = UNITS / name
    if unit.exists():
        attempt("systemctl", "disable", "--quiet", name)
        unit.unlink()
        attempt("systemctl", "daemon-reload")
