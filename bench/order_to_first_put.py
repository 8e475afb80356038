"""From an accepted order for object storage to the first object put over verified TLS, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same guest work
by hand: certificate, machine, configuration, bucket, straight through Incus's API. Both are tried alike, over and over
from the moment the address is known. Measured in turns; every machine is deleted before the next one is made.

What a customer waits for who only follows the API (ready shown, then a put) is told beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
import uuid

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.bundle import bundle
from souk.provisioning.contract import Credentials, ServerCertificate, Size, Wanted
from support import first_put
from support.buyer import Buyer, free_block, settle, unable
from support.by_hand import Floor
from support.figures import Figure, Target, publish, say
from support.ground import ground
from support.pairs import alternate
from support.processes import web, worker

FLOOR = "the same certificate, machine, guest configuration and bucket by hand through Incus's API, tried the same way"
PARAMETERS = {"buckets": [first_put.BUCKET]}
SIZE = Size(vcpus=1, memory=1024**3, disk=20 * 1024**3)


class StorageFloor(Floor):
    """A bare sequence of requests."""

    blueprint = BLUEPRINT

    def put(self, address: str) -> float:
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


def main() -> None:
    """Measure and print; exits with 1 where there is no Incus or no image."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=12)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    floor = StorageFloor(SIZE)
    if reason := unable(floor):
        say(reason)
        sys.exit(1)
    with ground() as place:
        block = free_block(floor)
        settle(block)
        with web(place) as door, worker(place):
            buyer = StorageBuyer(place, door.port)
            buyer.warm_up()
            by_hand = str(block.network_address + 5)
            floor.put(by_hand)
            measured = alternate(chosen.pairs, buyer.once, lambda: floor.put(by_hand))
    details = {**buyer.told(measured.floor), **measured.told()}
    targets = [Target("ratio", 1.15)]
    name = "order accepted to the first object put over verified TLS"
    publish([Figure(name, measured.figure, "s", measured.floor, FLOOR, measured.ratio, targets, details)], load_before)


if __name__ == "__main__":
    main()
