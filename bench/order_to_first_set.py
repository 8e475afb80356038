"""From an accepted order for Valkey to the first key kept over verified TLS, on a real Incus.

As `order_to_first_page.py`: a key is set and read, over and over from the moment the address is known.
"""

from __future__ import annotations

from souk.blueprints.valkey import BLUEPRINT
from souk.provisioning.contract import GIB, Size
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor, probed


class ValkeyBuyer(SiteBuyer):
    """A customer who orders Valkey."""

    offering = "valkey"
    use = staticmethod(probed(BLUEPRINT))


if __name__ == "__main__":
    name = "order accepted to the first key kept over verified TLS"
    floor = SiteFloor(BLUEPRINT, Size(1, GIB, 5 * GIB), use=probed(BLUEPRINT))
    compare(name, str(__doc__), floor, FLOOR, ValkeyBuyer)
