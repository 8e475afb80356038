"""An installation of the test's own: its database, its web and worker processes, on the real engine."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

import httpx
import pytest
from django.db import connection
from tests.support import databases

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.kernel.scope import System, acting
from souk.provisioning import registry
from souk.settings import namespace
from souk.settings.seeds import seed

#: What must be made once, whatever happens to the run.
_COUNTS = """
select (select count(*) from ordering_order), (select count(*) from provisioning_serviceinstance),
       (select count(*) from billing_invoice where kind = 'invoice'),
       (select count(*) from billing_invoice where kind = 'credit_note'),
       (select count(*) from billing_payment), (select count(*) from billing_allocation where payment_id is not null),
       (select count(*) from parties_organization), (select count(*) from parties_person)
"""


@dataclass(frozen=True)
class Counts:
    """How many there are."""

    orders: int
    services: int
    invoices: int
    credit_notes: int
    payments: int
    allocations: int
    organizations: int
    people: int


@dataclass
class Installation:
    """Web and worker on a database and a state folder of their own."""

    state: Path
    port: int
    engine: IncusEngine
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def journal(self) -> dict[str, Any]:
        """What `first-sale.json` says."""
        kept: dict[str, Any] = json.loads((self.state / "first-sale.json").read_text())
        return kept

    def environment(self, process: str) -> dict[str, str]:
        """Of a process of this installation."""
        settings = connection.settings_dict
        place = namespace.current()
        url = f"postgresql://souk_{process}@/{settings['NAME']}?host={quote(settings['HOST'])}&port={settings['PORT']}"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("SOUK_", "DATABASE_URL"))}
        return {
            **inherited,
            "LC_ALL": "C.UTF-8",
            "LANG": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "souk.settings.django",
            "SOUK_PROCESS": process,
            "SOUK_OBJECT_STORAGE": "none",
            "SOUK_WARM_MOST": "0",
            "SOUK_NAMESPACE": place.name,
            "SOUK_STATE": str(self.state),
            "SOUK_KEYS": str(self.state / "keys"),
            "SOUK_SUBNET": place.subnet,
            "SOUK_WEB_PORT": str(self.port),
            f"DATABASE_URL_{process.upper()}": url,
        }

    def start(self) -> None:
        """Start web and worker, and wait until both can serve."""
        web = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        self._spawn("web", *web, "souk.settings.wsgi:application")
        self._spawn("worker", "-m", "souk.settings.manage", "worker")
        deadline = time.monotonic() + 60
        while not self._serves():
            assert time.monotonic() < deadline, (self.state / "web.log").read_text()[-2000:]
            time.sleep(0.1)

    def _serves(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False).json()["status"] == "ok"
        except httpx.TransportError:
            return False

    def _spawn(self, process: str, *words: str) -> None:
        with (self.state / f"{process}.log").open("ab") as log:
            command = [sys.executable, *words]
            environment = self.environment(process)
            self._processes.append(
                subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )

    def stop(self) -> None:
        """End what was started."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(60)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a first sale; its lines can be read as they come."""
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "souk.settings.manage", "first_sale", *words],
            env=self.environment("owner"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def sell(self, *words: str) -> tuple[int, str]:
        """Run a first sale to its end: exit status and what it printed."""
        process = self.begin(*words)
        said, _ = process.communicate(timeout=240)
        return process.returncode, said

    def counts(self) -> Counts:
        """What was made so far."""
        with acting(System("test")), connection.cursor() as cursor:
            cursor.execute(_COUNTS)
            return Counts(*cursor.fetchone())

    def machines(self) -> list[str]:
        """The engine's machines of this installation's services."""
        with acting(System("test")), connection.cursor() as cursor:
            cursor.execute("select id::text from provisioning_serviceinstance")
            mine = {row[0] for row in cursor.fetchall()}
        return [machine.name for machine in self.engine.machines() if machine.labels.get("instance") in mine]


@pytest.fixture(scope="module")
def installation(
    django_db_setup: str,
    django_db_blocker: Any,
    incus: IncusEngine,
    image: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    state = tmp_path_factory.mktemp("state")
    # The bridge's name server reads this host's own folder.
    (state / "dns").symlink_to(namespace.current().dns_hosts)
    shutil.copytree(os.environ["SOUK_KEYS"], state / "keys")
    (state / "keys" / "django-secret.key").write_text("a-secret-of-the-test\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with django_db_blocker.unblock(), databases.own_database(django_db_setup):
        with mock.patch.object(registry, "blueprints", return_value={BLUEPRINT.key: BLUEPRINT}):
            seed()
        made = Installation(state, port, incus)
        try:
            made.start()
            yield made
        finally:
            made.stop()
            for name in made.machines():
                incus.delete(name)
