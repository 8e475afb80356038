"""A host whose control plane is lost, and restored from one file: what ran goes on, as if nothing had been."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from install import application, backup, dumps, incus_objects, restore
from install.archive import Archive
from install.here import namespace
from install.postgresql import Cluster
from install.steps import Steps
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.control_plane import SECRET, ControlPlane, connected, control_plane
from tests.support.world import Customer, customer, some_capacity

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import registry
from souk.provisioning.queries import service
from souk.provisioning.reconciler import resync

pytestmark = pytest.mark.engine


@dataclass
class Lost:
    """A control plane on the real engine, with a worker, that a test loses."""

    plane: ControlPlane
    engine: IncusEngine
    made: list[UUID] = field(default_factory=list)
    _worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.plane.ns.state / "worker.log").open("ab") as log:
            command = [sys.executable, "-m", "souk.settings.manage", "worker"]
            told = application.environment(self.plane.ns, "worker")
            self._worker = subprocess.Popen(command, env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
            self._worker = None

    def order(self, buyer: Customer, name: str) -> UUID:
        """Order PostgreSQL and wait until it is ready."""
        details = ordering.OrderDetails(
            buyer.organization, "public", BLUEPRINT.starting_offering.slug, "s", "ma-temara", name
        )
        instance = order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
        self.made.append(instance)
        assert until(lambda: service(buyer.scope, instance).state == "ready"), self.log
        return instance

    def machine(self, instance: UUID) -> str:
        (name,) = (each.name for each in self.engine.machines() if each.labels.get("instance") == str(instance))
        return name

    @property
    def log(self) -> str:
        return (self.plane.ns.state / "worker.log").read_text()[-3000:]


@pytest.fixture
def lost(incus: IncusEngine, image: str, django_db_blocker) -> Iterator[Lost]:
    sold = mock.patch.object(registry, "blueprints", return_value={BLUEPRINT.key: BLUEPRINT})
    with control_plane() as plane, django_db_blocker.unblock(), sold:
        found = Lost(plane, incus)
        plane.open()
        # What has run for long: a new cluster counts its transactions from the beginning.
        dumps.advance(Cluster(plane.ns), 300_000)
        try:
            found.start()
            with connected(plane):
                some_capacity()
                yield found
        finally:
            found.kill()
            mine = {str(instance) for instance in found.made}
            for machine in incus.machines():
                if machine.labels.get("instance") in mine:
                    incus.delete(machine.name)


def _asked(buyer: Customer, instance: UUID, statement: str) -> str:
    with signed_in(buyer.scope, instance) as options, psycopg.connect(**options) as session:
        row = session.execute(statement).fetchone()
        return str(row[0]) if row else ""


def _billed(lost: Lost, instance: UUID) -> bool:
    return lost.plane.sql(f"select count(*) from metering_usageinterval where instance_id = '{instance}'") != "0"


def test_services_run_on_through_the_loss_of_their_control_plane(lost: Lost, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SOUK_BACKUP_FOLDER", str(tmp_path))
    buyer = customer()
    kept = lost.order(buyer, "compta")
    with signed_in(buyer.scope, kept) as options, psycopg.connect(**options) as session:
        session.execute("create table written as select generate_series(1, 1000) n")
    began = _asked(buyer, kept, "select pg_postmaster_start_time()")
    machine = lost.machine(kept)
    path = backup.write(lost.plane.ns, SECRET)
    since = lost.machine(lost.order(buyer, "depuis"))

    lost.kill()
    connections.close_all()
    lost.plane.wipe()
    lost.plane.lay()
    restore.bring_back(lost.plane.ns, Archive(path), SECRET, Steps(io.StringIO()))
    # The bridge is the checkout's own: its names are watched anew, not those of the folder that this test made.
    incus_objects.watch_names_anew(namespace.current())
    drift = resync.compare(lost.engine)
    assert since in drift.orphans
    assert machine not in drift.orphans

    lost.start()
    after = lost.order(buyer, "apres")
    assert until(lambda: _billed(lost, after), 30), lost.log
    assert service(buyer.scope, kept).state == "ready"
    assert _asked(buyer, kept, "select count(*) from written") == "1000"
    assert _asked(buyer, kept, "select pg_postmaster_start_time()") == began
    assert lost.engine.machine(since) is not None
    assert len({lost.machine(kept), since, lost.machine(after)}) == 3
