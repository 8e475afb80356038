"""Another machine takes over from one that is written to: it has every row that was acknowledged."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order
from tests.support.writing import Writer

from souk.blueprints.postgresql import BLUEPRINT, probing
from souk.provisioning.contract import ConfigurationFailed, Succession, Way

pytestmark = pytest.mark.engine
LEADER, FOLLOWER = "169.254.77.1", "169.254.77.2"


@pytest.fixture
def succession() -> Succession:
    assert BLUEPRINT.succession is not None
    return BLUEPRINT.succession


@pytest.fixture
def network(rig: Rig) -> Iterator[str]:
    """A private network, deleted with the machines that are in it."""
    name = rig.prefix.rstrip("-") + "net"
    rig.engine.ensure_network(name)
    yield name
    rig.clear()
    rig.engine.delete_network(name)


def _follower(rig: Rig, image: str, of: Service, network: str) -> Service:
    """A machine that is there to follow, not configured yet."""
    address = next(rig.addresses())
    spec = replace(
        of.spec, name=of.spec.name + "b", address=address, private=network, environment={"SOUK_ROLE": "copy"}
    )
    rig.engine.create(spec, start=True)
    wanted = replace(of.wanted, address=address, follows=True)
    return Service(rig.engine, spec, wanted, of.credentials, of.authority)


def test_a_machine_that_follows_has_every_acknowledged_row_when_it_leads(
    rig: Rig, image: str, network: str, succession: Succession
) -> None:
    present = order(rig, image)
    present.configure()
    rig.engine.join(present.spec.name, network)
    way = Way(LEADER, FOLLOWER, secrets.token_urlsafe(24))
    succession.lead(present, present.wanted, way)
    coming = _follower(rig, image, present, network)
    with probing.certificate_file(present.authority.certificate) as file:
        options = probing.connection_options(present.wanted, present.credentials, file)
        with Writer(options) as writer:
            succession.follow(coming, coming.wanted, way)
            coming.configure()
            succession.draw_near(present, coming, coming.wanted)
            end = succession.hand_over(present, present.wanted)
            succession.receive(coming, coming.wanted, end)
            rig.engine.stop(present.spec.name, force=True)
    leads = replace(coming, wanted=replace(coming.wanted, follows=False))
    leads.configure()
    with leads.connect() as connection:
        there = {row[0] for row in connection.execute("select n from acknowledged")}
        connection.execute("insert into acknowledged values (-1)")
        roles = connection.execute("select count(*) from pg_roles where rolname = 'souk_successor'").fetchone()
    assert len(writer.acknowledged) > 50
    assert set(writer.acknowledged) <= there
    assert roles == (0,)


def test_who_stays_serves_on_and_nothing_is_kept_for_one_that_followed(
    rig: Rig, image: str, network: str, succession: Succession
) -> None:
    present = order(rig, image)
    present.configure()
    with present.connect() as connection:
        # A customer's own role of that name, which was given something.
        for statement in ("role souk_successor", "schema theirs"):
            connection.execute(f"create {statement}".encode())
        connection.execute("grant usage on schema theirs to souk_successor")
    rig.engine.join(present.spec.name, network)
    for _ in range(2):
        succession.lead(present, present.wanted, Way(LEADER, FOLLOWER, secrets.token_urlsafe(24)))
    end = succession.hand_over(present, present.wanted)
    assert end
    for _ in range(2):
        succession.stay(present, present.wanted)
    with present.connect() as connection:
        assert connection.execute("select count(*) from pg_replication_slots").fetchone() == (0,)
        assert connection.execute("show max_slot_wal_keep_size").fetchone() == ("-1",)
        rights = "select rolcanlogin, rolreplication from pg_roles where rolname = 'souk_successor'"
        assert connection.execute(rights).fetchone() == (False, False)
    present.configure()
    assert "souk_successor" not in present.execute(["cat", "/etc/souk/postgresql/pg_hba.conf"]).stdout


def test_without_the_password_nobody_follows(rig: Rig, image: str, network: str, succession: Succession) -> None:
    present = order(rig, image)
    present.configure()
    rig.engine.join(present.spec.name, network)
    succession.lead(present, present.wanted, Way(LEADER, FOLLOWER, secrets.token_urlsafe(24)))
    coming = _follower(rig, image, present, network)
    with pytest.raises(ConfigurationFailed):
        succession.follow(coming, coming.wanted, Way(LEADER, FOLLOWER, "another-one"))
