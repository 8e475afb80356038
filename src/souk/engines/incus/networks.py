"""Private networks on Incus: bridges without an address of the host's, marked as ours. And the networks of others.

Where there are several hosts each has a bridge of the network, and a tunnel (VXLAN) joins them.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from souk.engines.contract import AlreadyExists, Busy, EngineError, NotFound
from souk.engines.incus import wire
from souk.engines.incus.transport import Transport

_NETWORKS = "/1.0/networks"
_CREATED = "Created"
_LOOKS, _PAUSE = 10, 0.2
_RACE = "bridge children interfaces"
"""Incus looks at every card of the host one after another, and fails if one of them went meanwhile."""
_ROUTES = Path("/proc/net/route")
_CARDS = Path("/sys/class/net")
_IP, _WITHIN = "/usr/sbin/ip", 10.0
OWNER = "user.souk.project"
"""Networks lie in no project of ours, so each says whose it is."""

_TUNNEL = "v"
"""The name of a tunnel: with its network's and a hyphen it has to fit into the fifteen characters that a card's
name has.
"""
_NUMBERS = 1 << 24
"""Tunnels of one kind are told from each other by a number of 24 bits."""


def ensure(transport: Transport, name: str, project: str, hosts: Sequence[str] = ()) -> None:
    """Have the bridge, on each of `hosts` where there are several. One that Incus began with and did not finish, since
    whoever asked was killed or the host's cards changed meanwhile, is made anew.
    """
    if _made(transport, name, project, hosts):
        return
    for _ in range(_LOOKS):
        if _whole(transport, name, project):
            return
        time.sleep(_PAUSE)
    delete(transport, name)
    if not _made(transport, name, project, hosts):
        raise Busy(f"the network {name} is being made by somebody else")


def _made(transport: Transport, name: str, project: str, hosts: Sequence[str]) -> bool:
    config = {"ipv4.address": "none", "ipv6.address": "none", OWNER: project}
    if hosts:
        if _known(transport, name):
            return False
        config |= _tunnel(transport, name, project)
    body = {"name": name, "type": "bridge", "description": "Souk: private network", "config": config}
    for host in hosts:
        # A killed attempt may have named some of them.
        with contextlib.suppress(AlreadyExists):
            transport.change("POST", _NETWORKS, body={"name": name, "type": "bridge"}, query={"target": host})
    try:
        transport.change("POST", _NETWORKS, body=body)
    except AlreadyExists:
        return False
    except EngineError as error:
        if _RACE in str(error):
            return False
        raise
    return True


def _known(transport: Transport, name: str) -> bool:
    try:
        return transport.get(f"{_NETWORKS}/{quote(name, safe='')}", wire.Network).status == _CREATED
    except NotFound:
        return False


def _tunnel(transport: Transport, name: str, project: str) -> dict[str, str]:
    """A tunnel between the hosts under a number that no other network of theirs has: two would be one. Who shares the
    wire with this cluster, but not its networks, has another group.
    """
    rows = transport.get(_NETWORKS, list[wire.Network], recursion="1")
    taken = {value for row in rows for key, value in (row.config or {}).items() if key.endswith(".id")}
    first = int.from_bytes(hashlib.sha256(name.encode()).digest()[:3], "big")
    numbers = (str((first + step) % (_NUMBERS - 1) + 1) for step in range(_NUMBERS - 1))
    group = hashlib.sha256(project.encode()).digest()
    return {
        f"tunnel.{_TUNNEL}.protocol": "vxlan",
        f"tunnel.{_TUNNEL}.id": next(number for number in numbers if number not in taken),
        f"tunnel.{_TUNNEL}.group": f"239.{192 + group[0] % 64}.{group[1]}.{group[2]}",
    }


def _whole(transport: Transport, name: str, project: str) -> bool:
    """Whether the network is there in full, its bridge included.

    Raises:
        EngineError: it is somebody else's.
    """
    path = f"{_NETWORKS}/{quote(name, safe='')}"
    try:
        row = transport.get(path, wire.Network)
        if not row.managed:
            return False
        if (row.config or {}).get(OWNER) != project:
            raise EngineError(f"the network {name} belongs to something else")
        transport.get(f"{path}/state", wire.NetworkState)
    except NotFound:
        return False
    return row.status == _CREATED


def delete(transport: Transport, name: str) -> None:
    """Delete the bridge, also one that Incus does not know of."""
    for _ in range(_LOOKS):
        try:
            transport.change("DELETE", f"{_NETWORKS}/{quote(name, safe='')}")
        except NotFound:
            _take_down(name)
            return
        except EngineError as error:
            if "in use" in str(error):
                raise Busy(str(error)) from error
            if _RACE not in str(error):
                raise
            time.sleep(_PAUSE)
        else:
            return
    raise Busy(f"the network {name} could not be deleted while other cards came and went")


def _take_down(name: str) -> None:
    """Take a bridge off this host that Incus made and forgot, as it does when it fails half-way: as long as it is
    there, Incus makes no network of that name. A bridge that still has cards is in somebody's use, and stays.
    """
    cards = _CARDS / name / "brif"
    if cards.is_dir() and not any(cards.iterdir()):
        subprocess.run([_IP, "link", "delete", "dev", name], check=False, capture_output=True, timeout=_WITHIN)


def spans(transport: Transport, name: str) -> bool:
    """Whether machines on one host reach those on the others in this network: a bridge ends at its host, unless a card
    of the host's or a tunnel carries it on.
    """
    row = transport.get(f"{_NETWORKS}/{quote(name, safe='')}", wire.Network)
    config = row.config or {}
    return "bridge.external_interfaces" in config or any(key.startswith("tunnel.") for key in config)


def listing(transport: Transport, project: str) -> Sequence[str]:
    """The names of this project's private networks."""
    rows = transport.get(_NETWORKS, list[wire.Network], recursion="1")
    return sorted(row.name for row in rows if (row.config or {}).get(OWNER) == project)


def occupied(transport: Transport, project: str, *, local: bool) -> Sequence[str]:
    """The IPv4 networks of other bridges, of the host's own cards and, where Incus is `local`, behind its routes."""
    found = {each for row in _others(transport, project) for each in _networks(transport, row)}
    if local:
        found |= set(routed(_ROUTES.read_text(encoding="ascii").splitlines()[1:]))
    return sorted(str(each) for each in found)


def _others(transport: Transport, project: str) -> Iterator[wire.Network]:
    rows = transport.get(_NETWORKS, list[wire.Network], recursion="1")
    return (row for row in rows if (row.config or {}).get(OWNER) != project)


def _networks(transport: Transport, row: wire.Network) -> Iterator[ipaddress.IPv4Network]:
    given = (row.config or {}).get("ipv4.address", "none")
    if "/" in given:
        yield ipaddress.IPv4Network(given, strict=False)
    if row.managed:
        return
    try:
        state = transport.get(f"{_NETWORKS}/{quote(row.name, safe='')}/state", wire.NetworkState)
    except NotFound:
        return  # It went since it was listed.
    for each in state.addresses or []:
        if each.family == "inet":
            yield ipaddress.IPv4Network(f"{each.address}/{each.netmask}", strict=False)


def routed(lines: Iterable[str]) -> Iterator[ipaddress.IPv4Network]:
    """The networks of the kernel's table of routes (`/proc/net/route`, without its heading), the default one apart."""
    for line in lines:
        fields = line.split()
        address, mask = (ipaddress.IPv4Address(bytes.fromhex(fields[n])[::-1]) for n in (1, 7))
        if int(mask):
            yield ipaddress.IPv4Network(f"{address}/{mask}", strict=False)
