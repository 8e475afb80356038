"""The machines of a highly available service, made, guarded and configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from souk.engines import contract as engines
from souk.engines.contract import Limits, MachineSpec
from souk.provisioning.contract import FRONT, Credentials, ServerCertificate
from souk.provisioning.models import MachineRole
from souk.provisioning.reconciler import guarding, machines, records, repositories
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.private import network_of
from souk.provisioning.reconciler.records import Assigned
from souk.provisioning.reconciler.together.crew import Crew

IN_FRONT = Limits(FRONT.vcpus, FRONT.memory, FRONT.disk, processes=256)


def standing(crew: Crew, observed: Mapping[str, engines.Machine | None]) -> Crew:
    """The machines, those that are to be made on hosts that take them.

    Raises:
        NoRoom.
    """

    def stands(one: Assigned) -> Assigned:
        if observed[one.name] is not None or one.fresh:
            return one
        return replace(one, host=records.host_of(crew.subject, one))

    return replace(crew, members=[stands(one) for one in crew.members], front=stands(crew.front))


def have(crew: Crew, lease: Lease, machine: Assigned, observed: engines.Machine | None) -> None:
    """Have a machine run: the one that is there, or another one in its place."""
    if observed is None:
        machines.create(crew.engine, _spec(crew, lease, machine))
    else:
        crew.engine.start(machine.name)


def _spec(crew: Crew, lease: Lease, machine: Assigned) -> MachineSpec:
    """Only a member that begins the service makes data of its own; the others, and what is made anew, copy it."""
    row = crew.subject.row
    in_front = machine.role == MachineRole.FRONT
    begins = machine.name == crew.ensemble.first and row.ready_at is None
    limits = IN_FRONT if in_front else crew.blueprint.limits(row.size)
    return MachineSpec(
        name=machine.name,
        image=machine.image,
        limits=limits,
        address=machine.address,
        labels={"instance": str(row.id), "epoch": str(lease.epoch), "role": machine.role},
        host=machine.host or None,
        private=network_of(crew.subject),
        environment={} if begins else {"SOUK_ROLE": "front" if in_front else "copy"},
    )


def guard(crew: Crew) -> None:
    """The list of who may reach the service holds in front; nobody but the platform reaches the members past it."""
    row = crew.subject.row
    guarding.guard(crew.guest(crew.front), row)
    for one in crew.members:
        guarding.let_in(crew.guest(one), row.site_id, [])


def configure(crew: Crew, machine: Assigned, credentials: Credentials, certificate: ServerCertificate) -> None:
    """Bring a machine to what is wanted of it."""
    guest, wanted = crew.guest(machine), crew.wanted(machine)
    if machine.role == MachineRole.FRONT:
        crew.availability.front(guest, wanted)
    else:
        crew.blueprint.configure(guest, wanted, credentials, certificate)


def keep_history(crew: Crew, machine: Assigned) -> None:
    """Let a member that follows keep the history in the instance's repository from when it leads, if there is one."""
    archivist, instance = crew.blueprint.archivist, crew.subject.row.id
    if archivist is not None and repositories.is_kept(instance):
        repository = repositories.open_repository(instance, crew.engine)
        archivist.attach(crew.guest(machine), crew.wanted(machine), repository)
