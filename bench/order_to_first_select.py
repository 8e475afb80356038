"""From an accepted order to the first `SELECT 1` over verified TLS, cold, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same guest work
by hand: certificate, machine, configuration, straight through Incus's API. Both are watched alike, by connecting again
and again from the moment the address is known. Measured in turns; every machine is deleted before the next one is made.

What a customer waits for who only follows the API (ready shown, then credentials, then a connection) is told beside it.
"""

from __future__ import annotations

from support.buyer import Buyer
from support.by_hand import Floor
from support.first_use import compare

FLOOR = "the same certificate, machine and guest configuration by hand through Incus's API, watched the same way"

if __name__ == "__main__":
    compare("order accepted to first SELECT 1 over verified TLS, cold", str(__doc__), Floor(), FLOOR, Buyer)
