"""A smaller disk: the machine's own where that holds what is on it, else a successor's with a copy of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.utils.translation import gettext_noop

from souk.engines import contract as engines
from souk.engines.contract import Engine, EngineError
from souk.provisioning.contract import Blueprint, ConfigurationFailed, Guest, Succession, Wanted
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.ground import step
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.machines import DOES_NOT_FIT
from souk.provisioning.reconciler.records import Subject
from souk.provisioning.reconciler.succeeding import succeed

TRIES = 3

_TOO_SMALL = gettext_noop("The data needs {needed} of disk and the new size gives {given}; the old one stays.")
_KEPT = gettext_noop("The state before a restore is still kept, on a disk of the old size; the old one stays.")
_FAILED = gettext_noop(
    "The data could not be copied to a smaller disk; the old size stays. The operator has been told."
)


def shrink(
    engine: Engine, lease: Lease, subject: Subject, blueprint: Blueprint, observed: engines.Machine, disk: int
) -> None:
    """Give a machine a smaller disk. What a file system counts is more than the data, since it keeps what was written
    over: where that does not fit, a copy may.

    Raises:
        Superseded: another machine took over, or the size before is desired again. ConfigurationFailed, EngineError.
    """
    if _given(engine, observed, disk) or blueprint.succession is None or subject.machine is None:
        return
    engine.start(observed.name)
    guest, wanted = MachineGuest(engine, observed.name), subject.wanted(subject.machine.address)
    # A killed attempt may have left it handing over.
    blueprint.succession.stay(guest, wanted)
    _see_that_it_fits(subject, blueprint.succession, guest, wanted)
    with _given_up(lease, subject):
        succeed(
            engine,
            lease,
            subject,
            blueprint,
            lambda name, progress, sentence: step(lease, subject, name, progress, sentence),
            lambda *_: None,
        )


def give_or_see_that_it_fits(
    engine: Engine, subject: Subject, blueprint: Blueprint, observed: engines.Machine, guest: Guest, wanted: Wanted
) -> None:
    """Give a member that is to go on alone a smaller disk, or see that a copy of its data will fit there.

    Raises:
        Superseded: the size before is desired again. ConfigurationFailed, EngineError.
    """
    if _given(engine, observed, blueprint.limits(subject.row.size).disk):
        return
    if blueprint.succession is None:
        records.resize_refused(subject, DOES_NOT_FIT)
    else:
        _see_that_it_fits(subject, blueprint.succession, guest, wanted)


def _given(engine: Engine, observed: engines.Machine, disk: int) -> bool:
    if observed.limits.disk <= disk:
        return True
    try:
        engine.resize(observed.name, replace(observed.limits, disk=disk), etag=observed.etag)
    except engines.Refused:
        return False
    return True


def _see_that_it_fits(subject: Subject, succession: Succession, guest: Guest, wanted: Wanted) -> None:
    needed, size = succession.needed(guest, wanted), subject.row.size
    if needed > size.disk:
        records.resize_refused(subject, _TOO_SMALL, needed=_gibibytes(needed), given=_gibibytes(size.disk))
    if records.beside(subject, MachineRole.FORMER) is not None:
        records.resize_refused(subject, _KEPT)


@contextmanager
def _given_up(lease: Lease, subject: Subject) -> Iterator[None]:
    """After some failures in a row the size before is desired again."""
    try:
        yield
    except (ConfigurationFailed, EngineError):
        if lease.attempts < TRIES:
            raise
        records.resize_refused(subject, _FAILED)


def _gibibytes(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"
