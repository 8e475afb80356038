"""DNS zones: what is in them is the platform's to say, how they are served and signed a blueprint's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from souk.provisioning.contract.selling import Size
from souk.provisioning.contract.serving import Guest, Wanted


@dataclass(frozen=True)
class ZoneRoom:
    """How many zones a service may have, and how many records in all of them together."""

    zones: int
    records: int


@dataclass(frozen=True)
class ZoneText:
    """A zone as it should be: what tells its state from every other, its text (RFC 1035, the serial of no meaning), and
    whether it is to be signed.
    """

    token: str
    text: Callable[[], str]
    signed: bool


@dataclass(frozen=True)
class ZoneServed:
    """A zone as it is served: its serial, and the DS records (RFC 4034) that let others believe its signatures."""

    serial: int
    ds: Sequence[str]


@dataclass(frozen=True)
class ZoneHeld:
    """A zone as a machine holds it."""

    text: str
    signed: bool


@dataclass(frozen=True)
class RestoredZones:
    """What a machine was restored with, by the zones' names; `label` tells it from what it was restored with before."""

    label: str
    zones: Mapping[str, ZoneHeld]


class ZoneKeeper(Protocol):
    """What a blueprint adds whose services answer for DNS zones. Names are as DNS has them, without a dot at the end.
    Every call is safe to repeat.
    """

    def room(self, size: Size) -> ZoneRoom:
        """How much a service of this size may hold."""

    def serve(self, guest: Guest, wanted: Wanted, zones: Mapping[str, ZoneText]) -> Mapping[str, ZoneServed]:
        """Serve these zones and no others from now on: serials grow, signatures are made.

        Raises:
            ConfigurationFailed: one is not served.
        """

    def restored(self, guest: Guest, wanted: Wanted) -> RestoredZones | None:
        """What a machine was restored with, until it was told what to serve.

        Raises:
            ConfigurationFailed.
        """
