"""A real Incus, or a sentence that says why there is none."""

from __future__ import annotations

import ipaddress
import os
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from install import quotas

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines import images
from souk.engines.contract import EngineError, MachineSpec
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import Blueprint, Size, Wanted
from souk.settings import namespace
from souk.sites import addresses

pytest.register_assert_rewrite("tests.engine.contract.suite", "tests.engine.contract.hosts")


@dataclass
class Rig:
    """This host's Incus in this checkout's namespace. What a test makes there is deleted after it."""

    engine: IncusEngine
    place: namespace.Namespace
    prefix: str = field(default_factory=lambda: f"wt{secrets.token_hex(2)}-")

    def addresses(self) -> Iterator[str]:
        """Addresses that no machine has, from the subnet's end."""
        taken = {machine.address for machine in self.engine.machines()}
        for host in reversed(list(ipaddress.IPv4Network(self.place.subnet).hosts())):
            if str(host) not in taken:
                yield str(host)

    def platform_addresses(self) -> Iterator[str]:
        """Addresses of the platform's own machines that no machine has: the ones others may reach."""
        network = ipaddress.IPv4Network(self.place.subnet)
        first, last = addresses.PLATFORM
        taken = {machine.address for machine in self.engine.machines()}
        for number in range(first, last + 1):
            if str(network[number]) not in taken:
                yield str(network[number])

    def begin(
        self,
        blueprint: Blueprint,
        image: str,
        label: str,
        size: Size,
        parameters: Mapping[str, Any],
        *,
        platform: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> tuple[MachineSpec, Wanted]:
        """A machine made and started, not configured yet: as it is on the engine, and what is wanted there. One of the
        `platform` is open to its neighbours.
        """
        address = next(self.platform_addresses() if platform else self.addresses())
        name = self.prefix + label
        limits, told = blueprint.limits(size), environment or {}
        spec = MachineSpec(name, image, limits, address, neighbours=platform, environment=told)
        self.engine.create(spec, start=True)
        return spec, Wanted(uuid.uuid4(), name, parameters, size, f"{name}.{self.place.domain}", address)

    def clear(self) -> None:
        """Delete every machine with this rig's prefix."""
        for machine in self.engine.machines():
            if machine.name.startswith(self.prefix):
                self.engine.delete(machine.name)


@contextmanager
def rigged(incus: IncusEngine) -> Iterator[Rig]:
    """A prefix for machines, which are deleted in the end."""
    rig = Rig(incus, namespace.current())
    try:
        yield rig
    finally:
        rig.clear()


def built(incus: IncusEngine, blueprint: Blueprint) -> str:
    """The image of a kind of service, built if the recipe or Debian changed."""
    images.ensure(incus, blueprint.recipe, image_cache())
    return blueprint.recipe.alias


def image_cache() -> Path:
    """Where built images are kept, the installer's own included."""
    return Path(os.environ.get("SOUK_CACHE") or namespace.current().state) / "images"


@pytest.fixture(autouse=True)
def limits_that_hold() -> None:
    """Disk limits are enforced at the test's beginning, as the installation's own process sees to."""
    pool = quotas.POOLS / namespace.current().pool
    if os.geteuid() == 0 and pool.is_mount():
        quotas.hold(pool)


@pytest.fixture(scope="session")
def incus() -> IncusEngine:
    """The engine; the test is skipped without one, or fails where SOUK_REQUIRE_ENGINE=1."""
    engine = IncusEngine.connect(namespace.current())
    try:
        engine.hosts()
    except EngineError as error:
        sentence = f"Incus can't be used here: {error}"
        if os.environ.get("SOUK_REQUIRE_ENGINE") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return engine


@pytest.fixture(scope="session")
def image(incus: IncusEngine) -> str:
    """PostgreSQL's."""
    return built(incus, BLUEPRINT)


@pytest.fixture
def rig(incus: IncusEngine) -> Iterator[Rig]:
    """A prefix for this test's machines."""
    with rigged(incus) as rig:
        yield rig


@pytest.fixture(scope="module")
def rig_of_module(incus: IncusEngine) -> Iterator[Rig]:
    """What is made here goes with the module."""
    with rigged(incus) as rig:
        yield rig
