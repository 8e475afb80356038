"""Machines in Incus's words, both ways."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from souk.engines.contract import Card, Limits, Machine, MachineKind, MachineSpec, MachineStatus, Usage
from souk.engines.incus.cards import Known
from souk.engines.incus.wire import Instance, State

LABEL = "user.souk."
MAIN, JOINED, ATTACHED = "eth0", "eth1", "eth2"
"""The card on the bridge that all machines have, the one in a network that a machine joined, and the one in a network
that it is attached to.
"""

CARDS = frozenset({MAIN, JOINED, ATTACHED})

PUBLIC_ENDS, PRIVATE_ENDS = "skm", "skp"
"""What the names on the host begin with: of cards on the bridge that all machines have, of those in private networks.
"""

_STATUSES = {
    "Running": MachineStatus.RUNNING,
    "Ready": MachineStatus.RUNNING,
    "Thawed": MachineStatus.RUNNING,
    "Stopped": MachineStatus.STOPPED,
    "Frozen": MachineStatus.FROZEN,
}


class Place(Protocol):
    """The names of what a namespace owns in Incus."""

    @property
    def project(self) -> str:
        """The project of its machines and images."""

    @property
    def pool(self) -> str:
        """The storage pool."""

    @property
    def bridge(self) -> str:
        """The bridge network."""

    @property
    def counters(self) -> str:
        """The host's nftables table that counts what machines send to clients."""

    @property
    def cards(self) -> str:
        """The host's nftables table that knows which hardware address each card sends from."""

    @property
    def reach(self) -> str:
        """The host's nftables table that knows public addresses, and what passes between machines and the world."""


NO_CARD = {"type": "none"}
"""A device that is not there."""


def labels(values: Mapping[str, str]) -> dict[str, str]:
    """Labels as configuration keys."""
    return {LABEL + key: value for key, value in values.items()}


def limits(values: Limits) -> dict[str, str]:
    """Limits as configuration keys; the disk's lies with its device."""
    return {
        "limits.cpu": str(values.vcpus),
        "limits.memory": str(values.memory),
        "limits.processes": str(values.processes),
    }


def root(place: Place, values: Limits) -> dict[str, str]:
    """The root disk's device."""
    return {"type": "disk", "path": "/", "pool": place.pool, "size": str(values.disk)}


def card(place: Place, machine: str, address: str, *, neighbours: bool) -> dict[str, str]:
    """The network card's device: only its own address and MAC pass, and never from one isolated card to another;
    `neighbours` is a card that all others reach.

    What passes between the bridge and the rest of the world is the network's own ACL's matter. Naming the ACL
    here as well would not start: Incus 6.0 looks for it in the machine's project, and it lies in the bridge's.
    """
    return {
        "type": "nic",
        "name": MAIN,
        "network": place.bridge,
        **_wired(place, machine, MAIN),
        "ipv4.address": address,
        "security.ipv4_filtering": "true",
        "security.mac_filtering": "true",
        "security.port_isolation": "false" if neighbours else "true",
    }


def private_card(place: Place, machine: str, network: str) -> dict[str, str]:
    """The card in a private network: only its own MAC passes. The machines there give themselves addresses."""
    return {
        "type": "nic",
        "name": JOINED,
        "network": network,
        **_wired(place, machine, JOINED),
        "security.mac_filtering": "true",
    }


def attached_card(place: Place, machine: str, card: Card | None) -> dict[str, str]:
    """The device of a card with a fixed address in a private network: what claims another address, by ARP or in a
    packet, does not pass; nor does another MAC. None is a device that is not there.
    """
    if card is None:
        return NO_CARD
    return {
        "type": "nic",
        "name": ATTACHED,
        "network": card.network,
        **_wired(place, machine, ATTACHED),
        "ipv4.address": card.address,
        "security.ipv4_filtering": "true",
        "security.mac_filtering": "true",
    }


def known(place: Place, machine: str, *devices: str) -> list[Known]:
    """What the host calls cards of a machine, and what they send from; all three that it may have unless told which."""
    wired = (_wired(place, machine, device) for device in devices or CARDS)
    return [(each["host_name"], each["hwaddr"]) for each in wired]


def known_of(row: Instance) -> list[Known]:
    """The same of a machine as the engine has it; cards made before they were called so are left out."""
    return [
        (device["host_name"], device["hwaddr"])
        for device in row.devices.values()
        if device.get("host_name", "").startswith((PUBLIC_ENDS, PRIVATE_ENDS)) and "hwaddr" in device
    ]


def _wired(place: Place, machine: str, device: str) -> dict[str, str]:
    """What a card's other end is called on the host, where a firewall knows it by how that begins, and the address that
    it sends from. Both are known before the card is there, and are the same whenever a machine of this name has it.
    """
    digest = hashlib.sha256(f"{place.project}/{machine}/{device}".encode()).digest()
    prefix = PUBLIC_ENDS if device == MAIN else PRIVATE_ENDS
    # Administered locally, for one receiver: so the first byte says (IEEE 802, 8.2.2).
    address = bytes([digest[6] & 0xFC | 0x02]) + digest[7:12]
    return {"host_name": f"{prefix}{digest[:6].hex()}", "hwaddr": address.hex(":")}


def request(place: Place, spec: MachineSpec, *, start: bool) -> dict[str, Any]:
    """The body that makes a machine. No profile: what isolates it can't be edited away elsewhere."""
    isolation = {"security.guestapi": "false"}
    if spec.kind == MachineKind.CONTAINER:
        isolation |= {"security.idmap.isolated": "true", "security.privileged": "false", "security.nesting": "false"}
    environment = {f"environment.{key}": value for key, value in spec.environment.items()}
    config = isolation | limits(spec.limits) | labels(spec.labels) | environment
    if spec.kind == MachineKind.VM:
        del config["limits.processes"]
    devices = {"root": root(place, spec.limits), MAIN: card(place, spec.name, spec.address, neighbours=spec.neighbours)}
    if spec.private:
        devices[JOINED] = private_card(place, spec.name, spec.private)
    return {
        "name": spec.name,
        "type": spec.kind.value,
        "start": start,
        "profiles": [],
        "config": config,
        "devices": devices,
    }


def anew(place: Place, spec: MachineSpec, row: Instance, kept: Collection[str]) -> dict[str, Any]:
    """The body that gives a machine all that `spec` says and nothing else, but for what Incus itself keeps with it, and
    the keys in `kept`.
    """
    body = request(place, spec, start=False)
    own = {key: value for key, value in row.config.items() if key in kept or key.startswith(("volatile.", "image."))}
    return {"config": own | body["config"], "devices": body["devices"], "profiles": [], "ephemeral": False}


def copy(place: Place, spec: MachineSpec, of: Instance, more: Mapping[str, str]) -> dict[str, Any]:
    """The body that makes a machine with another one's disk. Incus adds what the other one was given and this one was
    not: each such key is given here as nothing, which unsets it.
    """
    body = request(place, spec, start=False)
    given = {key for key in of.config if not key.startswith(("volatile.", "image."))}
    body["config"] |= dict.fromkeys(given - body["config"].keys(), "") | dict(more)
    body["devices"] |= {name: {"type": "none"} for name in of.devices.keys() - body["devices"].keys()}
    body["source"] = {"type": "copy", "source": of.name, "instance_only": True}
    return body


def machine(row: Instance, *, server: str, etag: str | None = None) -> Machine:
    """A machine as observed. Sizes somebody set by hand in other units read as 0, so that they are put right."""
    return Machine(
        name=row.name,
        status=_STATUSES.get(row.status, MachineStatus.ERROR),
        kind=MachineKind(row.type),
        limits=Limits(
            vcpus=_whole(row.config.get("limits.cpu")),
            memory=_whole(row.config.get("limits.memory")),
            disk=_whole(row.devices.get("root", {}).get("size")),
            processes=_whole(row.config.get("limits.processes")),
        ),
        address=row.devices.get(MAIN, {}).get("ipv4.address"),
        labels={key.removeprefix(LABEL): value for key, value in row.config.items() if key.startswith(LABEL)},
        host=server if row.location == "none" else row.location,
        etag=etag,
        private=row.devices.get(JOINED, {}).get("network", ""),
        image=row.config.get("volatile.base_image", ""),
        card=_card(row.devices.get(ATTACHED, {})),
    )


def _card(device: Mapping[str, str]) -> Card | None:
    return Card(device["network"], device.get("ipv4.address", "")) if "network" in device else None


def mac(row: Instance) -> str:
    """The hardware address of a machine's card on the bridge, which it keeps for life."""
    return row.devices.get(MAIN, {}).get("hwaddr") or row.config.get(f"volatile.{MAIN}.hwaddr", "")


def usage(name: str, state: State | None, sent: int | None, shared: int) -> Usage | None:
    """Counters of a running machine, with what was `sent` to its clients, its disk with what it has `shared` with a
    copy; None when it doesn't run.
    """
    if state is None or state.status not in _STATUSES or _STATUSES[state.status] != MachineStatus.RUNNING:
        return None
    card = (state.network or {}).get(MAIN)
    return Usage(
        name=name,
        disk=shared + ((state.disk or {})["root"].usage if "root" in (state.disk or {}) else 0),
        egress=sent,
        cpu_seconds=(state.cpu.usage if state.cpu else 0) / 1e9,
        memory=state.memory.usage if state.memory else 0,
        processes=max(0, state.processes),
        received=card.counters.bytes_received if card and card.counters else None,
    )


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
