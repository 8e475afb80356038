"""From an accepted order for DNS zones to the first answer over UDP and TCP, on a real Incus.

As `order_to_first_page.py`: both are asked as the platform itself asks, over and over from the moment the address is
known.
"""

from __future__ import annotations

from souk.blueprints.dnszones import BLUEPRINT
from souk.provisioning.contract import GIB, Size
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor, probed


class ZonesBuyer(SiteBuyer):
    """A customer who orders DNS zones."""

    offering = "dns-zones"
    use = staticmethod(probed(BLUEPRINT))


if __name__ == "__main__":
    name = "order accepted to the first answer over UDP and TCP"
    floor = SiteFloor(BLUEPRINT, Size(1, GIB // 4, GIB), use=probed(BLUEPRINT))
    compare(name, str(__doc__), floor, FLOOR, ZonesBuyer)
