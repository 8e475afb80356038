"""Choosing a subnet and a port that nobody on this host uses."""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Iterable, Iterator
from typing import Any

from install import incus_api
from install.failure import Failure
from install.here import namespace
from install.shell import run

Network = ipaddress.IPv4Network


def settle(ns: Any) -> str:
    """Make sure the namespace's subnet and web port are free; where not, choose others. Persists them.

    Raises:
        Failure: every candidate collides.
    """
    chosen = namespace.read_environment(ns.choices)
    if chosen:
        return f"{ns.subnet}, port {ns.web_port}"
    free = pick(ipaddress.IPv4Network(ns.subnet), taken(ns.bridge))
    port = ns.web_port
    while port_taken(port):
        port = 20000 + (port - 20000 + 17) % 4096
    write(ns, SOUK_SUBNET=str(free), SOUK_WEB_PORT=str(port))
    return f"{free}, port {port}"


def write(ns: Any, **values: str) -> None:
    """Persist the installer's choices for the namespace."""
    ns.choices.parent.mkdir(parents=True, exist_ok=True)
    kept = {**namespace.read_environment(ns.choices), **values}
    lines = "".join(f"{name}={value}\n" for name, value in sorted(kept.items()))
    ns.choices.write_text("# Chosen by the installer so that nothing on this host collides.\n" + lines)
    ns.choices.chmod(0o644)


def pick(preferred: Network, used: Iterable[Network]) -> Network:
    """The preferred network, or the nearest private /24 after it that is not in use.

    Raises:
        Failure: there is none.
    """
    busy = list(used)
    for candidate in _candidates(preferred):
        if not any(candidate.overlaps(other) for other in busy):
            return candidate
    raise Failure("No private /24 network is free on this host.", "Set SOUK_SUBNET to one that is.")


def _candidates(preferred: Network) -> Iterator[Network]:
    """The preferred one, its neighbours in 10.64.0.0 to 10.191.255.0, then the other private blocks."""
    yield preferred
    first, span = int(ipaddress.IPv4Address("10.64.0.0")), 128 * 256
    start = (int(preferred.network_address) - first) // 256
    for step in range(1, span):
        yield ipaddress.IPv4Network((first + (start + step) % span * 256, 24))
    for block in ("172.16.0.0/12", "192.168.0.0/16"):
        yield from ipaddress.IPv4Network(block).subnets(new_prefix=24)


def taken(bridge: str) -> list[Network]:
    """Every IPv4 network this host routes to or that an Incus bridge claims, the namespace's own apart."""
    found = []
    for route in json.loads(run("ip", "-json", "-4", "route", "show", "table", "all")):
        if route.get("dev") not in (bridge, "lo") and route["dst"] != "default":
            found.append(ipaddress.IPv4Network(route["dst"], strict=False))
    for network in incus_api.call("GET", "/1.0/networks", full=True):
        address = network["config"].get("ipv4.address", "none")
        if network["name"] != bridge and "/" in address:
            found.append(ipaddress.IPv4Network(address, strict=False))
    return found


def port_taken(port: int) -> bool:
    """Whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
