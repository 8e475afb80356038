"""Bindings: named credentials, each made, rotated and revoked by itself, shown on demand and audited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.parties.access import CAN_OPERATE, need
from souk.provisioning import errors
from souk.provisioning.commands.databases import usable
from souk.provisioning.commands.operations import alive, produced_here, wish
from souk.provisioning.contract import BindingRole
from souk.provisioning.models import OPEN, Binding, OperationKind, Reveal, ServiceInstance
from souk.provisioning.registry import blueprint, producer_of
from souk.provisioning.schema import complete

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_BINDINGS = 50
LONGEST_OVERLAP = timedelta(days=30)


def create_binding(
    scope: Scope,
    instance: UUID,
    name: str,
    role: BindingRole = BindingRole.OWNER,
    database: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> UUID:
    """Ask for further credentials of a service, for one consumer, good for a role in a database (empty: the first).
    Whoever produces it elsewhere gets `parameters`, and knows neither roles nor databases. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoBindings, InvalidBindingName, RoleNotOffered, DatabaseMissing,
        BindingTaken, TooManyBindings, InvalidParameters.
    """
    with acting(scope):
        row = _bindable(scope, instance)
        if not _NAME.fullmatch(name):
            raise errors.InvalidBindingName
        database = _entitled(row, role, database)
        given = binding_parameters(row.blueprint, row.plan_id, parameters or {})
        told = {"parameters": given} if given else {}
        if Binding.objects.filter(instance=row, revoked_at__isnull=True).count() >= MOST_BINDINGS:
            raise errors.TooManyBindings(most=MOST_BINDINGS)
        try:
            with transaction.atomic():
                Binding.objects.create(
                    organization_id=row.organization_id,
                    instance=row,
                    name=name,
                    username="",
                    database=database,
                    role=role,
                    sealed_password=b"",
                    created_at=clock.now(),
                )
        except IntegrityError as error:
            raise errors.BindingTaken(name=name) from error
        return wish(scope, row, OperationKind.GRANT, {"binding": name, **told})


def binding_parameters(key: str, plan: UUID | None, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What whoever produces a service is told of a consumer: as its schema has it, if there is one.

    Raises:
        InvalidParameters.
    """
    produced = producer_of(key, plan)
    schema = {} if produced is None else produced[0].binding_schema(produced[1])
    return complete(schema, parameters, lambda _: None) if schema.get("properties") else dict(parameters)


def rotate_binding(scope: Scope, instance: UUID, name: str, overlap: timedelta | None = None) -> UUID:
    """Ask for new credentials in place of a binding's; the former ones work on for `overlap` (by default
    `ROTATION_OVERLAP`), so that consumers can change over one by one. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoBindings, BindingMissing, BindingNotReady, OverlapTooLong,
        RotationUnderWay.
    """
    overlap = settings.ROTATION_OVERLAP if overlap is None else overlap
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise errors.OverlapTooLong(days=LONGEST_OVERLAP.days)
    with acting(scope):
        row = _bindable(scope, instance)
        produced_here(row)
        binding = _binding(row, name)
        if binding.granted_at is None and name != DEFAULT:
            raise errors.BindingNotReady(name=name)
        if binding.former_username or _asked(row, OperationKind.ROTATE, name):
            raise errors.RotationUnderWay(name=name)
        return wish(
            scope, row, OperationKind.ROTATE, {"binding": name, "overlap_seconds": int(overlap.total_seconds())}
        )


def change_binding(scope: Scope, instance: UUID, name: str, role: BindingRole, database: str = "") -> UUID:
    """Ask for a binding's credentials to be good for another role, or in another database (empty: the first). Whoever
    is signed in with them is cut off, and the former ones of a rotation end. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoBindings, OwnerStays, RoleNotOffered, DatabaseMissing, BindingMissing,
        BindingNotReady.
    """
    with acting(scope):
        row = _bindable(scope, instance)
        produced_here(row)
        if name == DEFAULT:
            raise errors.OwnerStays
        if _binding(row, name).granted_at is None:
            raise errors.BindingNotReady(name=name)
        database = _entitled(row, role, database)
        return wish(scope, row, OperationKind.ENTITLE, {"binding": name, "role": role, "database": database})


def reset_binding(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask for another password for a binding's user, whose name stays. Whoever is signed in is cut off. Returns the
    operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoBindings, BindingMissing, BindingNotReady, RotationUnderWay.
    """
    with acting(scope):
        row = _bindable(scope, instance)
        produced_here(row)
        if _binding(row, name).granted_at is None and name != DEFAULT:
            raise errors.BindingNotReady(name=name)
        if _asked(row, OperationKind.ROTATE, name):
            raise errors.RotationUnderWay(name=name)
        return wish(scope, row, OperationKind.RESET, {"binding": name})


def revoke_binding(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask for a binding's credentials to work no more. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoBindings, BindingMissing, LastBinding.
    """
    with acting(scope):
        row = _bindable(scope, instance)
        if name == DEFAULT and row.plan_id is None:
            raise errors.LastBinding
        _binding(row, name)
        return wish(scope, row, OperationKind.REVOKE, {"binding": name})


DEFAULT = "default"
"""The first binding's name: Souk's own probe signs in with it, so it is rotated but never revoked."""


def _bindable(scope: Scope, instance: UUID) -> ServiceInstance:
    row = alive(scope, instance)
    produced = producer_of(row.blueprint, row.plan_id)
    bound = blueprint(row.blueprint).binder is not None if produced is None else produced[0].binds(produced[1])
    if not bound:
        raise errors.NoBindings
    return row


def _entitled(row: ServiceInstance, role: BindingRole, database: str) -> str:
    """The database that credentials with this role sign in to, empty if the service knows none."""
    offer = blueprint(row.blueprint)
    if row.plan_id is not None and not database:
        return ""
    if offer.binder is None or role not in offer.binder.roles:
        raise errors.RoleNotOffered(role=role)
    if offer.keeper is None and not database:
        return ""
    return usable(row, database or (offer.keeper.names(row.parameters)[0] if offer.keeper else ""))


def _binding(row: ServiceInstance, name: str) -> Binding:
    found = Binding.objects.filter(instance=row, name=name, revoked_at__isnull=True).first()
    if found is None:
        raise errors.BindingMissing
    return found


def _asked(row: ServiceInstance, kind: OperationKind, name: str) -> bool:
    return row.operations.filter(kind=kind, state__in=OPEN, details__binding=name).exists()


def ask_reveal(scope: Scope, instance: UUID, box: bytes, name: str = DEFAULT) -> UUID:
    """Ask the worker to post a binding's password into `box` (a one-use public key). Audited.

    Raises:
        NotFound, RoleTooLow, BindingMissing.
    """
    with acting(scope):
        binding = Binding.objects.filter(instance_id=instance, name=name, revoked_at__isnull=True).first()
        if binding is None:
            raise errors.BindingMissing
        need(scope, binding.organization_id, CAN_OPERATE, grant="services")
        reveal = Reveal.objects.create(organization_id=binding.organization_id, binding=binding, box=box)
        events.record(
            "credentials.revealed",
            ("service", instance),
            organization=binding.organization_id,
            data={"binding": name},
        )
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify('souk_reveals', '')")
        return reveal.id
