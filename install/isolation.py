"""Who may speak to whom on the bridge: the Incus ACL.

It can't tell a machine with a public address from one without: what reaches machines is the host's firewall's matter
(`install.firewall`), which is loaded before Incus begins and lets nothing in by itself.

Incus orders drop before allow whatever their position, so nothing is dropped by a rule here: the default is
drop both ways, and what is allowed is listed. "The internet" is therefore every IPv4 network that is not
private, reserved or somebody's own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from install.failure import Failure

NOT_INTERNET = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
)
"""IPv4 blocks in which somebody's own machines live, or nobody's: private, shared, link-local, multicast."""


def internet() -> list[str]:
    """The public internet as the fewest CIDR blocks."""
    left = [ipaddress.IPv4Network("0.0.0.0/0")]
    for block in NOT_INTERNET:
        left = [
            piece
            for network in left
            for piece in (network.address_exclude(block) if block.subnet_of(network) else [network])
        ]
    return [str(network) for network in sorted(ipaddress.collapse_addresses(left))]


PLATFORM_PORTS = (2379, 8333)
"""TCP ports at which the platform's own machines serve the others on the bridge: etcd and object storage."""

_PLATFORM_FIRST, _PLATFORM_LAST = 2, 9


def platform_addresses(subnet: str) -> str:
    """The addresses that only the platform's own machines get, as a range; customers' machines come after them."""
    network = ipaddress.IPv4Network(subnet)
    return f"{network[_PLATFORM_FIRST]}-{network[_PLATFORM_LAST]}"


def outside(settings: Mapping[str, str]) -> tuple[str, int] | None:
    """Address and port of the S3 outside that backups go to, if machines need to be let through to it by address.

    Raises:
        Failure: the address is none.
    """
    address = settings.get("SOUK_S3_ADDRESS", "") if settings.get("SOUK_OBJECT_STORAGE") == "s3" else ""
    if not address:
        return None
    try:
        return str(ipaddress.IPv4Address(address)), urlsplit(settings.get("SOUK_S3_ENDPOINT", "")).port or 443
    except ValueError as error:
        raise Failure(f"SOUK_S3_ADDRESS or the port of SOUK_S3_ENDPOINT: {error}") from error


def acl(subnet: str, storage: tuple[str, int] | None = None) -> dict[str, Any]:
    """The ACL's body: machines reach the internet, each other by public addresses and, at its ports, the platform and
    the storage outside.

    The bridge keeps customers' machines apart by itself. Where its traffic passes the host's filters all the same
    (`bridge-nf-call-iptables`), what reaches the platform must be allowed there.
    """
    platform = {
        "action": "allow",
        "state": "enabled",
        "protocol": "tcp",
        "source": subnet,
        "destination": platform_addresses(subnet),
        "destination_port": ",".join(map(str, PLATFORM_PORTS)),
    }
    return {
        "description": "Souk: machines reach the internet and the platform; the host's firewall says what reaches them",
        "config": {},
        "ingress": [
            {"action": "allow", "state": "enabled"},
        ],
        "egress": [
            {"action": "allow", "state": "enabled", "destination": ",".join([*internet(), subnet])},
            platform,
            *([_to_storage(*storage)] if storage else []),
        ],
    }


def _to_storage(address: str, port: int) -> dict[str, Any]:
    return {
        "action": "allow",
        "state": "enabled",
        "protocol": "tcp",
        "destination": f"{address}/32",
        "destination_port": str(port),
    }
