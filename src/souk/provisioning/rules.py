"""The rules of what passes between a service and the world: read, checked, and told to the engine. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from souk.engines.exposure import SMTP, Exposure, IPProtocol, Passage
from souk.provisioning import errors
from souk.provisioning.contract import Blueprint

MOST_RULES, MOST_NETWORKS = 50, 50
"""How many rules a service may have, and how many networks one of them."""

MAIL = SMTP
"""The TCP port that only a rule which names it opens to the outside."""

LONGEST_NOTE = 100
_WITH_PORTS = frozenset({IPProtocol.TCP, IPProtocol.UDP})
_MOST_PORT = 65535


class Direction(StrEnum):
    """Whether a rule is of what reaches a service, or of what it begins."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Rule:
    """What is let through: a protocol, from `first` to `last` of its ports (all, without them), from or to these
    networks in CIDR notation (everyone, where that is None), and why.
    """

    direction: Direction
    protocol: IPProtocol
    first: int | None = None
    last: int | None = None
    networks: list[str] | None = None
    note: str = ""

    @property
    def ports(self) -> str:
        """As people write them: one, a range, or nothing for all."""
        if self.first is None:
            return ""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


FIRST = (
    Rule(Direction.IN, IPProtocol.TCP, 22, 22, None, "SSH"),
    Rule(Direction.IN, IPProtocol.ICMP, None, None, None, "ping"),
    Rule(Direction.OUT, IPProtocol.ANY),
)
"""What a machine of a customer's own begins with. Mail between servers leaves only by a rule that names its port."""


def rule(direction: str, protocol: str, ports: str = "", networks: Sequence[str] | None = None, note: str = "") -> Rule:
    """A rule from what somebody wrote.

    Raises:
        InvalidDirection, InvalidProtocol, InvalidPorts, PortsWithoutProtocol, InvalidNetwork, NoNetworks,
        TooManyNetworksInRule, NoteTooLong.
    """
    if direction not in set(Direction):
        raise errors.InvalidDirection(given=direction[:20])
    if protocol not in set(IPProtocol):
        raise errors.InvalidProtocol(given=protocol[:20])
    first, last = _ports(ports.strip())
    if first is not None and protocol not in _WITH_PORTS:
        raise errors.PortsWithoutProtocol(protocol=protocol)
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise errors.NoteTooLong(most=LONGEST_NOTE)
    return Rule(Direction(direction), IPProtocol(protocol), first, last, _networks(networks), note)


def checked(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Rules as they are recorded; one that is there already is left out.

    Raises:
        TooManyRules.
    """
    told = [asdict(each) for each in rules]
    once = [each for number, each in enumerate(told) if each not in told[:number]]
    if len(once) > MOST_RULES:
        raise errors.TooManyRules(most=MOST_RULES)
    return once


def recorded(rules: Sequence[Mapping[str, Any]] | None) -> list[Rule]:
    """Rules from how they were recorded; those that a machine begins with, if none were."""
    if rules is None:
        return list(FIRST)
    return [
        Rule(**{**each, "direction": Direction(each["direction"]), "protocol": IPProtocol(each["protocol"])})
        for each in rules
    ]


def exposure(
    blueprint: Blueprint,
    address: str,
    public: str,
    allowed: Sequence[Mapping[str, Any]] | None,
    firewall: Sequence[Mapping[str, Any]] | None,
    parameters: Mapping[str, Any],
) -> Exposure:
    """What passes between a machine at `address` and the world, by its public address if it has one.

    A machine of a customer's own has rules; others are reached at the ports at which they serve. Either way only by the
    networks of the service's list, if it has one.
    """
    only = None if allowed is None else tuple(each["network"] for each in allowed)
    if not blueprint.own_rules:
        inward = [Passage(IPProtocol.TCP, port, port) for port in blueprint.ports(parameters)]
        inward += [Passage(IPProtocol.UDP, port, port) for port in blueprint.datagram_ports]
        outward = None
    else:
        rules = recorded(firewall)
        inward = [_passage(each) for each in rules if each.direction == Direction.IN]
        leaving = [_passage(each) for each in rules if each.direction == Direction.OUT]
        # Without an address of its own it has the one that all share, and so would have the blame.
        outward = tuple(each for each in leaving if public or not each.mail)
    narrowed = [each for each in (_narrowed(each, only) for each in inward) if each.networks != ()]
    return Exposure(address, public, tuple(narrowed) if public else (), outward)


def _passage(of: Rule) -> Passage:
    return Passage(of.protocol, of.first, of.last, None if of.networks is None else tuple(of.networks))


def _narrowed(passage: Passage, only: tuple[str, ...] | None) -> Passage:
    """The same for those who are in one of the networks `only` as well."""
    if only is None:
        return passage
    networks = only if passage.networks is None else _common(passage.networks, only)
    return Passage(passage.protocol, passage.first, passage.last, networks)


def _common(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Of two networks one contains the other, or they have nothing in common."""
    pairs = [(ipaddress.IPv4Network(one), ipaddress.IPv4Network(other)) for one in some for other in others]
    both = {max(pair, key=lambda each: each.prefixlen) for pair in pairs if pair[0].overlaps(pair[1])}
    return tuple(str(each) for each in sorted(both))


def _ports(given: str) -> tuple[int | None, int | None]:
    if not given:
        return None, None
    first, dash, last = (part.strip() for part in given.partition("-"))
    numbers = [first, last] if dash else [first, first]
    if not all(number.isascii() and number.isdecimal() and 0 < int(number) <= _MOST_PORT for number in numbers):
        raise errors.InvalidPorts(given=given[:20])
    if int(numbers[0]) > int(numbers[1]):
        raise errors.InvalidPorts(given=given[:20])
    return int(numbers[0]), int(numbers[1])


def _networks(given: Sequence[str] | None) -> list[str] | None:
    if given is None:
        return None
    if not given:
        raise errors.NoNetworks
    if len(given) > MOST_NETWORKS:
        raise errors.TooManyNetworksInRule(most=MOST_NETWORKS)
    found = []
    for each in given:
        try:
            found.append(ipaddress.IPv4Network(each.strip(), strict=False))
        except ValueError as error:
            raise errors.InvalidNetwork(given=each.strip()[:60]) from error
    if any(not network.prefixlen for network in found):
        return None
    return [str(network) for network in ipaddress.collapse_addresses(found)]
