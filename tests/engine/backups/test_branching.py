"""A copy of a running server's disk becomes another service, of which the first one notices nothing."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace

import psycopg
import pytest
from tests.engine.backups.conftest import Kept, keep
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import Storage
from tests.engine.postgresql.conftest import Service
from tests.support.writing import Writer

from souk.blueprints.postgresql import BLUEPRINT, probing
from souk.engines.contract import MachineSpec, MachineStatus
from souk.provisioning.contract import BindingRole, Credentials

pytestmark = pytest.mark.engine
BRANCHER = BLUEPRINT.brancher
BINDER = BLUEPRINT.binder


@pytest.fixture
def source(own_service: Service, storage: Storage) -> Kept:
    """A service of the test's own, with a repository, a binding and a list of who may come in."""
    assert BINDER is not None
    name = f"pg_{secrets.token_hex(4)}"
    BINDER.grant(own_service, own_service.wanted, Credentials("reader", "secret-of-reader", "app"), BindingRole.OWNER)
    return keep(own_service, storage, name)


def _copied(rig: Rig, of: Service) -> Service:
    """A machine that begins as a copy, marked and started, not a service of its own yet."""
    assert BRANCHER is not None
    assert BRANCHER.prepare(of, of.wanted)
    name, address = f"{rig.prefix}60", next(rig.addresses())
    spec = MachineSpec(name, "", BLUEPRINT.limits(of.wanted.size), address, {"instance": "copy"})
    rig.engine.copy(of.spec.name, spec)
    rig.engine.push(name, BRANCHER.mark, b"", mode=0o644)
    rig.engine.start(name)
    hostname = f"{name}.{rig.place.domain}"
    wanted = replace(of.wanted, instance=uuid.uuid4(), name=name, hostname=hostname, address=address)
    credentials = BLUEPRINT.credentials(wanted.parameters, secrets.token_urlsafe(24))
    return Service(rig.engine, spec, wanted, credentials, of.authority)


def test_a_copy_has_all_that_was_acknowledged_and_opens_to_nobody_of_the_other_service(rig: Rig, source: Kept) -> None:
    assert BRANCHER is not None
    of = source.service
    with probing.certificate_file(of.authority.certificate) as file:
        with Writer(probing.connection_options(of.wanted, of.credentials, file)) as writer:
            while len(writer.acknowledged) < 50:
                pass
            before = list(writer.acknowledged)
            copy = _copied(rig, of)
            assert copy.execute(["pgrep", "-x", "postgres"]).exit_code != 0
            for _ in range(2):
                BRANCHER.branch(copy, copy.wanted)
            copy.configure()
        assert writer.lost() == set()
        assert writer.outages == []
    with copy.connect() as connection:
        there = [row[0] for row in connection.execute("select n from acknowledged order by n")]
    assert there == list(range(1, len(there) + 1))
    assert set(before) <= set(there)
    for user, password in ((of.credentials.username, of.credentials.password), ("reader", "secret-of-reader")):
        with pytest.raises(psycopg.OperationalError):
            copy.connect(user=user, password=password)
        with of.connect(user=user, password=password):
            pass
    assert copy.execute(["sh", "-c", "ls /etc/souk/postgresql/repository*"]).exit_code != 0
    assert copy.execute(["sh", "-c", "ls /etc/souk/branch"]).exit_code != 0


def test_a_copy_keeps_a_history_of_its_own_and_the_other_ones_goes_on(rig: Rig, source: Kept, storage: Storage) -> None:
    assert BRANCHER is not None
    source.sql("create table notes (of text)")
    source.back_up("of-the-source")
    service = _copied(rig, source.service)
    BRANCHER.branch(service, service.wanted)
    service.configure()
    copy = keep(service, storage, f"pg_{secrets.token_hex(4)}")
    for one, said in ((source, "source"), (copy, "copy")):
        one.sql(f"insert into notes values ('{said}')")
        one.sql("select 1 from pg_settings")
    copy.back_up("of-the-copy")
    assert set(copy.backups()) == {"of-the-copy"}
    source.attach()
    assert set(source.backups()) == {"of-the-source"}
    assert copy.sql("select of from notes") == [("copy",)]
    assert source.sql("select of from notes") == [("source",)]


def test_both_machines_restart_beside_each_other(rig: Rig, source: Kept) -> None:
    assert BRANCHER is not None
    copy = _copied(rig, source.service)
    BRANCHER.branch(copy, copy.wanted)
    copy.configure()
    for one in (source.service, copy):
        rig.engine.stop(one.spec.name)
        rig.engine.start(one.spec.name)
        one.configure()
        with one.connect() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    observed = rig.engine.machine(copy.spec.name)
    assert observed is not None
    assert observed.status == MachineStatus.RUNNING
