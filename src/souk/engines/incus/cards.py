"""Which hardware address each machine's card may send from, told to the host's firewall before a bridge hears the card.

Incus drops a frame with somebody else's address, but only after the bridge has learned from it that the address is at
the sender's card: what is for the owner went there until its owner sent something. The firewall's table of the `bridge`
family drops it on its way in, which is before the bridge learns (`br_handle_frame`: the hook `prerouting` comes first).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

import msgspec
import structlog

log = structlog.get_logger("souk.engines")

_NFT = "/usr/sbin/nft"
_WITHIN = 10.0

Known = tuple[str, str]
"""What the host calls a card, and the hardware address that it sends from."""


class _Element(msgspec.Struct):
    concat: tuple[str, str]


class _Set(msgspec.Struct):
    elem: list[_Element] = []


class _Object(msgspec.Struct):
    set: _Set | None = None


class _Listing(msgspec.Struct):
    nftables: list[_Object]


class Cards:
    """The cards that an nftables table of this host knows; of no use without a table's name.

    A card that the table does not know passes, and Incus's own filter is what is left: a table that somebody emptied
    must not cut services off. The next listing of all machines fills it again.
    """

    def __init__(self, table: str) -> None:
        self._table = table

    def know(self, cards: Iterable[Known]) -> None:
        """Have each of the cards send from its own address only."""
        self._change("add", cards)

    def know_all(self, cards: Iterable[Known]) -> None:
        """The same, and nothing is told that the table knows already."""
        if self._table:
            self._change("add", set(cards) - self.listed())

    def forget(self, cards: Iterable[Known]) -> None:
        """Forget cards that are gone, whether it knew them or not."""
        self._change("delete", cards)

    def _change(self, verb: str, cards: Iterable[Known]) -> None:
        told = sorted(cards)
        if not self._table or not told:
            return
        ends = ", ".join(f'"{end}"' for end, _ in told)
        pairs = ", ".join(f'"{end}" . {address}' for end, address in told)
        # Deleting what is not there fails, adding what is there does not.
        lines = [
            f"{each} element bridge {self._table} {name} {{ {what} }}"
            for each in dict.fromkeys(["add", verb])
            for name, what in (("ends", ends), ("cards", pairs))
        ]
        self._nft(["-f", "-"], "\n".join(lines) + "\n")

    def listed(self) -> set[Known]:
        """The cards that it knows; none where it can't be read."""
        return parsed(self._nft(["-j", "list", "set", "bridge", self._table, "cards"]) or b'{"nftables": []}')

    def _nft(self, words: list[str], script: str = "") -> bytes | None:
        command = [_NFT, *words]
        try:
            done = subprocess.run(command, input=script.encode(), capture_output=True, timeout=_WITHIN, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("the firewall was not told about cards", table=self._table, why=type(error).__name__)
            return None
        return done.stdout


def parsed(listing: bytes) -> set[Known]:
    """The cards of nft's JSON listing of a set."""
    found = msgspec.json.decode(listing, type=_Listing)
    return {each.concat for one in found.nftables if one.set for each in one.set.elem}
