"""From an accepted order to the first use of what is there, such as a page over verified TLS; and the same by hand."""

from __future__ import annotations

import secrets
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx

from souk.engines.contract import Execution
from souk.provisioning.contract import Blueprint, Credentials, Size, Wanted
from support.buyer import Buyer
from support.by_hand import Floor

FLOOR = "the same certificate, machine and guest configuration by hand through Incus's API, tried the same way"
SIZE = Size(vcpus=1, memory=1024**3, disk=10 * 1024**3)
_PATIENCE, _PAUSE = 120.0, 0.005


def wait(wanted: Wanted, credentials: Credentials, authority: str) -> float:
    """Ask from now on; return the instant (`time.perf_counter`) at which the first page was there.

    Raises:
        TimeoutError: none was within two minutes.
    """
    del credentials
    deadline, said = time.perf_counter() + _PATIENCE, ""
    limits = httpx.Timeout(30.0, connect=0.2)
    with httpx.Client(verify=ssl.create_default_context(cadata=authority), timeout=limits, trust_env=False) as client:
        while time.perf_counter() < deadline:
            try:
                answer = client.get(
                    f"https://{wanted.address}/",
                    headers={"host": wanted.hostname},
                    extensions={"sni_hostname": wanted.hostname},
                )
            except httpx.HTTPError as error:
                said = str(error)
            else:
                if answer.status_code == httpx.codes.OK and wanted.hostname in answer.text:
                    return time.perf_counter()
                said = f"{answer.status_code}: {answer.text[:200]}"
            time.sleep(_PAUSE)
    raise TimeoutError(f"{wanted.address} shows nothing: {said}")


def probed(blueprint: Blueprint) -> Callable[..., float]:
    """The same of any kind of service: asked from now on as the platform itself asks, until it is found well."""

    def use(wanted: Wanted, credentials: Credentials, authority: str) -> float:
        deadline, said = time.perf_counter() + _PATIENCE, ""
        while time.perf_counter() < deadline:
            health = blueprint.probe(wanted, credentials, authority)
            if health.ok:
                return time.perf_counter()
            said = health.detail
            time.sleep(_PAUSE)
        raise TimeoutError(f"{wanted.address} answers nothing: {said}")

    return use


def _meanwhile(use: Callable[..., float], *way_in: Any) -> Callable[[], float]:
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(use(*way_in)))
    thread.start()

    def result() -> float:
        thread.join()
        return found[0]

    return result


@dataclass
class _Hand:
    """A machine whose program is called by hand."""

    run: Callable[[bytes], None]

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run what configures it; anything else is not done by hand."""
        del command, timeout
        self.run(stdin)
        return Execution(0, "{}", "")


class SiteFloor(Floor):
    """A bare sequence of requests, then the first `use` of what is there."""

    def __init__(self, blueprint: Blueprint, size: Size = SIZE, use: Callable[..., float] = wait) -> None:
        super().__init__(size)
        self.blueprint, self.use = blueprint, use

    def once(self, address: str) -> float:
        """Make one site at `address`, and delete it. Seconds from nothing to its first page."""
        name = f"floor-{secrets.token_hex(3)}"
        try:
            started = time.perf_counter()
            wanted = Wanted(uuid.uuid4(), name, {}, self.size, f"{name}.{self.place.domain}", address)
            credentials = self.blueprint.credentials({}, secrets.token_urlsafe(24))
            certificate = self._certificate(wanted)
            first = _meanwhile(self.use, wanted, credentials, certificate.authority)
            self._change("POST", "/1.0/instances", self._machine(name, address))
            hand = _Hand(lambda document: self._execute(name, document))
            self.blueprint.configure(hand, wanted, credentials, certificate)
            return first() - started
        finally:
            self.delete(name)


class SiteBuyer(Buyer):
    """A customer who orders a site."""

    offering: ClassVar[str]
    use = staticmethod(wait)

    def once(self) -> float:
        """Seconds from the answer that accepts an order to the first page."""
        instance, accepted = self._order(self.offering)
        try:
            way_in = self._assigned(instance)
            self.marks["address_known"].append(time.perf_counter() - accepted)
            first = self.use(*way_in)
            self.until("select 1 from provisioning_serviceinstance where id = %s and state = 'ready'", [instance])
            self.marks["ready_shown"].append(time.perf_counter() - accepted)
            self.marks["as_customer"].append(self.use(*way_in) - accepted)
            self._steps(instance)
        finally:
            self._delete(instance)
        return first - accepted
