"""A customer of the real web and worker processes who orders, connects and deletes."""

from __future__ import annotations

import ipaddress
import time
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import UUID

import httpx

from support.ground import Ground

PATIENCE = 60.0
_BLOCK = 27


@dataclass
class Buyer:
    """A customer who orders, connects and deletes, once after another."""

    place: Ground
    port: int
    marks: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        from support.customers import customers

        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/api/v1",
            headers={"Authorization": f"Bearer {customers(1)[0].token}"},
            timeout=PATIENCE,
        )
        self._watch = self.place.connect()

    def warm_up(self) -> None:
        """Order once for nothing: the engine has been seen then, and code is loaded."""
        self.seen()
        self.once()
        self.marks.clear()

    def seen(self) -> None:
        """Wait until the worker has seen the engine."""
        self.until("select 1 from sites_site where engine_available", [])

    def once(self) -> float:
        """Seconds from the answer that accepts an order to the first `SELECT 1`."""
        from support import first_select

        instance, accepted = self._order("postgresql")
        try:
            wanted, credentials, authority = self._assigned(instance)
            known = time.perf_counter()
            first = first_select.wait(wanted, credentials, authority)
            self.marks["address_known"].append(known - accepted)
            self._follow(instance, accepted)
            self._steps(instance)
        finally:
            self._delete(instance)
        return first - accepted

    def _order(self, offering: str, **more: Any) -> tuple[UUID, float]:
        """A new service of the smallest plan, and when its order was accepted."""
        body = {"offering": offering, "plan": "s", "region": "ma-temara", "name": "mesure", **more}
        answer = self._http.post("/orders", json=body)
        accepted = time.perf_counter()
        if answer.status_code != 201:
            raise RuntimeError(f"the order was refused: {answer.text}")
        return self._instance(answer.json()["id"]), accepted

    def _instance(self, order: str) -> UUID:
        found: UUID = self.until("select instance_id from ordering_subscription where order_id = %s", [order])[0]
        return found

    def _assigned(self, instance: UUID) -> Any:
        """What a client connects with, as soon as the worker has decided on it."""
        from souk.kernel import secrets
        from souk.provisioning.contract import Credentials, Size, Wanted

        row = self.until(
            "select i.name, i.vcpus, i.memory, i.disk, i.label || '.' || s.domain, host(m.address), b.username,"
            " b.database, b.sealed_password, a.certificate from provisioning_serviceinstance i"
            " join sites_site s on s.id = i.site_id join sites_certificateauthority a on a.site_id = s.id"
            " join provisioning_machine m on m.instance_id = i.id join provisioning_binding b on b.instance_id = i.id"
            " where i.id = %s",
            [instance],
        )
        password = secrets.ring("master").open(bytes(row[8]), f"binding:{instance}:default").decode()
        wanted = Wanted(instance, row[0], {}, Size(*row[1:4]), row[4], row[5])
        return wanted, Credentials(row[6], password, row[7]), row[9]

    def _follow(self, instance: UUID, accepted: float) -> None:
        """What remains for who follows the API: ready is shown, credentials are asked for, a connection is made."""
        from souk.provisioning.contract import Credentials, Size, Wanted
        from support import first_select

        self.until("select 1 from provisioning_serviceinstance where id = %s and state = 'ready'", [instance])
        self.marks["ready_shown"].append(time.perf_counter() - accepted)
        shown = self._http.post(f"/services/{instance}/credentials").json()
        wanted = Wanted(instance, "", {}, Size(0, 0, 0), shown["fields"]["host"], shown["address"])
        credentials = Credentials(shown["username"], shown["password"], shown["fields"]["database"])
        self.marks["as_customer"].append(first_select.wait(wanted, credentials, shown["authority"]) - accepted)

    def _steps(self, instance: UUID) -> None:
        """The worker's own word on where the time went."""
        log = self.until(
            "select log from provisioning_operation where instance_id = %s and kind = 'create'", [instance]
        )
        for entry in log[0]:
            self.marks[f"step_{entry['step']}"].append(entry["seconds"])

    def _delete(self, instance: UUID) -> None:
        self._http.delete(f"/services/{instance}?erase=true").raise_for_status()
        self.until("select 1 from provisioning_serviceinstance where id = %s and deleted_at is not null", [instance])

    def until(self, sql: str, values: list[Any]) -> Any:
        """The first row of a query, as soon as there is one."""
        deadline = time.perf_counter() + PATIENCE
        while (row := self._watch.execute(sql.encode(), values).fetchone()) is None:
            if time.perf_counter() > deadline:
                raise TimeoutError(sql)
            time.sleep(0.003)
        return row

    def told(self, floor: float) -> dict[str, float]:
        """Medians of the marks, in seconds."""
        medians = {f"{mark}_s": round(median(values), 4) for mark, values in self.marks.items()}
        return {**medians, "as_customer_ratio": round(median(self.marks["as_customer"]) / floor, 3)}


def unable(floor: Any) -> str:
    """Why nothing can be ordered here; empty if it can."""
    alias = floor.blueprint.recipe.alias
    try:
        if floor.has_image(alias):
            return ""
    except httpx.TransportError as error:
        return f"Incus can't be used here: {error}"
    return f"The image {alias} is not on the engine. `make test` or `make run` builds it."


def free_block(floor: Any) -> ipaddress.IPv4Network:
    """A part of the namespace's subnet where no machine is: this database knows nothing of the others' addresses."""
    from souk.settings import namespace

    taken = {ipaddress.IPv4Address(address) for address in floor.taken_addresses()}
    blocks = list(ipaddress.IPv4Network(namespace.current().subnet).subnets(new_prefix=_BLOCK))
    for block in blocks[len(blocks) // 2 : -1] + blocks[1 : len(blocks) // 2]:
        if not any(address in block for address in taken):
            return block
    raise RuntimeError("the namespace's subnet has no free part")


def settle(block: ipaddress.IPv4Network) -> None:
    """Let this database's only site give out addresses of `block`."""
    from souk.sites.models import Site

    Site.objects.update(subnet=str(block.network_address), prefix_length=block.prefixlen)
