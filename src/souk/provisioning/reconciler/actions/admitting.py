"""Credentials as they work on every machine of a service: the one that leads makes them, the others let them in."""

from __future__ import annotations

from dataclasses import replace

from souk.provisioning.contract import Binder, BindingRole, Credentials
from souk.provisioning.reconciler.actions.work import Work


def grant(work: Work, credentials: Credentials, role: BindingRole) -> None:
    """Make credentials work in a role. Followers know where they reach before there is anybody to sign in, and those
    who are signed in there with what they could before leave last.

    Raises:
        ConfigurationFailed.
    """
    confined = {} if role == BindingRole.OWNER else {credentials.username: credentials.database}
    _admit(work, credentials.username, confined)
    _binder(work).grant(work.guest, work.wanted, credentials, role)
    _admit(work, credentials.username, confined, leaves=True)


def revoke(work: Work, username: str) -> None:
    """Make credentials work no more, on any machine.

    Raises:
        ConfigurationFailed.
    """
    _binder(work).revoke(work.guest, work.wanted, username)
    _admit(work, username, {}, leaves=True)


def _admit(work: Work, username: str, confined: dict[str, str], *, leaves: bool = False) -> None:
    availability = work.blueprint.high_availability
    if availability is None:
        return
    for guest, wanted in work.others:
        others = {name: database for name, database in wanted.confined.items() if name != username}
        told = replace(wanted, confined={**others, **confined})
        availability.admit(guest, told, username if leaves else "")


def _binder(work: Work) -> Binder:
    binder = work.blueprint.binder
    assert binder is not None, "commands ask only services that can have bindings"
    return binder
