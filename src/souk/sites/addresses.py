"""Which addresses of a site's network are whose, counted from the network's start."""

from __future__ import annotations

PLATFORM = (2, 9)
"""First and last of the platform's own machines: the host's firewall lets the others reach these, at the platform's
ports. The first address of all is the host's.
"""

CUSTOMERS_FIRST = 10
"""The first address of a customer's machine."""
