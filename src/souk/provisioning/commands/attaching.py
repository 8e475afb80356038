"""Networks cut out, and addresses given in them, in the transaction of whoever asks."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from souk.kernel import clock, events
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting
from souk.provisioning import errors
from souk.provisioning.models import Attachment, PrivateNetwork, ServiceInstance, WorkKind
from souk.sites import subnets
from souk.sites.queries import SiteRow, site

DEFAULT = "default"
"""What stands for a project's first network, which is made where there is none, and what it is called then."""

BRIDGES = "sk-n-"
"""What the engine's names of projects' networks begin with: services' own ones have no second hyphen."""

MOST_NETWORKS = 20
_TRIES = 20


def make(organization: UUID, project: UUID, place: SiteRow, name: str) -> PrivateNetwork:
    """Record a network with a subnet of its own.

    Raises:
        NetworkNameTaken, TooManyPrivateNetworks, NoSubnet.
    """
    there = PrivateNetwork.objects.filter(project_id=project, deletion_accepted_at__isnull=True)
    if there.count() >= MOST_NETWORKS:
        raise errors.TooManyPrivateNetworks(most=MOST_NETWORKS)
    for _ in range(_TRIES):
        subnet = subnets.free(place.private_range, _taken(place.id), [*place.occupied, _own(place)])
        if subnet is None:
            raise errors.NoSubnet
        try:
            with transaction.atomic():
                row = PrivateNetwork.objects.create(
                    organization_id=organization,
                    project_id=project,
                    site_id=place.id,
                    region_code=place.region_code,
                    name=name,
                    bridge=f"{BRIDGES}{secrets.token_hex(4)}",
                    subnet=str(subnet.network_address),
                    prefix_length=subnet.prefixlen,
                    created_at=clock.now(),
                )
        except IntegrityError as error:
            if "private_network_name_once" in str(error):
                raise errors.NetworkNameTaken(name=name) from error
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into provisioning_convergence (kind, subject, generation, epoch, next_at, attempts, worker)"
                " values (%s, %s, 1, 0, null, 0, '')",
                [WorkKind.NETWORK, row.id],
            )
        data = {"name": name, "subnet": str(subnet)}
        events.record("network.created", ("network", row.id), organization=organization, data=data)
        return row
    raise errors.NoSubnet


def chosen(row: ServiceInstance, network: str) -> PrivateNetwork:
    """The network that is meant for an instance, by its id or as `DEFAULT`, locked until the transaction ends.

    Raises:
        NetworkMissing, NetworkElsewhere, TooManyPrivateNetworks, NoSubnet.
    """
    there = PrivateNetwork.objects.select_for_update().filter(deletion_accepted_at__isnull=True)
    if network == DEFAULT:
        found = there.filter(project_id=row.project_id, site_id=row.site_id).order_by("id").first()
        return found or make(row.organization_id, row.project_id, site(row.site_id), _default_name(row))
    try:
        found = there.filter(id=UUID(network)).first()
    except ValueError:
        found = None
    if found is None:
        raise errors.NetworkMissing
    if (found.project_id, found.site_id) != (row.project_id, row.site_id):
        raise errors.NetworkElsewhere(name=found.name)
    return found


def put_in(row: ServiceInstance, network: PrivateNetwork) -> Attachment:
    """Give an instance the lowest free address of a locked network.

    Raises:
        NetworkFull.
    """
    used = set(Attachment.objects.filter(network=network, released_at__isnull=True).values_list("address", flat=True))
    addresses = (subnets.host(network.subnet, number) for number in range(subnets.FIRST, subnets.LAST + 1))
    address = next((each for each in addresses if each not in used), None)
    if address is None:
        raise errors.NetworkFull(name=network.name)
    made = Attachment.objects.create(
        id=new_id(),
        organization_id=row.organization_id,
        instance=row,
        network=network,
        address=address,
        created_at=clock.now(),
    )
    wake(network.id)
    return made


def wake(network: UUID) -> None:
    """Have the reconciler look at a network, in the running transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_convergence set generation = generation + 1, next_at = now(), attempts = 0"
            " where subject = %s",
            [network],
        )
        cursor.execute("select pg_notify('souk_convergence', '')")


def _default_name(row: ServiceInstance) -> str:
    """Names are a project's, whatever the region."""
    named = PrivateNetwork.objects.filter(project_id=row.project_id, name=DEFAULT, deletion_accepted_at__isnull=True)
    return f"{DEFAULT} {row.region_code}" if named.exists() else DEFAULT


def _taken(place: UUID) -> list[str]:
    """The subnets of a site that somebody has, whoever that is."""
    with acting(System("networks")):
        held = PrivateNetwork.objects.filter(site_id=place, deleted_at__isnull=True)
        return list(held.values_list("subnet", flat=True))


def _own(place: SiteRow) -> str:
    return f"{place.subnet}/{place.prefix_length}"
