"""From an accepted order for a load balancer to its first answer over verified TLS, on a real Incus.

As `order_to_first_page.py`: both are asked as the platform itself asks, over and over from the moment the address is
known.
"""

from __future__ import annotations

from souk.blueprints.loadbalancer import BLUEPRINT
from souk.provisioning.contract import GIB, Size
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor, probed


class BalancerBuyer(SiteBuyer):
    """A customer who orders a load balancer."""

    offering = "load-balancer"
    use = staticmethod(probed(BLUEPRINT))


if __name__ == "__main__":
    name = "order accepted to its first answer over verified TLS"
    floor = SiteFloor(BLUEPRINT, Size(1, GIB // 2, 2 * GIB), use=probed(BLUEPRINT))
    compare(name, str(__doc__), floor, FLOOR, BalancerBuyer)
