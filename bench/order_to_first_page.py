"""From an accepted order for a web site to its first page over verified TLS, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same by hand:
certificate, machine and configuration, straight through Incus's API. Both are tried alike, over and over from the
moment the address is known. Measured in turns; every machine is deleted before the next one is made.
"""

from __future__ import annotations

from souk.blueprints.website import BLUEPRINT
from support.first_use import compare
from support.sites import FLOOR, SiteBuyer, SiteFloor


class WebSiteBuyer(SiteBuyer):
    """A customer who orders a web site."""

    offering = "web-site"


if __name__ == "__main__":
    name = "order accepted to the first page of a web site over verified TLS"
    compare(name, str(__doc__), SiteFloor(BLUEPRINT), FLOOR, WebSiteBuyer)
