"""From an accepted order for a load balancer to its first answer over verified TLS, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same by hand:
certificate, machine and configuration, straight through Incus's API. Both are tried alike, over and over from the
moment the address is known. Measured in turns; every machine is deleted before the next one is made.
"""

from __future__ import annotations

import time

from souk.blueprints.loadbalancer import BLUEPRINT
from souk.provisioning.contract import GIB, Credentials, Size, Wanted
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor

_PATIENCE, _PAUSE = 60.0, 0.005


def answer(wanted: Wanted, credentials: Credentials, authority: str) -> float:
    """Ask from now on, as the platform itself does; return the instant (`time.perf_counter`) of the first answer.

    Raises:
        TimeoutError: none was within a minute.
    """
    deadline, said = time.perf_counter() + _PATIENCE, ""
    while time.perf_counter() < deadline:
        health = BLUEPRINT.probe(wanted, credentials, authority)
        if health.ok:
            return time.perf_counter()
        said = health.detail
        time.sleep(_PAUSE)
    raise TimeoutError(f"{wanted.address} answers nothing: {said}")


class BalancerFloor(SiteFloor):
    """The same work by hand."""

    use = staticmethod(answer)


class BalancerBuyer(SiteBuyer):
    """A customer who orders it."""

    offering = "load-balancer"
    use = staticmethod(answer)


if __name__ == "__main__":
    name = "order accepted to its first answer over verified TLS"
    compare(name, str(__doc__), BalancerFloor(BLUEPRINT, Size(1, GIB // 2, 2 * GIB)), FLOOR, BalancerBuyer)
