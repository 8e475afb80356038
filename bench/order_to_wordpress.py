"""From an accepted order for WordPress to its first page over verified TLS, on a real Incus.

As `order_to_first_page.py`: installing WordPress with its database is part of both ways.
"""

from __future__ import annotations

from souk.blueprints.wordpress import BLUEPRINT
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor


class WordPressBuyer(SiteBuyer):
    """A customer who orders WordPress."""

    offering = "wordpress"


if __name__ == "__main__":
    name = "order accepted to the first page of WordPress over verified TLS"
    compare(name, str(__doc__), SiteFloor(BLUEPRINT), FLOOR, WordPressBuyer)
