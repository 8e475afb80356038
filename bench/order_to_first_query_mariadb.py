"""From an accepted order for MariaDB to the first query of MariaDB over verified TLS, on a real Incus.

As `order_to_first_select.py`: the data directory is made at the machine's first boot, which is part of both ways.
"""

from __future__ import annotations

from souk.blueprints.mariadb import BLUEPRINT
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor, probed


class MariaBuyer(SiteBuyer):
    """A customer who orders MariaDB."""

    offering = "mariadb"
    use = staticmethod(probed(BLUEPRINT))


if __name__ == "__main__":
    name = "order accepted to the first query of MariaDB over verified TLS"
    floor = SiteFloor(BLUEPRINT, use=probed(BLUEPRINT))
    compare(name, str(__doc__), floor, FLOOR, MariaBuyer)
