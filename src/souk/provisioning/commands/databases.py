"""Databases of a service, made and deleted one after another."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from souk.kernel.errors import Problem
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import alive, wish
from souk.provisioning.contract import DatabaseKeeper, Keeps
from souk.provisioning.models import OPEN, Binding, OperationKind, ServiceInstance
from souk.provisioning.registry import blueprint


def create_database(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask for one more database, which the service's owner owns. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoDatabases, InvalidDatabaseName, DatabaseTaken, TooManyDatabases.
    """
    with acting(scope):
        row = alive(scope, instance)
        keeper = _keeper(row)
        if not keeper.allows(name):
            raise _of(keeper, errors.InvalidDatabaseName)
        there = {*keeper.names(row.parameters), *_asked(row, OperationKind.CREATE_DATABASE)}
        if name in there:
            raise _of(keeper, errors.DatabaseTaken, name=name)
        if len(there) >= keeper.most:
            raise _of(keeper, errors.TooManyDatabases, most=keeper.most)
        return wish(scope, row, OperationKind.CREATE_DATABASE, {"database": name})


def drop_database(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask for a database to be deleted with all that is in it. Backups still hold it. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoDatabases, DatabaseMissing, FirstDatabase, DatabaseInUse.
    """
    with acting(scope):
        row = alive(scope, instance)
        keeper = _keeper(row)
        usable(row, name)
        if name == keeper.names(row.parameters)[0]:
            raise _of(keeper, errors.FirstDatabase)
        bound = Binding.objects.filter(instance=row, database=name, revoked_at__isnull=True)
        if names := sorted(bound.values_list("name", flat=True)):
            raise _of(keeper, errors.DatabaseInUse, names=", ".join(names), name=name)
        return wish(scope, row, OperationKind.DROP_DATABASE, {"database": name})


def usable(row: ServiceInstance, name: str) -> str:
    """A database's name, if a locked instance has it or will have it by the time of the next operation.

    Raises:
        DatabaseMissing.
    """
    keeper = _keeper(row)
    coming = {*keeper.names(row.parameters), *_asked(row, OperationKind.CREATE_DATABASE)}
    if name not in coming - _asked(row, OperationKind.DROP_DATABASE):
        raise _of(keeper, errors.DatabaseMissing, name=name)
    return name


def _keeper(row: ServiceInstance) -> DatabaseKeeper:
    keeper = blueprint(row.blueprint).keeper
    if keeper is None:
        raise errors.NoDatabases
    return keeper


_OF_BUCKETS: Mapping[type[Problem], type[Problem]] = {
    errors.InvalidDatabaseName: errors.InvalidBucketName,
    errors.DatabaseTaken: errors.BucketTaken,
    errors.TooManyDatabases: errors.TooManyBuckets,
    errors.DatabaseMissing: errors.BucketMissing,
    errors.FirstDatabase: errors.FirstBucket,
    errors.DatabaseInUse: errors.BucketInUse,
}


def _of(keeper: DatabaseKeeper, kind: type[Problem], **values: str | int) -> Problem:
    """The problem in the words of what the service keeps."""
    return (_OF_BUCKETS[kind] if keeper.keeps == Keeps.BUCKETS else kind)(None, **values)


def _asked(row: ServiceInstance, kind: OperationKind) -> set[str]:
    return set(row.operations.filter(kind=kind, state__in=OPEN).values_list("details__database", flat=True))
