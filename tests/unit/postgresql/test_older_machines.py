"""Machines made by an image that lacks a program: what they can't do is declined, and never done in part."""

from __future__ import annotations

import uuid

import pytest

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.contract import Execution
from souk.provisioning.contract import BindingRole, Credentials, Declined, ServerCertificate, Size, Wanted

BINDER, KEEPER = BLUEPRINT.binder, BLUEPRINT.keeper
WANTED = Wanted(uuid.uuid4(), "pg-1", {"databases": ["a"]}, Size(1, 2**30, 2**33), "pg-1.example", "10.0.0.9")
SHOP = Credentials("shop", "correct-horse-battery", "a")


class _OldGuest:
    """A machine that has only what images always had."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def execute(self, command: list[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        if command[0] not in {"/usr/lib/souk/bind", "/usr/lib/souk/configure"}:
            return Execution(127, "", "Command not found")
        self.done.append(command[0])
        return Execution(0, '{"ready": true}', "")


@pytest.fixture
def guest() -> _OldGuest:
    return _OldGuest()


def test_an_owner_is_made_and_ended_as_before(guest: _OldGuest) -> None:
    BINDER.grant(guest, WANTED, SHOP)
    BINDER.revoke(guest, WANTED, "shop")
    assert guest.done == ["/usr/lib/souk/bind"] * 2


@pytest.mark.parametrize("role", [BindingRole.READER, BindingRole.WRITER])
def test_who_was_to_read_or_write_only_does_not_become_an_owner(guest: _OldGuest, role: BindingRole) -> None:
    with pytest.raises(Declined, match="made before this was possible"):
        BINDER.grant(guest, WANTED, SHOP, role)
    assert guest.done == []


def test_the_owner_is_not_shut_out_by_another_password(guest: _OldGuest) -> None:
    with pytest.raises(Declined):
        BINDER.grant(guest, WANTED, Credentials("app", "another", "a"))
    assert guest.done == []


def test_databases_are_neither_made_nor_dropped(guest: _OldGuest) -> None:
    for attempt in (KEEPER.create, KEEPER.drop):
        with pytest.raises(Declined):
            attempt(guest, WANTED, "shop")


def test_a_pool_is_not_said_to_be_there(guest: _OldGuest) -> None:
    pooled = Wanted(WANTED.instance, "pg-1", {"pool": "transaction"}, WANTED.size, WANTED.hostname, WANTED.address)
    certificate = ServerCertificate("CERTIFICATE", "KEY", "AUTHORITY")
    BLUEPRINT.configure(guest, WANTED, SHOP, certificate)
    with pytest.raises(Declined):
        BLUEPRINT.configure(guest, pooled, SHOP, certificate)


def test_a_machine_that_could_not_be_made_another_services_own_is_not_copied(guest: _OldGuest) -> None:
    assert BLUEPRINT.brancher.prepare(guest, WANTED) is False


def test_there_is_no_way_back_to_a_machine_that_can_not_be_told_who_may_sign_in(guest: _OldGuest) -> None:
    with pytest.raises(Declined):
        BLUEPRINT.archivist.shut_out_all_but(guest, WANTED, ["app"])
