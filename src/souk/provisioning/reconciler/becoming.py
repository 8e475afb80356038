"""How many machines a service runs on: as many as are desired, or on the way there.

Nothing is recorded of that way but what each machine is: one that carries the service alone where several should is to
be their first, and members where one should carry it alone are to become that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_noop

from souk.engines.contract import EngineError, EngineUnavailable
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.reconciler import alone, records, together
from souk.provisioning.reconciler.ground import Ground, Unhealthy
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import NoAddress, NoRoom, Subject

TRIES = 3

_FAILED = gettext_noop("The number of machines could not be changed; it stays as it was. The operator has been told.")


def run(ground: Ground, lease: Lease, subject: Subject) -> None:
    """Bring a service to what is desired, on as many machines as that is.

    Raises:
        Fenced, Superseded, EngineError, ConfigurationFailed, Unhealthy, MachineLost, NoAddress.
    """
    with _taken_back(subject):
        several = subject.row.members > 1
        if subject.members and (subject.machine is not None or not several):
            subject = together.part(ground.engine, lease, subject)
        if several and subject.machine is not None:
            subject = together.begin(ground, lease, subject)
        (together if several else alone).run(ground, lease, subject)


@contextmanager
def _taken_back(subject: Subject) -> Iterator[None]:
    """After some failures the number before is desired again. That the engine or the site's coordination is away is
    none: neither would be there for the way back.
    """
    try:
        yield
    except (EngineUnavailable, together.NotCoordinated):
        raise
    except (ConfigurationFailed, EngineError, Unhealthy, NoAddress, NoRoom):
        if records.members_failed(subject) >= TRIES:
            records.resize_refused(subject, _FAILED)
        raise
