"""What an instance's machines share: their private network, their part of the site's coordination, their secret."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from souk.engines.contract import Engine
from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning import contract
from souk.provisioning.contract import ConfigurationFailed, Coordinator, Credentials, Member, Wanted
from souk.provisioning.coordination import coordination_of
from souk.provisioning.models import Endpoint, Ensemble, InstanceState
from souk.provisioning.platform import ensure_coordination
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.private import PRIVATE, network_of
from souk.provisioning.reconciler.records import WORKER, Assigned, Subject
from souk.provisioning.registry import blueprint
from souk.sites import authority

FRONT = 250
"""In the private network, members have their number as an address, and the front comes last."""


class NotCoordinated(ConfigurationFailed):
    """The site's coordination doesn't answer yet, or there is none."""


def ensure(engine: Engine, subject: Subject, members: Sequence[Assigned], front: Assigned) -> contract.Ensemble:
    """What the machines share, made and sealed before it is used. Safe to repeat.

    Raises:
        NotCoordinated, ConfigurationFailed, EngineError.
    """
    row = _row(subject)
    if row.granted_at is None:
        engine.ensure_network(row.network)
        served, guest, wanted = _coordination(row.coordination_id, engine)
        binder = blueprint(served.row.blueprint).binder
        assert binder is not None, "coordination gives each service its keys as a binding"
        # What other members wrote before, of a history that these do not have, would keep them from beginning.
        binder.revoke(guest, wanted, row.username)
        binder.grant(guest, wanted, Credentials(row.username, _open(row, "password"), row.prefix))
        with acting(WORKER):
            Ensemble.objects.filter(id=row.id).update(granted_at=clock.now())
    return _opened(row, members, front)


def is_shared(subject: Subject) -> bool:
    """Whether an instance's machines share something, or did."""
    return _known(subject) is not None


def forget(engine: Engine, subject: Subject) -> None:
    """Give up the private network and the part of the coordination, whose keys are deleted. Safe to repeat.

    Raises:
        NotCoordinated: the keys can't be deleted now. EngineError.
    """
    engine.delete_network(network_of(subject))
    withdraw(engine, subject)
    with acting(WORKER):
        Ensemble.objects.filter(instance=subject.row).update(sealed_password=b"", sealed_secret=b"")


def withdraw(engine: Engine, subject: Subject) -> None:
    """Give up the part of the coordination, whose keys are deleted: the machines agree on nothing any more. Safe to
    repeat.

    Raises:
        NotCoordinated: the keys can't be deleted now. EngineError.
    """
    row = _known(subject)
    if row is None or row.granted_at is None:
        return
    served, guest, wanted = _coordination(row.coordination_id, engine)
    binder = blueprint(served.row.blueprint).binder
    assert binder is not None, "coordination gives each service its keys as a binding"
    binder.revoke(guest, wanted, row.username)
    with acting(WORKER):
        Ensemble.objects.filter(id=row.id).update(granted_at=None)


def _known(subject: Subject) -> Ensemble | None:
    with acting(WORKER):
        return Ensemble.objects.filter(instance=subject.row).first()


def _opened(row: Ensemble, members: Sequence[Assigned], front: Assigned) -> contract.Ensemble:
    with acting(WORKER):
        endpoint = Endpoint.objects.get(instance_id=row.coordination_id)
        site = row.coordination.site_id
    return contract.Ensemble(
        members=[Member(one.name, f"{PRIVATE}{one.number}") for one in members],
        front=Member(front.name, f"{PRIVATE}{FRONT}"),
        first=next((one.name for one in members if one.number == row.first), members[0].name),
        coordinator=Coordinator(
            host=endpoint.hostname,
            address=endpoint.address,
            port=endpoint.port,
            username=row.username,
            prefix=row.prefix,
            authority=authority.certificate(site),
            password=_open(row, "password"),
        ),
        secret=_open(row, "secret"),
    )


def _row(subject: Subject) -> Ensemble:
    instance, found = subject.row, _known(subject)
    if found is not None:
        return found
    coordination = coordination_of(instance.site_id)
    if coordination is None:
        ensure_coordination(instance.site_id)
        raise NotCoordinated("the site's coordination has just begun")
    served = records.load(coordination)
    binder = blueprint(served.row.blueprint).binder
    assert binder is not None, "coordination gives each service its keys as a binding"
    made = binder.binding(served.wanted(""), instance.label.replace("-", "_"), secrets.new_password())
    ring = secrets.ring("master")
    with acting(WORKER):
        return Ensemble.objects.create(
            organization_id=instance.organization_id,
            instance=instance,
            coordination_id=coordination,
            network=network_of(subject),
            username=made.username,
            prefix=made.database,
            sealed_password=ring.seal(made.password.encode(), _context(instance.id, "password")),
            sealed_secret=ring.seal(secrets.new_password(48).encode(), _context(instance.id, "secret")),
            created_at=clock.now(),
        )


def _coordination(instance: UUID, engine: Engine) -> tuple[Subject, MachineGuest, Wanted]:
    served = records.load(instance)
    if served.machine is None or served.row.state != InstanceState.READY:
        raise NotCoordinated("the site's coordination is not ready")
    return served, MachineGuest(engine, served.machine.name), served.wanted(served.machine.address)


def _open(row: Ensemble, what: str) -> str:
    sealed = row.sealed_password if what == "password" else row.sealed_secret
    return secrets.ring("master").open(bytes(sealed), _context(row.instance_id, what)).decode()


def _context(instance: UUID, what: str) -> str:
    return f"ensemble:{instance}:{what}"
