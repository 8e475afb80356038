"""From a file to a project as it is wanted."""

from __future__ import annotations

from ipaddress import IPv4Network, collapse_addresses, ip_network
from typing import Any, cast

import yaml

from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.stack import nodes
from souk.cli.stack.nodes import Reader
from souk.cli.stack.parts import ANYTIME, EVERYONE, PRIVATE, VERSION, Allowed, Passing, Service, Stack, in_order


def read(content: str, name: str = "stack.yaml") -> Stack:
    """The project that a file says.

    Raises:
        Stopped: something is wrong with it; each fault is a line with its place.
    """
    reader = Reader(content)
    stack = Stack()
    if reader.root is not None:
        stack = _stack(reader, reader.root)
    elif not reader.faults:
        reader.faults.append(("1:1", _("The file is empty.")))
    if reader.faults:
        raise Stopped("\n".join(f"{name}:{place}: {sentence}" for place, sentence in reader.faults))
    return stack


def _stack(reader: Reader, root: yaml.Node) -> Stack:
    said = reader.mapping(
        root,
        {
            "version": _version,
            "organization": nodes.text,
            "project": nodes.text,
            "defaults": _defaults,
            "networks": lambda inside, node: inside.named(node, _network),
            "services": lambda inside, node: inside.named(node, _service),
        },
        ("version",),
    )
    defaults = {"marketplace": "public", "region": "", **(said.get("defaults") or {})}
    where = _places(reader, root)
    networks = {name: region or defaults["region"] for name, region in said.get("networks", {}).items()}
    services = {name: cast(Service, {**defaults, **wanted}) for name, wanted in said.get("services", {}).items()}
    lacking = [("networks", name) for name, region in networks.items() if not region]
    lacking += [("services", name) for name, wanted in services.items() if not wanted["region"]]
    for part in lacking:
        reader.faults.append((where[part], _("Say its region here, or in the defaults.")))
    return Stack(said.get("organization", ""), said.get("project", ""), networks, services, where)


def _places(reader: Reader, root: yaml.Node) -> dict[tuple[str, ...], str]:
    """Where each network, service and parameter stands."""
    found: dict[tuple[str, ...], str] = {}
    before = list(reader.faults)
    for kind, _key, inside in reader.pairs(root):
        for name, key, node in reader.pairs(inside) if kind in {"networks", "services"} else ():
            found[kind, name] = nodes.place(key)
            for part, _key, value in reader.pairs(node) if kind == "services" else ():
                for parameter, at, _value in reader.pairs(value) if part == "parameters" else ():
                    found[kind, name, parameter] = nodes.place(at)
    # What is wrong there was told when it was read.
    reader.faults[:] = before
    return found


def _version(reader: Reader, node: yaml.Node) -> int:
    found = nodes.whole(reader, node)
    if found != VERSION:
        reader.fail(node, _("This program understands version {version}.").format(version=VERSION))
    return found


def _defaults(reader: Reader, node: yaml.Node) -> dict[str, Any]:
    return reader.mapping(node, {"marketplace": nodes.text, "region": nodes.text})


def _network(reader: Reader, node: yaml.Node) -> str:
    return str(reader.mapping(node, {"region": nodes.text}).get("region", ""))


def _service(reader: Reader, node: yaml.Node) -> dict[str, Any]:
    return reader.mapping(
        node,
        {
            "offering": nodes.text,
            "plan": nodes.text,
            "marketplace": nodes.text,
            "region": nodes.text,
            "parameters": lambda inside, at: inside.named(at, Reader.value),
            "extra_disk": nodes.whole,
            "grow_to": lambda inside, at: None if nodes.is_null(at) else nodes.whole(inside, at),
            "network": lambda inside, at: None if nodes.is_null(at) else nodes.text(inside, at),
            "public_address": nodes.truth,
            "access": _access,
            "firewall": lambda inside, at: in_order(inside.listed(at, _passing)),
            "bindings": lambda inside, at: inside.named(at, _binding),
            "protected": nodes.truth,
            "window": _window,
            "names": lambda inside, at: inside.listed(at, nodes.text),
            "zones": lambda inside, at: inside.named(at, nodes.text),
            "alerts": lambda inside, at: inside.named(at, _threshold),
            "running": nodes.truth,
        },
        ("offering", "plan"),
    )


def _access(reader: Reader, node: yaml.Node) -> str | list[Allowed]:
    if isinstance(node, yaml.SequenceNode):
        allowed = reader.listed(node, _allowed)
        return sorted(allowed, key=lambda each: each["network"])
    return str(nodes.one_of(EVERYONE, PRIVATE)(reader, node))


def _allowed(reader: Reader, node: yaml.Node) -> Allowed:
    said: dict[str, Any] = (
        {"network": nodes.text(reader, node)}
        if isinstance(node, yaml.ScalarNode)
        else reader.mapping(node, {"network": nodes.text, "note": nodes.text}, ("network",))
    )
    try:
        network = str(ip_network(said.get("network", "")))
    except ValueError:
        reader.fail(node, _("“{text}” is no address and no network.").format(text=said.get("network", "")))
        network = ""
    return {"network": network, "note": said.get("note", "")}


def _passing(reader: Reader, node: yaml.Node) -> Passing:
    """As the platform writes it, so that it compares: networks that lie side by side are one."""
    known: dict[str, nodes.Decoder] = {
        "direction": nodes.one_of("in", "out"),
        "protocol": nodes.one_of("tcp", "udp", "icmp", "any"),
        "ports": nodes.text,
        "networks": lambda inside, at: None if nodes.is_null(at) else inside.listed(at, _network_of_four),
        "note": nodes.text,
    }
    said = reader.mapping(node, known, ("protocol",))
    first, dash, last = (part.strip() for part in said.get("ports", "").partition("-"))
    if said.get("networks") == []:
        reader.fail(node, _("Name a network, or leave networks out: then the rule holds for everyone."))
    networks = [each for each in said.get("networks") or () if each is not None]
    everyone = not networks or any(not each.prefixlen for each in networks)
    return {
        "direction": said.get("direction", "in"),
        "protocol": said.get("protocol", ""),
        "ports": f"{first}-{last}" if dash and first != last else first,
        "networks": None if everyone else [str(each) for each in collapse_addresses(networks)],
        "note": " ".join(said.get("note", "").split()),
    }


def _network_of_four(reader: Reader, node: yaml.Node) -> IPv4Network | None:
    given = nodes.text(reader, node)
    try:
        return IPv4Network(given.strip())
    except ValueError:
        reader.fail(node, _("“{text}” is no address and no network.").format(text=given))
        return None


def _binding(reader: Reader, node: yaml.Node) -> Any:
    known: dict[str, nodes.Decoder] = {
        "role": nodes.one_of("owner", "writer", "reader"),
        "database": nodes.text,
        "parameters": lambda inside, at: inside.named(at, Reader.value),
    }
    return {"role": "owner", **reader.mapping(node, known)}


def _window(reader: Reader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return nodes.one_of(ANYTIME)(reader, node)
    parts = ("weekday", "hour", "hours")
    return reader.mapping(node, dict.fromkeys(parts, nodes.whole), parts)


def _threshold(reader: Reader, node: yaml.Node) -> Any:
    found = nodes.plain(node)
    if found is False:
        return False
    if isinstance(found, bool) or not isinstance(found, int | float):
        reader.fail(node, _("Here belongs a threshold, or false."))
        return 0.0
    return float(found)
