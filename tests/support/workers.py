"""Real workers as processes of their own, on a test's database, that a test may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from django.db import connection


class Worker:
    """`souk-manage worker` as a child process; its log goes to a file."""

    def __init__(
        self, log: Path, *, storage: str = "none", warm: int = 0, told: Mapping[str, str] | None = None
    ) -> None:
        """`told` are further variables of its environment."""
        self._log, self._told = log, {"SOUK_OBJECT_STORAGE": storage, "SOUK_WARM_MOST": str(warm), **(told or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on the database that Django points at now."""
        settings = connection.settings_dict
        url = f"postgresql://souk_worker@/{settings['NAME']}?host={quote(settings['HOST'])}&port={settings['PORT']}"
        environment = {
            **os.environ,
            "SOUK_PROCESS": "worker",
            **self._told,
            "DATABASE_URL_WORKER": url,
            "DJANGO_SETTINGS_MODULE": "souk.settings.django",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "souk.settings.manage", "worker"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL: nothing of it runs any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: it ends what is in hand."""
        self._end(signal.SIGTERM)

    @property
    def running(self) -> bool:
        """Whether it was started and has not been ended."""
        return self._process is not None

    @property
    def log(self) -> str:
        """What it logged."""
        return self._log.read_text()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None
