"""A platform for a blueprint's trial: a customer, orders, and a worker that works when it is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections

from souk.engines import images
from souk.engines.contract import Engine, Machine
from souk.engines.current import engine
from souk.kernel.scope import Member
from souk.kit.finding import Broken
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.parties import commands as parties
from souk.parties.access import by_person
from souk.provisioning import queries, registry
from souk.provisioning.boxes import received
from souk.provisioning.commands import ask_reveal, take_reveal
from souk.provisioning.contract import Blueprint, Credentials, Guest, Health, Wanted
from souk.provisioning.models import InstanceState
from souk.provisioning.platform import ensure_storage
from souk.provisioning.reconciler import lease, records
from souk.provisioning.reconciler.converge import Ground, converge
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.resync import resync
from souk.provisioning.targets import Target, targets
from souk.settings.worker import follow_events
from souk.sites import commands as sites
from souk.sites.models import Host
from souk.sites.names import Names
from souk.sites.queries import sites as every_site

PATIENCE = 240.0
"""Seconds that a change of a service may take."""

_PAUSE = 0.1
_REGION, _MARKETPLACE = "ma-temara", "public"


@dataclass(frozen=True)
class Trial:
    """A blueprint on trial: where it was found, with what parameters it is ordered, by whom, and where it runs."""

    place: str
    blueprint: Blueprint
    parameters: dict[str, Any]
    buyer: Member
    organization: UUID
    engine: Engine

    def order(self, name: str, plan: str = "") -> UUID:
        """Order the service; returns the instance, which nobody has begun to make."""
        offering = self.blueprint.starting_offering
        assert offering is not None, "what is on trial is offered"
        chosen = plan or offering.plans[0].key
        details = ordering.OrderDetails(self.organization, _MARKETPLACE, offering.slug, chosen, _REGION, name)
        placed = ordering.place_order(self.buyer, replace(details, parameters=self.parameters))
        return order(self.buyer, placed).instance_id

    def done(self, operation: UUID) -> dict[str, Any]:
        """Work until an operation has ended; what came of it.

        Raises:
            Broken: it failed, or takes too long.
        """
        deadline = time.monotonic() + PATIENCE
        while (row := queries.operation(self.buyer, operation)).state in ("queued", "running"):
            if time.monotonic() > deadline:
                raise Broken(f"{row.kind} takes longer than {PATIENCE:.0f} s: {self._trouble(row.instance_id)}")
            self.work()
        if row.state != "succeeded":
            raise Broken(f"{row.kind} ended as {row.state}: {row.why or self._trouble(row.instance_id)}")
        return row.result

    def until(self, instance: UUID, state: InstanceState) -> None:
        """Work until a service is in a state.

        Raises:
            Broken: it takes too long.
        """
        deadline = time.monotonic() + PATIENCE
        while queries.service(self.buyer, instance).state != state:
            if time.monotonic() > deadline:
                raise Broken(f"it is not {state} after {PATIENCE:.0f} s: {self._trouble(instance)}")
            self.work()

    def work(self) -> None:
        """Do what is due, or wait a moment."""
        follow_events()
        records.answer_reveals()
        claims = lease.claim(1)
        for claim in claims:
            converge(self._ground, claim)
        if not claims:
            time.sleep(_PAUSE)

    def work_and_die(self, boundary: int) -> int:
        """Have a worker of its own do what is due, and be killed at its `boundary`-th call of the engine. Returns how
        many it began: fewer than that, and it reached the end.
        """
        connections.close_all()
        with tempfile.NamedTemporaryFile() as reached:
            command = [sys.executable, "-m", "souk.kit.mortal", str(boundary), self.place, reached.name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            began = len(Path(reached.name).read_bytes())
        lease.release_dead()
        if done.returncode not in (0, -signal.SIGKILL):
            raise Broken(f"a worker failed by itself: {done.stderr.strip()[-300:]}")
        return began

    def machines(self, instance: UUID) -> list[Machine]:
        """The engine's machines of a service."""
        return [each for each in self.engine.machines() if each.labels.get("instance") == str(instance)]

    def target(self, instance: UUID) -> Target:
        """A service that is ready, as its customer uses it.

        Raises:
            Broken: nothing says that it should answer.
        """
        found = targets([instance])
        if not found:
            raise Broken("it is ready, and can't be looked at")
        return found[0]

    def probe(self, instance: UUID, credentials: Credentials | None = None) -> Health:
        """Use a service as its customer does, or with other credentials."""
        target = self.target(instance)
        return target.blueprint.probe(target.wanted, credentials or target.credentials, target.authority)

    def credentials(self, instance: UUID, binding: str) -> Credentials:
        """A binding's, fetched as its customer fetches them."""

        def answer(asked: UUID) -> bytes | None:
            records.answer_reveals()
            return take_reveal(self.buyer, asked)

        [row] = [each for each in queries.bindings(self.buyer, instance) if each.name == binding]
        password = received(lambda box: ask_reveal(self.buyer, instance, box, binding), answer)
        return Credentials(row.username, password.decode(), row.database)

    def guest(self, instance: UUID) -> tuple[Guest, Wanted]:
        """The machine that a service's data is on, and the service as it should be."""
        target = self.target(instance)
        return MachineGuest(self.engine, target.machine), target.wanted

    def look_around(self) -> None:
        """See what the engine has, as the worker does now and then: newer images, for one."""
        resync(self.engine)

    @property
    def _ground(self) -> Ground:
        return Ground(self.engine, Names(settings.NAMESPACE.dns_hosts))

    def _trouble(self, instance: UUID) -> str:
        row = queries.service(self.buyer, instance)
        told = [line for each in queries.operations(self.buyer, instance) for line in each.log[-1:]]
        return row.trouble or (str(told[-1]) if told else "nobody says why")


def begin(place: str, blueprint: Blueprint, parameters: dict[str, Any], folder: Path) -> Trial:
    """A trial of a blueprint that the catalogue offers; what an earlier one left on the engine goes. Images are built
    in a folder, that of the site's storage for its backups too."""
    for machine in engine().machines():
        engine().delete(machine.name)
    _promise_freely()
    number = uuid4().int % 10**13
    person = parties.sign_up(f"kit-{number}@souk.invalid", f"kit-{uuid4()}", "Blueprint kit")
    stem = f"{number:013d}"
    details = parties.OrganizationDetails(
        legal_name="Blueprint kit",
        segment="tpme",
        ice=stem + f"{97 - number * 100 % 97:02d}",
        legal_form="SARL",
        address="-",
        city="Témara",
        postcode="12000",
        email=f"kit-{number}@souk.invalid",
    )
    organization = parties.register_organization(person, details)
    buyer = by_person(person, is_operator=False).member
    if blueprint.archivist is not None and "objectstorage" in registry.blueprints():
        images.ensure(engine(), registry.blueprint("objectstorage").recipe, folder)
        ensure_storage()
    return Trial(place, blueprint, parameters, buyer, organization, engine())


def _promise_freely() -> None:
    """See what the host has, and promise more: a trial's services hardly do anything, one after another."""
    for site in every_site():
        sites.observe_hosts(site.id, engine().hosts(), engine().occupied())
        Host.objects.update(vcpu_overcommit=100, memory_overcommit=10, disk_overcommit=100)
        sites.observe_hosts(site.id, engine().hosts(), engine().occupied())
