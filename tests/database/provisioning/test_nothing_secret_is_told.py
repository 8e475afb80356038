"""Every secret that was ever sealed, through every failure that could quote it: it stands nowhere it could be read.

Looked for as it is, in base64 and in hexadecimal digits: in the log, and in every column of every row of every table:
events, operations, job arguments and troubles among them.
"""

from __future__ import annotations

import base64
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from tests.support.example import CONFIGURE, Example
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, ground, order, work
from tests.support.vault import Vault, vault
from tests.support.world import Customer, customer

from souk.engines.contract import EngineError, Execution
from souk.engines.memory import MemoryEngine, ToyGuest
from souk.kernel.scope import System, acting
from souk.kernel.secrets import KeyRing
from souk.parties import commands as parties
from souk.provisioning import commands
from souk.provisioning.contract import ConfigurationFailed, Credentials, Declined
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import operations
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.loop import Loop
from souk.settings import logs, namespace


class Ledger:
    """Every value that was sealed, by what it was sealed for."""

    def __init__(self) -> None:
        self.sealed: dict[bytes, str] = {}

    @contextmanager
    def kept(self) -> Iterator[None]:
        seal = KeyRing.seal

        def noting(ring: KeyRing, value: bytes, context: str) -> bytes:
            self.sealed[value] = context
            return seal(ring, value, context)

        with mock.patch.object(KeyRing, "seal", noting):
            yield

    def found_in(self, text: str) -> list[str]:
        return [what for value, what in self.sealed.items() if any(form in text for form in _forms(value))]


def _forms(value: bytes) -> list[str]:
    lines = [line for line in value.splitlines() if not line.startswith(b"-----")]
    pieces = [value, *(line for line in lines if len(line) >= 16)]
    encoded = [form for piece in pieces for form in (base64.b64encode(piece).decode().rstrip("="), piece.hex())]
    return [*encoded, *(piece.decode() for piece in pieces if piece.isascii())]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as production writes it, at its most talkative."""
    before = logging.getLogger().handlers[:]
    said = io.StringIO()
    with mock.patch.object(sys, "stderr", said):
        logs.configure({"level": "DEBUG"})
    yield said
    logs.configure(settings.LOGGING)
    logging.getLogger().handlers[:] = before


class Gossip(ToyGuest):
    """A guest whose programs fail and quote all they were told, in three ways; `quiet` ones succeed."""

    def __init__(self) -> None:
        super().__init__()
        self.failing: dict[str, int] = {}

    def __call__(self, machine, command, stdin):
        left = self.failing.get(command[0], 0)
        if left:
            self.failing[command[0]] = left - 1
            quoted = f"bad input: {stdin.decode()} {base64.b64encode(stdin).decode()} {stdin.hex()}"
            return Execution(1, quoted, quoted)
        return super().__call__(machine, command, stdin)


def _everything() -> str:
    """Every row of every table, as text; bytes are hexadecimal digits there. Partitions are read with their table."""
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"
        )
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f"select t::text from {table} t")
            rows += [row for (row,) in cursor.fetchall()]
        return "\n".join(rows)


def _rounds(place: Ground, count: int = 4) -> None:
    for _ in range(count):
        forget_leases()
        work(place, rounds=200)


def _loop_once(place: Ground) -> None:
    """As a worker's thread does it: what nobody expected is caught and logged there."""
    from souk.provisioning.reconciler import lease

    forget_leases()
    loop = Loop(place, {})
    for claim in lease.claim(10):
        loop._work(claim)


def _provoke(place: Ground, guest: Gossip, kept: Vault, buyer: Customer) -> UUID:
    instance = order(buyer)
    guest.failing[CONFIGURE[0]] = 2
    _rounds(place)

    password = next(iter(_passwords(instance)))
    place.engine.faults.plan("execute", EngineError(f"can't pass {password.decode()} to the guest"), times=2)
    commands.restart_instance(buyer.scope, instance)
    _rounds(place)

    commands.create_binding(buyer.scope, instance, "rapports")
    guest.failing["/usr/lib/souk/grant"] = 9
    _rounds(place)

    def explode(_: object, wanted: object, credentials: Credentials, authority: str) -> None:
        raise RuntimeError("unexpected", wanted, credentials.password)

    with mock.patch.object(Example, "probe", explode):
        commands.restart_instance(buyer.scope, instance)
        _loop_once(place)
    _rounds(place)

    commands.back_up_instance(buyer.scope, instance)
    _rounds(place)
    (repository,) = kept.attached.values()
    for refusal in (ConfigurationFailed, Declined):
        with mock.patch.object(
            kept, "back_up", side_effect=refusal(f"{repository.secret_key} {repository.passphrase}")
        ):
            commands.back_up_instance(buyer.scope, instance)
            _rounds(place)
    commands.rotate_binding(buyer.scope, instance, "default")
    _rounds(place)
    return instance


def _passwords(instance: UUID) -> set[bytes]:
    from souk.kernel import secrets
    from souk.provisioning.models import Binding

    with acting(System("test")):
        rows = list(Binding.objects.filter(instance_id=instance))
    return {secrets.ring("master").open(bytes(row.sealed_password), f"binding:{instance}:{row.name}") for row in rows}


def test_no_secret_is_told_whatever_fails(own_database: str, log: io.StringIO, tmp_path: Path) -> None:
    guest, ledger = Gossip(), Ledger()
    place = ground(tmp_path, MemoryEngine(guest=guest))
    with vault() as kept, ledger.kept():
        ensure_storage()
        work(place)
        buyer = customer()
        token = parties.create_token(buyer.person, "test").token
        ledger.sealed[token.encode()] = "a person's token"
        instance = _provoke(place, guest, kept, buyer)
        catch_up()
        for line in (namespace.current().keys / "master.key").read_text().split():
            ledger.sealed[base64.b64decode(line.partition(":")[2])] = "the master key"
        states = {row.state for row in operations(buyer.scope, instance)}
        everything, said = _everything(), log.getvalue()

    assert len(states) > 1
    assert {context.partition(":")[0] for context in ledger.sealed.values()} >= {"binding", "repository"}
    assert states >= {"succeeded", "failed"}
    assert "bad input" in said
    assert "converge failed" in said
    assert ledger.found_in(said) == []
    assert ledger.found_in(everything) == []
