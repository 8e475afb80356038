"""Names of a service of its customer's own: added, proved by a record in DNS, removed."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings

from souk.kernel import clock, events
from souk.kernel.scope import Scope, System, acting
from souk.provisioning import errors, names
from souk.provisioning.commands.operations import alive, on_machines, wish
from souk.provisioning.models import OPEN, Operation, OperationKind, OwnName, ServiceInstance
from souk.sites.queries import sites


def add_name(scope: Scope, instance: UUID, name: str) -> UUID:
    """Begin with a name of the customer's own; it waits to be proved. Returns its id.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidDomain, WildcardDomain, PlatformsDomain, DomainThere, DomainTaken,
        TooManyDomains, ProducedElsewhere.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        ascii_name = names.written(name)
        if any(names.within(ascii_name, zone) for zone in _own_zones()):
            raise errors.PlatformsDomain(name=names.shown(ascii_name))
        there = OwnName.objects.filter(instance=row, removed_at__isnull=True)
        if there.filter(name=ascii_name).exists():
            raise errors.DomainThere(name=names.shown(ascii_name))
        if there.count() >= names.MOST_NAMES:
            raise errors.TooManyDomains(most=names.MOST_NAMES)
        if taken(ascii_name):
            raise errors.DomainTaken(name=names.shown(ascii_name))
        made = OwnName.objects.create(
            organization_id=row.organization_id,
            instance=row,
            name=ascii_name,
            token=secrets.token_urlsafe(24),
            created_at=clock.now(),
        )
        _tell(row, "service.name_added", ascii_name)
    return made.id


def prove_name(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask DNS for the record that proves a name; found, the certificate gets the name. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidDomain, WildcardDomain, DomainMissing.
    """
    return _wish(scope, instance, name, OperationKind.PROVE_NAME)


def remove_name(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask for the certificate to lose a name. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidDomain, WildcardDomain, DomainMissing.
    """
    return _wish(scope, instance, name, OperationKind.REMOVE_NAME)


def taken(name: str) -> bool:
    """Whether some service has proved a name, whoever's it is."""
    with acting(System("names")):
        return OwnName.objects.filter(name=name, removed_at__isnull=True, proved_at__isnull=False).exists()


def _wish(scope: Scope, instance: UUID, name: str, kind: OperationKind) -> UUID:
    with acting(scope):
        row = alive(scope, instance)
        ascii_name = names.written(name)
        if not OwnName.objects.filter(instance=row, name=ascii_name, removed_at__isnull=True).exists():
            raise errors.DomainMissing
        asked = Operation.objects.filter(instance=row, kind=kind, state__in=OPEN, details__name=ascii_name).first()
        return asked.id if asked else wish(scope, row, kind, {"name": ascii_name})


def _own_zones() -> set[str]:
    """Where services' own hostnames lie, and what the platform itself is called."""
    hosts = (host.lstrip(".").lower() for host in settings.ALLOWED_HOSTS)
    return {site.domain for site in sites()} | {host for host in hosts if "." in host and not host[-1].isdigit()}


def _tell(row: ServiceInstance, action: str, name: str) -> None:
    events.record(action, ("service", row.id), organization=row.organization_id, data={"name": name})
