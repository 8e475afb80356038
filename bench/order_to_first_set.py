"""From an accepted order for Valkey to the first key set over verified TLS, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same by hand:
certificate, machine and configuration, straight through Incus's API. Both are tried alike, over and over from the
moment the address is known. Measured in turns; every machine is deleted before the next one is made.
"""

from __future__ import annotations

import time

from souk.blueprints.valkey import BLUEPRINT, probing
from souk.blueprints.valkey.resp import ServerRefused
from souk.provisioning.contract import GIB, Credentials, Size, Wanted
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor

_PATIENCE, _PAUSE = 60.0, 0.005


def set_key(wanted: Wanted, credentials: Credentials, authority: str) -> float:
    """Try from now on; return the instant (`time.perf_counter`) at which a key was set.

    Raises:
        TimeoutError: none was within a minute.
    """
    deadline, said = time.perf_counter() + _PATIENCE, ""
    while time.perf_counter() < deadline:
        try:
            with probing.connect(wanted, credentials, authority) as session:
                session.ask("SET", "first", 1)
            return time.perf_counter()
        except (OSError, ServerRefused) as error:
            said = str(error)
        time.sleep(_PAUSE)
    raise TimeoutError(f"{wanted.address} takes nothing: {said}")


class ValkeyFloor(SiteFloor):
    """The same work by hand."""

    use = staticmethod(set_key)


class ValkeyBuyer(SiteBuyer):
    """A customer who orders Valkey."""

    offering = "valkey"
    use = staticmethod(set_key)


if __name__ == "__main__":
    name = "order accepted to the first key set over verified TLS"
    compare(name, str(__doc__), ValkeyFloor(BLUEPRINT, Size(1, GIB, 5 * GIB)), FLOOR, ValkeyBuyer)
