"""What machines sent to clients: the host's firewall counts it by network card, for all machines at once."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

import msgspec

_NFT = "/usr/sbin/nft"
_WITHIN = 10.0


class _Counter(msgspec.Struct):
    bytes: int = 0


class _Element(msgspec.Struct):
    val: str
    counter: _Counter = msgspec.field(default_factory=_Counter)


class _Held(msgspec.Struct):
    elem: _Element


class _Set(msgspec.Struct):
    elem: list[_Held] = []


class _Object(msgspec.Struct):
    set: _Set | None = None


class _Listing(msgspec.Struct):
    nftables: list[_Object]


class Traffic:
    """The counters in an nftables table of this host; none without a table's name."""

    def __init__(self, table: str) -> None:
        self._table = table

    def sent(self) -> Mapping[str, int] | None:
        """Bytes sent to clients by each card that sent any, by MAC address; None if they can't be read here."""
        if not self._table:
            return None
        command = [_NFT, "-j", "list", "set", "inet", self._table, "sent"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_WITHIN, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return parsed(done.stdout)


def parsed(listing: bytes) -> dict[str, int]:
    """The counters of nft's JSON listing of a set."""
    found = msgspec.json.decode(listing, type=_Listing)
    return {each.elem.val: each.elem.counter.bytes for one in found.nftables if one.set for each in one.set.elem}
