"""Which addresses of a site's network are whose, counted from the network's start."""

from __future__ import annotations

HOST = 1
"""The host's own: the platform's worker reaches machines from there."""

PLATFORM = (2, 9)
"""First and last of the platform's own machines: the host's firewall lets the others reach these, at the platform's
ports.
"""

CUSTOMERS_FIRST = 10
"""The first address of a customer's machine."""
