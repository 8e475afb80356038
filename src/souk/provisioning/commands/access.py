"""Who may reach a service: everyone, nobody, or those of a list."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from uuid import UUID

from souk.kernel.meanwhile import unchanged
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import on_machines, wish
from souk.provisioning.models import OperationKind
from souk.provisioning.queries.access import asked_access

MOST_NETWORKS = 100
LONGEST_NOTE = 100


@dataclass(frozen=True)
class Network:
    """An IPv4 network in CIDR notation, or one address, and whose it is."""

    network: str
    note: str = ""


def allow_networks(
    scope: Scope,
    instance: UUID,
    networks: Sequence[Network] | None,
    *,
    nobody: bool = False,
    asker: str = "",
    confirmed: bool = False,
    seen: str = "",
) -> UUID:
    """Ask for a service to be reached from these networks only, at any port; from everywhere with None. The new list
    replaces the one before as a whole; connections from elsewhere end. Returns the operation.

    An empty list needs `nobody`. A list without `asker`, the address of whoever asks, needs `confirmed`.
    `seen` is the mark of the networks that the caller saw.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidNetwork, NetworksOverlap, TooManyNetworks, NoteTooLong,
        NobodyNotSaid, LocksYouOut, ProducedElsewhere, ChangedMeanwhile.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        unchanged(seen, asked_access(scope, instance).networks)
        if networks is None:
            return wish(scope, row, OperationKind.ALLOW, {"networks": None})
        clean = [_clean(each) for each in networks]
        if len(clean) > MOST_NETWORKS:
            raise errors.TooManyNetworks(most=MOST_NETWORKS)
        if not clean and not nobody:
            raise errors.NobodyNotSaid
        _apart(clean)
        if not confirmed and not _holds(clean, asker):
            raise errors.LocksYouOut(address=asker)
        return wish(scope, row, OperationKind.ALLOW, {"networks": [asdict(each) for each in clean]})


def _clean(given: Network) -> Network:
    note = " ".join(given.note.split())
    if len(note) > LONGEST_NOTE:
        raise errors.NoteTooLong(most=LONGEST_NOTE)
    try:
        return Network(str(ipaddress.IPv4Network(given.network.strip(), strict=False)), note)
    except ValueError as error:
        raise errors.InvalidNetwork(given=given.network.strip()[:60]) from error


def _apart(networks: Sequence[Network]) -> None:
    ordered = sorted(ipaddress.IPv4Network(each.network) for each in networks)
    for before, after in pairwise(ordered):
        if before.overlaps(after):
            raise errors.NetworksOverlap(inner=after, outer=before)


def _holds(networks: Sequence[Network], asker: str) -> bool:
    """Whether an address is in one of the networks. One that the list can't speak of is not locked out by it."""
    try:
        address = ipaddress.IPv4Address(asker)
    except ValueError:
        return True
    return address.is_loopback or any(address in ipaddress.IPv4Network(each.network) for each in networks)
