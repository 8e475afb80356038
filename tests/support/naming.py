"""A web service's machine that isn't there, as far as its names are concerned."""

from __future__ import annotations

import json
from collections.abc import Sequence

from souk.provisioning.contract import Certified, Guest, Wanted, WebNames


class Keeper:
    """A machine that keeps what it was told, and gets certificates as it is let."""

    most = 3

    def __init__(self) -> None:
        self.told: list[WebNames] = []
        self.again: list[str] = []
        self.answers: dict[str, Certified] = {}

    def serve(self, guest: Guest, wanted: Wanted, names: WebNames) -> None:
        guest.execute(["/usr/lib/souk/names"], stdin=json.dumps(list(names.names)).encode())
        self.told.append(names)

    def certified(self, guest: Guest, wanted: Wanted, again: Sequence[str] = ()) -> Sequence[Certified]:
        guest.execute(["/usr/lib/souk/names"])
        self.again += again
        return [self.answers.get(name, Certified(name)) for name in self.told[-1].certify]

    @property
    def last(self) -> WebNames:
        return self.told[-1]
