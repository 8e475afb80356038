"""What kind of machine this is."""

from __future__ import annotations

from pathlib import Path


def has_systemd() -> bool:
    """Whether systemd is this machine's first process."""
    return Path("/run/systemd/system").is_dir()


def in_container() -> bool:
    """Whether this machine is itself a container."""
    return Path("/run/systemd/container").exists() or "container=" in _first_process_environment()


def _first_process_environment() -> str:
    try:
        return Path("/proc/1/environ").read_text(errors="replace")
    except OSError:
        return ""
