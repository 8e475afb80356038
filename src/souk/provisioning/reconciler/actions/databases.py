"""Databases of a running service made and deleted. What the service has is recorded with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_noop

from souk.kernel.scope import acting
from souk.provisioning.contract import DatabaseKeeper, Keeps
from souk.provisioning.models import OperationState, ServiceInstance
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER

_MADE = {
    Keeps.DATABASES: gettext_noop("The database is there."),
    Keeps.BUCKETS: gettext_noop("The bucket is there."),
}
_DROPPED = {
    Keeps.DATABASES: gettext_noop("The database is deleted."),
    Keeps.BUCKETS: gettext_noop("The bucket is deleted."),
}


def create(work: Work, asked: Asked) -> None:
    """Make a database; one that is there though it was not recorded, as after a restore, is recorded as it is."""
    name = asked.details["database"]
    with work.step("database", 90, _MADE[_keeper(work).keeps]):
        _keeper(work).create(work.guest, work.wanted, name)
    _settle(work, asked, lambda names: [*(each for each in names if each != name), name])


def drop(work: Work, asked: Asked) -> None:
    """Delete a database with all that is in it."""
    name = asked.details["database"]
    with work.step("drop", 90, _DROPPED[_keeper(work).keeps]):
        _keeper(work).drop(work.guest, work.wanted, name)
    _settle(work, asked, lambda names: [each for each in names if each != name])


def _settle(work: Work, asked: Asked, change: Callable[[Sequence[str]], Sequence[str]]) -> None:
    keeper = _keeper(work)
    with acting(WORKER):
        row = ServiceInstance.objects.select_for_update().get(id=work.subject.row.id)
        names = change(keeper.names(row.parameters))
        row.parameters = keeper.naming(row.parameters, names)
        row.save(update_fields=["parameters"])
        settle(work, asked, OperationState.SUCCEEDED, database=asked.details["database"])


def _keeper(work: Work) -> DatabaseKeeper:
    keeper = work.blueprint.keeper
    assert keeper is not None, "commands ask only services that hold several databases"
    return keeper
