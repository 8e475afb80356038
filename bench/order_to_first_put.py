"""From an accepted order for object storage to the first object put over verified TLS, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same guest work
by hand: certificate, machine, configuration, bucket, straight through Incus's API. Both are tried alike, over and over
from the moment the address is known. Measured in turns; every machine is deleted before the next one is made.

What a customer waits for who only follows the API (ready shown, then a put) is told beside it.
"""

from __future__ import annotations

import json
import secrets
import time
import uuid

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.bundle import bundle
from souk.provisioning.contract import Credentials, ServerCertificate, Size, Wanted
from support import first_put
from support.buyer import Buyer
from support.by_hand import Floor
from support.first_use import compare

FLOOR = "the same certificate, machine, guest configuration and bucket by hand through Incus's API, tried the same way"
PARAMETERS = {"buckets": [first_put.BUCKET]}
SIZE = Size(vcpus=1, memory=1024**3, disk=20 * 1024**3)


class StorageFloor(Floor):
    """A bare sequence of requests."""

    blueprint = BLUEPRINT

    def once(self, address: str) -> float:
        """Make one service at `address`, and delete it. Seconds from nothing to the first object."""
        name = f"floor-{secrets.token_hex(3)}"
        try:
            started = time.perf_counter()
            wanted, credentials, certificate = self._prepared(name, address)
            first = first_put.meanwhile(wanted, credentials, certificate.authority)
            self._change("POST", "/1.0/instances", self._machine(name, address))
            self._execute(name, json.dumps(bundle(wanted, credentials, certificate, timeout=60)).encode())
            return first() - started
        finally:
            self.delete(name)

    def _prepared(self, name: str, address: str) -> tuple[Wanted, Credentials, ServerCertificate]:
        wanted = Wanted(uuid.uuid4(), name, PARAMETERS, self.size, f"{name}.{self.place.domain}", address)
        return wanted, BLUEPRINT.credentials(PARAMETERS, secrets.token_urlsafe(24)), self._certificate(wanted)


class StorageBuyer(Buyer):
    """A customer who orders object storage."""

    def once(self) -> float:
        """Seconds from the answer that accepts an order to the first object."""
        instance, accepted = self._order("object-storage", parameters=PARAMETERS)
        try:
            way_in: tuple[Wanted, Credentials, str] = self._assigned(instance)
            self.marks["address_known"].append(time.perf_counter() - accepted)
            first = first_put.wait(*way_in)
            self.until("select 1 from provisioning_serviceinstance where id = %s and state = 'ready'", [instance])
            self.marks["ready_shown"].append(time.perf_counter() - accepted)
            self.marks["as_customer"].append(first_put.wait(*way_in) - accepted)
            self._steps(instance)
        finally:
            self._delete(instance)
        return first - accepted


if __name__ == "__main__":
    name = "order accepted to the first object put over verified TLS"
    compare(name, str(__doc__), StorageFloor(SIZE), FLOOR, StorageBuyer)
