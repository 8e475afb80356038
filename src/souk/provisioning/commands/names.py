"""Names of a service of its customer's own: added, proved by a record in DNS, removed."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors, names
from souk.provisioning.commands.operations import alive, on_machines, raise_generation, wish
from souk.provisioning.models import OPEN, Operation, OperationKind, OwnName, ServiceInstance
from souk.provisioning.registry import blueprint
from souk.sites.queries import sites


def add_name(scope: Scope, instance: UUID, name: str) -> UUID:
    """Begin with a name of the customer's own; it waits to be proved. Returns its id.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidDomain, WildcardDomain, PublicSuffix, PlatformsDomain, DomainThere,
        TooManyDomains, ProducedElsewhere.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        keeper = blueprint(row.blueprint).domains
        ascii_name = names.written(name)
        if any(names.within(ascii_name, zone) for zone in own_zones()):
            raise errors.PlatformsDomain(name=names.shown(ascii_name))
        there = OwnName.objects.filter(instance=row, removed_at__isnull=True)
        if there.filter(name=ascii_name).exists():
            raise errors.DomainThere(name=names.shown(ascii_name))
        most = keeper.most if keeper else names.MOST_NAMES
        if there.count() >= most:
            raise errors.TooManyDomains(most=most)
        now = clock.now()
        made = OwnName.objects.create(
            organization_id=row.organization_id,
            instance=row,
            name=ascii_name,
            token=secrets.token_urlsafe(24),
            created_at=now,
            look_at=now if keeper else None,
        )
        if keeper:
            # Soon, by itself: where a name leads proves it.
            raise_generation(row)
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


def arrange_names(scope: Scope, instance: UUID, main: str, *, https_only: bool, hsts: bool) -> UUID:
    """Say how a web service is to answer to its proved names: which one the others lead to (nothing: none), whether
    http leads to https, and whether browsers are told to remember that. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoWebNames, NotAmongDomains, StrictWithoutHttps, InvalidDomain,
        WildcardDomain, PublicSuffix.
    """
    with acting(scope):
        row = alive(scope, instance)
        if row.plan_id is not None or blueprint(row.blueprint).domains is None:
            raise errors.NoWebNames
        ascii_name = names.written(main) if main.strip() else ""
        proved = OwnName.objects.filter(instance=row, removed_at__isnull=True, proved_at__isnull=False)
        if ascii_name and not proved.filter(name=ascii_name).exists():
            raise errors.NotAmongDomains
        if hsts and not https_only:
            raise errors.StrictWithoutHttps
        chosen = {"main": ascii_name, "https_only": https_only, "hsts": hsts}
        return wish(scope, row, OperationKind.ARRANGE_NAMES, chosen, web_names=chosen)


def _wish(scope: Scope, instance: UUID, name: str, kind: OperationKind) -> UUID:
    with acting(scope):
        row = alive(scope, instance)
        ascii_name = names.written(name)
        if not OwnName.objects.filter(instance=row, name=ascii_name, removed_at__isnull=True).exists():
            raise errors.DomainMissing
        asked = Operation.objects.filter(instance=row, kind=kind, state__in=OPEN, details__name=ascii_name).first()
        return asked.id if asked else wish(scope, row, kind, {"name": ascii_name})


def own_zones() -> set[str]:
    """Where services' own hostnames lie, and what the platform itself is called."""
    hosts = (host.lstrip(".").lower() for host in settings.ALLOWED_HOSTS)
    return {site.domain for site in sites()} | {host for host in hosts if "." in host and not host[-1].isdigit()}


def _tell(row: ServiceInstance, action: str, name: str) -> None:
    events.record(action, ("service", row.id), organization=row.organization_id, data={"name": name})
