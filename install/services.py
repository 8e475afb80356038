"""Souk's own processes: systemd units where systemd is the first process, detached processes elsewhere."""

from __future__ import annotations

import hashlib
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from install.daemons import Daemon
from install.failure import Failure
from install.host import has_systemd
from install.shell import PATH, attempt, run

UNITS = Path("/etc/systemd/system")
_SUPERVISOR = Path(__file__).with_name("supervise.py")


@dataclass(frozen=True)
class Service:
    """One process of a namespace: `command` run as `user`, or as the caller where `user` is None; with one of the
    kernel's capabilities beside, as its manual calls it (`cap_net_admin`).
    """

    ns: Any
    name: str
    command: tuple[str, ...]
    user: str | None
    environment: Mapping[str, str] = field(default_factory=dict)
    supervised: bool = True
    stop_signal: str = "SIGTERM"
    wants: tuple[str, ...] = ()
    capability: str = ""

    @property
    def unit(self) -> str:
        """Its systemd unit's name."""
        return f"souk-{self.ns.name}-{self.name}.service"

    @property
    def environment_file(self) -> Path:
        """Where systemd reads its environment: apart from the unit, which everybody may read."""
        return Path(self.ns.state) / f"{self.name}.env"

    def environment_text(self) -> str:
        """The contents of that file."""
        return "".join(f"{key}={_quoted(value)}\n" for key, value in sorted(self.environment.items()))

    @property
    def daemon(self) -> Daemon:
        """Its process, where systemd does not run it."""
        return Daemon(self.name, self.ns.run / f"{self.name}.pid", log_folder(self.ns) / f"{self.name}.log")

    @property
    def log_hint(self) -> str:
        """Where to read what it says."""
        return f"journalctl -u {self.unit}" if self._systemd else str(self.daemon.log)

    @property
    def _systemd(self) -> bool:
        return has_systemd() and self.user is not None

    def failure(self, sentence: str) -> Failure:
        """A failure that says where to read what the process said, and quotes the end of it."""
        return self.daemon.failure(sentence) if not self._systemd else Failure(sentence, self.log_hint)

    def running(self) -> bool:
        """Whether it runs."""
        if self._systemd:
            return attempt("systemctl", "is-active", "--quiet", self.unit).returncode == 0
        return self.daemon.pid() is not None

    def ensure(self, version: str = "") -> bool:
        """Have it run with this command, environment and `version` of its code; True if (re)started."""
        wanted = hashlib.sha256(repr((self.command, sorted(self.environment.items()), version)).encode()).hexdigest()
        stamp = self.ns.run / f"{self.name}.version"
        if self.running() and stamp.exists() and stamp.read_text() == wanted:
            return False
        self.stop()
        if self._systemd:
            (UNITS / self.unit).write_text(self.unit_file())
            self.environment_file.touch(mode=0o600)
            self.environment_file.write_text(self.environment_text())
            run("systemctl", "daemon-reload")
            run("systemctl", "enable", "--quiet", self.unit)
            run("systemctl", "restart", self.unit)
        else:
            self._start_detached()
        stamp.write_text(wanted)
        return True

    def _start_detached(self) -> None:
        environment = {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **self.environment}
        if not self.supervised:
            self.daemon.start(self.command, user=self.user, env=environment)
            return
        user = "+".join(filter(None, (self.user, self.capability))) if self.user else "-"
        supervisor = ("/usr/bin/python3", "-I", str(_SUPERVISOR), user, *self.command)
        self.daemon.start(supervisor, env=environment)

    def stop(self) -> bool:
        """End it; False where it did not run."""
        if self._systemd:
            was = self.running()
            if (UNITS / self.unit).exists():
                run("systemctl", "stop", self.unit)
            return was
        return self.daemon.stop(signal.Signals[self.stop_signal])

    def remove(self) -> None:
        """End it and delete its unit."""
        self.stop()
        path = UNITS / self.unit
        if path.exists():
            attempt("systemctl", "disable", "--quiet", self.unit)
            path.unlink()
            attempt("systemctl", "daemon-reload")

    def unit_file(self) -> str:
        """The systemd unit."""
        after = " ".join(("network.target", *self.wants))
        lines = [
            "# Written by Souk's installer; `make purge` removes it.",
            "[Unit]",
            f"Description=Souk {self.ns.name}: {self.name}",
            f"After={after}",
            *([f"Wants={' '.join(self.wants)}"] if self.wants else []),
            "",
            "[Service]",
            f"User={self.user}",
            f"EnvironmentFile={self.environment_file}",
            f"ExecStart={' '.join(self.command)}",
            f"KillSignal={self.stop_signal}",
            "KillMode=mixed",
            "Restart=on-failure",
            "RestartSec=1",
            *([f"AmbientCapabilities={self.capability.upper()}"] if self.capability else []),
            "NoNewPrivileges=yes",
            "ProtectSystem=full",
            "PrivateTmp=yes",
            "",
            "[Install]",
            "WantedBy=multi-user.target",
        ]
        return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """A value as systemd reads it back unchanged from an environment file."""
    return '"' + re.sub(r'(["\\`$])', r"\\\1", value) + '"'


def log_folder(ns: Any) -> Path:
    """Where the namespace's processes log to: beside its state, unless that is the system's."""
    if ns.state == Path("/var/lib/souk") / ns.name:
        return Path("/var/log/souk") / str(ns.name)
    return Path(ns.state) / "log"
