"""Another machine takes over by what a program of the image does, step by step, on either side."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from souk.blueprints import guests
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted

PROGRAM = "/usr/lib/souk/succession"
MINUTE = 60.0
HOUR = 60 * MINUTE
MARGIN = 10.0


def asked(guest: Guest, do: str, *, within: float = MINUTE, **document: Any) -> dict[str, Any]:
    """One step's answer; the program gives up by itself before `within` seconds are over.

    Raises:
        ConfigurationFailed.
    """
    return guests.run(guest, PROGRAM, {"do": do, **document, "timeout": within - MARGIN}, timeout=within)


class ToldAtOnce:
    """A base for those of `contract.Succession` where the machine that ends tells all that was not copied before, and
    the other one is told it: keys, what passwords are compared with. It goes from one to the other and is kept nowhere.
    """

    server: ClassVar[str]
    """Whose version is asked for, as a complaint calls it."""

    ends_within: ClassVar[float] = MINUTE
    receives_within: ClassVar[float] = MINUTE
    stays_within: ClassVar[float] = MINUTE

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the server says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = asked(guest, "release").get("version")
        if not told:
            raise ConfigurationFailed(f"{self.server} does not tell its version")
        return str(told)

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Stop serving, and tell all of it.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return json.dumps(asked(guest, "hand_over", within=self.ends_within))

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Have all of it.

        Raises:
            ConfigurationFailed: it does not come.
        """
        del wanted
        asked(guest, "receive", within=self.receives_within, end=json.loads(end))

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Serve again, and let nobody follow.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        asked(guest, "stay", within=self.stays_within)
