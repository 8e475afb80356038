"""From an accepted order for a machine to the first `ssh` by its customer's key, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same by hand: the
same image launched with the same limits and card, the key pushed into it, and ssh. Both are tried alike, over and over
from the moment the address is known. Measured in turns; every machine is deleted before the next one is made.

What a customer waits for who only follows the API (ready shown, then ssh) is told beside it.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from functools import partial
from pathlib import Path

from souk.blueprints.machine import BLUEPRINT
from support import first_ssh
from support.buyer import Buyer
from support.by_hand import Floor
from support.first_use import compare
from support.ground import Ground

FLOOR = "the same image launched through Incus's API with the same limits and card, the key pushed into it, and ssh"
_KEYS = "/etc/souk/machine/keys/debian"


class MachineFloor(Floor):
    """A bare sequence of requests."""

    blueprint = BLUEPRINT

    def __init__(self, key: first_ssh.Key) -> None:
        super().__init__()
        self.customers = key

    def once(self, address: str) -> float:
        """Make one machine at `address`, and delete it. Seconds from nothing to the first ssh."""
        name = f"floor-{secrets.token_hex(3)}"
        try:
            started = time.perf_counter()
            self._change("POST", "/1.0/instances", self._machine(name, address))
            headers = {"X-Incus-type": "file", "X-Incus-mode": "0644", "X-Incus-uid": "0", "X-Incus-gid": "0"}
            pushed = self.http.post(
                f"/1.0/instances/{name}/files",
                params={"path": _KEYS, "project": self.place.project},
                headers=headers,
                content=self.customers.public.encode() + b"\n",
            )
            pushed.raise_for_status()
            return first_ssh.wait(address, self.customers) - started
        finally:
            self.delete(name)


class MachineBuyer(Buyer):
    """A customer who orders machines, with this key."""

    def __init__(self, place: Ground, port: int, key: first_ssh.Key) -> None:
        super().__init__(place, port)
        self.key = key

    def once(self) -> float:
        """Seconds from the answer that accepts an order to the first ssh."""
        instance, accepted = self._order("machine", parameters={"ssh_keys": [self.key.public]})
        try:
            address = self.until("select host(address) from provisioning_machine where instance_id = %s", [instance])[0]
            self.marks["address_known"].append(time.perf_counter() - accepted)
            first = first_ssh.wait(address, self.key)
            self.until("select 1 from provisioning_serviceinstance where id = %s and state = 'ready'", [instance])
            self.marks["ready_shown"].append(time.perf_counter() - accepted)
            self.marks["as_customer"].append(max(first, first_ssh.wait(address, self.key)) - accepted)
            self._steps(instance)
        finally:
            self._delete(instance)
        return first - accepted


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        key = first_ssh.make_key(Path(folder))
        name = "order accepted to the first ssh into a machine"
        compare(name, str(__doc__), MachineFloor(key), FLOOR, partial(MachineBuyer, key=key))
