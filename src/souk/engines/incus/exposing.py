"""Public addresses and the firewall outside of machines, told to this host's nftables.

A table that the installer makes says what happens to whom; its sets and maps say who that is, and are the worker's. For
each machine there are chains that hold its rules, called after its address and what they say, so that a change puts
others in their place in one transaction, and a listing of the maps tells what is in force.
"""

from __future__ import annotations

import ipaddress
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from souk.engines.contract import EngineError
from souk.engines.exposure import SMTP, Exposure, IPProtocol, Passage

_NFT = "/usr/sbin/nft"
_WITHIN = 15.0
_TRIES = 4
_INWARD, _OUTWARD = "i", "o"
_MAPS = {_INWARD: "admitted", _OUTWARD: "bounded"}
"""The verdict maps that lead to a machine's chains, by what these chains' names begin with."""


@dataclass
class _Table:
    """What an nftables table holds: chains by the machine's address, public addresses to machines', and back."""

    inward: dict[str, str] = field(default_factory=dict)
    outward: dict[str, str] = field(default_factory=dict)
    arrives: dict[str, str] = field(default_factory=dict)
    departs: dict[str, str] = field(default_factory=dict)
    held: set[tuple[str, str]] = field(default_factory=set)
    chains: set[str] = field(default_factory=set)


class Exposures:
    """The exposures that an nftables table of this host holds; nobody keeps any without a table's name."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._lock = threading.Lock()

    def put(self, exposure: Exposure) -> None:
        """Have one machine be exposed so and not otherwise; whoever had its public address has it no more.

        Raises:
            EngineError: the firewall did not take it.
        """
        if self._table:
            self._change(lambda table: script(self._table, table, exposure))

    def forget(self, address: str) -> None:
        """Have a machine be exposed to nobody. Raises as `put`."""
        self.put(Exposure(address))

    def tokens(self) -> Mapping[str, str] | None:
        """By the machine's address what is in force for it (`Exposure.token`), empty where that is half of it; None
        where nobody keeps any.

        Raises:
            EngineError: it can't be read.
        """
        if not self._table:
            return None
        table = self._read()
        return {address: _token(table, address) for address in _known(table)}

    def ranges(self, ranges: Sequence[str]) -> None:
        """Know which networks, in CIDR notation, are public addresses, whoever has them. Raises as `put`."""
        if not self._table:
            return
        lines = [f"flush set inet {self._table} ranges"]
        if ranges:
            lines.append(f"add element inet {self._table} ranges {{ {', '.join(ranges)} }}")
        self._nft(["-f", "-"], "\n".join(lines) + "\n")

    def _change(self, write: Any) -> None:
        for attempt in range(_TRIES):
            with self._lock:
                lines = write(self._read())
                if not lines:
                    return
                try:
                    self._nft(["-f", "-"], "\n".join(lines) + "\n")
                    return
                except EngineError:
                    # Another process may have changed it since it was read.
                    if attempt == _TRIES - 1:
                        raise

    def _read(self) -> _Table:
        return parsed(self._nft(["-j", "list", "table", "inet", self._table]))

    def _nft(self, words: list[str], text: str = "") -> bytes:
        try:
            done = subprocess.run(
                [_NFT, *words], input=text.encode(), capture_output=True, timeout=_WITHIN, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError(f"the host's firewall can't be asked: {type(error).__name__}") from error
        if done.returncode:
            raise EngineError(f"the host's firewall refused: {done.stderr.decode(errors='replace').strip()[:200]}")
        return done.stdout


def parsed(listing: bytes) -> _Table:
    """What nft's JSON listing of the table shows."""
    table = _Table()
    for each in msgspec.json.decode(listing)["nftables"]:
        if (chain := each.get("chain")) is not None:
            table.chains.add(chain["name"])
        for found in filter(None, (each.get("set"), each.get("map"))):
            for element in found.get("elem", []):
                _note(table, found["name"], element)
    return table


def _note(table: _Table, name: str, element: Any) -> None:
    if name == "held":
        table.held.add(tuple(element["concat"]))
    elif name in ("arrives", "departs"):
        getattr(table, name)[element[0]] = element[1]
    elif name in _MAPS.values():
        kept = table.inward if name == _MAPS[_INWARD] else table.outward
        kept[element[0]] = element[1]["jump"]["target"]


def _token(table: _Table, address: str) -> str:
    """Of what is in force for one machine, if all of it is there."""
    chains = [kept[address] for kept in (table.inward, table.outward) if address in kept]
    tokens = {chain.rpartition("_")[2] for chain in chains if chain in table.chains}
    public = table.departs.get(address, "")
    arrives = [each for each, to in table.arrives.items() if to == address]
    whole = arrives == ([public] if public else []) and bool(public) == (address in table.inward)
    whole = whole and {each for each, machine in table.held if machine == address} == set(arrives)
    return tokens.pop() if whole and len(tokens) == 1 else ""


def script(name: str, table: _Table, exposure: Exposure) -> list[str]:
    """The lines for `nft -f` that lead from what a table holds to one machine's exposure; none if nothing changes."""
    address, public = exposure.address, exposure.public
    if _token(table, address) == exposure.token or (exposure.closed and address not in _known(table)):
        return []
    lines: list[str] = []

    def element(verb: str, of: str, what: str) -> None:
        lines.append(f"{verb} element inet {name} {of} {{ {what} }}")

    for each, to in table.arrives.items():
        if to == address or each == public:
            element("delete", "arrives", each)
    for machine, each in table.departs.items():
        if machine == address or each == public:
            element("delete", "departs", machine)
    for each, machine in table.held:
        if machine == address or each == public:
            element("delete", "held", f"{each} . {machine}")
    for way, kept in ((_INWARD, table.inward), (_OUTWARD, table.outward)):
        if address in kept:
            element("delete", _MAPS[way], address)
    prefixes = tuple(_chain(way, address, "") for way in _MAPS)
    for chain in sorted(each for each in table.chains if each.startswith(prefixes)):
        lines += [f"flush chain inet {name} {chain}", f"delete chain inet {name} {chain}"]
    if public:
        lines += _rules(name, _chain(_INWARD, address, exposure.token), inward(exposure.inward))
        element("add", _MAPS[_INWARD], f"{address} : jump {_chain(_INWARD, address, exposure.token)}")
        element("add", "arrives", f"{public} : {address}")
        element("add", "departs", f"{address} : {public}")
        element("add", "held", f"{public} . {address}")
    if exposure.outward is not None:
        lines += _rules(name, _chain(_OUTWARD, address, exposure.token), outward(exposure.outward))
        element("add", _MAPS[_OUTWARD], f"{address} : jump {_chain(_OUTWARD, address, exposure.token)}")
    return lines


def _known(table: _Table) -> set[str]:
    """The machines of which anything is there."""
    led = {*table.arrives.values(), *table.departs, *(machine for _, machine in table.held)}
    return led | table.inward.keys() | table.outward.keys()


def _chain(way: str, address: str, token: str) -> str:
    return f"{way}_{int(ipaddress.IPv4Address(address)):08x}_{token}"


def _rules(table: str, chain: str, rules: Iterable[str]) -> list[str]:
    return [f"add chain inet {table} {chain}", *(f"add rule inet {table} {chain} {rule}" for rule in rules)]


def inward(passages: Sequence[Passage]) -> list[str]:
    """The rules of what reaches a machine. They look at how a connection began, whichever way a packet goes: one that
    is let through no more ends both ways.
    """
    return [*(_rule(each, "saddr", "accept") for each in passages), "drop"]


def outward(passages: Sequence[Passage]) -> list[str]:
    """The rules of what a machine begins, in the same manner."""
    mail = [_rule(each, "daddr", "return") for each in passages if each.mail]
    rest = [_rule(each, "daddr", "return") for each in passages if not each.mail]
    return [*mail, f"meta l4proto tcp ct original proto-dst {SMTP} drop", *rest, "drop"]


def _rule(passage: Passage, end: str, verdict: str) -> str:
    words = []
    if passage.protocol != IPProtocol.ANY:
        words.append(f"meta l4proto {passage.protocol}")
    if passage.first is not None:
        last = passage.last or passage.first
        words.append(f"ct original proto-dst {passage.first if last == passage.first else f'{passage.first}-{last}'}")
    if passage.networks is not None:
        networks = ipaddress.collapse_addresses(ipaddress.IPv4Network(each) for each in passage.networks)
        words.append(f"ct original ip {end} {{ {', '.join(map(str, networks))} }}")
    return " ".join([*words, verdict])
