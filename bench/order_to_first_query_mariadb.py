"""From an accepted order for MariaDB to its first query over verified TLS, on a real Incus.

As `order_to_first_select.py`: the data directory is made at the machine's first boot, which is part of both ways.
"""

from __future__ import annotations

import time

from souk.blueprints.mariadb import BLUEPRINT, probing
from souk.provisioning.contract import Credentials, Wanted
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor

_PATIENCE, _PAUSE = 120.0, 0.005


def select(wanted: Wanted, credentials: Credentials, authority: str) -> float:
    """Sign in and ask from now on; return the instant (`time.perf_counter`) of the first answer.

    Raises:
        TimeoutError: none was within two minutes.
    """
    deadline = time.perf_counter() + _PATIENCE
    while time.perf_counter() < deadline:
        health = probing.probe(wanted, credentials, authority)
        if health.ok:
            return time.perf_counter()
        time.sleep(_PAUSE)
    raise TimeoutError(f"{wanted.address} answers nothing: {health.detail}")


class MariaFloor(SiteFloor):
    """The same work by hand."""

    use = staticmethod(select)


class MariaBuyer(SiteBuyer):
    """A customer who orders MariaDB."""

    offering = "mariadb"
    use = staticmethod(select)


if __name__ == "__main__":
    name = "order accepted to the first query of MariaDB over verified TLS"
    compare(name, str(__doc__), MariaFloor(BLUEPRINT), FLOOR, MariaBuyer)
