"""A successor: another machine of a service follows the present one while that serves, and takes over from it.

Until the exchange, which is one transaction, nothing changes but for the seconds in which neither serves: a killed
attempt is thrown away, and the present machine goes on. From the exchange on the other machine is the service's, and
is made to lead by the ordinary way to what is desired. The machine before never serves again: two may not write one
history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.utils.translation import gettext_noop

from souk.engines.contract import Engine, EngineError
from souk.kernel import clock, secrets
from souk.kernel.redaction import clean
from souk.kernel.scope import acting
from souk.provisioning.contract import (
    Blueprint,
    ConfigurationFailed,
    Credentials,
    ServerCertificate,
    Succession,
    Wanted,
    Way,
)
from souk.provisioning.models import InstanceState, MachineRole, ServiceInstance
from souk.provisioning.reconciler import guarding, private, records, repositories, trials
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import WORKER, Assigned, Subject
from souk.sites import authority, certificates

log = structlog.get_logger("souk.reconciler")

Step = Callable[[str, int, str], AbstractContextManager[None]]
"""A part of the way, its progress in per cent and what is told of it when it is done (a message id)."""

Reach = Callable[[str, datetime], None]
"""Records, in the transaction of the exchange, which machine took over, and since when the one before did not serve."""


@dataclass(frozen=True)
class Successor:
    """The machine that followed, as it was wanted while it did, and what it serves with. The one before has not served
    `since`.
    """

    machine: Assigned
    guest: MachineGuest
    wanted: Wanted
    credentials: Credentials
    certificate: ServerCertificate
    certificate_until: datetime
    since: datetime


def succeed(engine: Engine, lease: Lease, subject: Subject, blueprint: Blueprint, step: Step, reach: Reach) -> None:
    """Let a machine from the newest image, of the service's size, take over.

    Raises:
        Superseded: it did; what is still to be done is done there. ConfigurationFailed, EngineError: nothing changed.
    """
    assert subject.machine is not None, "a running service has a machine"
    with followed(engine, lease, subject, blueprint, step) as successor:
        seen = [machine.address for machine in engine.machines() if machine.address]
        with acting(WORKER):
            ServiceInstance.objects.select_for_update().get(id=subject.row.id)
            lease.hold()
            # It is no way back: from the first row that is written it only has less.
            records.exchange_machines(subject, MachineRole.NEXT, clock.now(), subject.machine)
            if subject.serves_neighbours:
                records.keep_address(subject, subject.machine, seen)
            ServiceInstance.objects.filter(id=subject.row.id).update(state=InstanceState.UPDATING)
            reach(successor.machine.name, successor.since)
    raise Superseded


@contextmanager
def followed(
    engine: Engine, lease: Lease, subject: Subject, blueprint: Blueprint, step: Step, *, keeps_history: bool = True
) -> Iterator[Successor]:
    """A machine from the newest image, of the service's size, that has all that the present one wrote, which is stopped
    in the block. If that fails, the present one serves on. It goes on with the history in the repository, unless it
    `keeps_history` not.

    Raises:
        ConfigurationFailed, EngineError: nothing changed.
    """
    present, succession = subject.machine, blueprint.succession
    assert present is not None, "a running service has a machine"
    assert succession is not None, "commands ask only services that can do this"
    leader, wanted = MachineGuest(engine, present.name), subject.wanted(present.address)
    with _staying(engine, subject, succession, present):
        with step("create", 20, gettext_noop("Another machine is made.")):
            network = private.network_of(subject)
            engine.ensure_network(network)
            engine.join(present.name, network)
            machine = trials.begin(
                engine,
                subject,
                blueprint,
                lease.epoch,
                MachineRole.NEXT,
                private=network,
                environment={"SOUK_ROLE": "copy"},
            )
        follower, following = MachineGuest(engine, machine.name), replace(wanted, address=machine.address, follows=True)
        guarding.guard(follower, subject.row)
        with step("copy", 55, gettext_noop("The data is copied while the service goes on.")):
            way = Way(*private.pair(present.name, machine.name), password=secrets.new_password())
            succession.lead(leader, wanted, way)
            succession.follow(follower, following, way)
        with step("configure", 65, gettext_noop("The service is configured.")):
            credentials = records.ensure_credentials(subject, blueprint)
            ca = authority.unlock(subject.row.site_id)
            issued = certificates.issue(ca, following.hostname, following.address, subject.also)
            certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
            blueprint.configure(follower, following, credentials, certificate)
            if keeps_history and blueprint.archivist is not None and repositories.is_kept(subject.row.id):
                repository = repositories.open_repository(subject.row.id, engine)
                blueprint.archivist.attach(follower, following, repository)
        with step("follow", 80, gettext_noop("What was written meanwhile is there, too.")):
            succession.draw_near(leader, follower, following)
            trials.throw_away(engine, subject, MachineRole.FORMER)
            if (usage := engine.usage_of(present.name)) is not None:
                records.counted(subject, usage)
        since = clock.now()
        with step("hand_over", 90, gettext_noop("The machine before has ended, and the other one has all it wrote.")):
            succession.receive(follower, following, succession.hand_over(leader, wanted))
        try:
            yield Successor(machine, follower, following, credentials, certificate, issued.expires_at, since)
        except ConfigurationFailed:
            # It may have begun to serve, and two may not.
            engine.stop(machine.name, force=True)
            raise


@contextmanager
def _staying(engine: Engine, subject: Subject, succession: Succession, present: Assigned) -> Iterator[None]:
    """If what is within fails, the present machine serves on, and the other one is thrown away."""
    try:
        yield
    except (ConfigurationFailed, EngineError):
        try:
            engine.start(present.name)
            succession.stay(MachineGuest(engine, present.name), subject.wanted(present.address))
            trials.throw_away(engine, subject)
        except (ConfigurationFailed, EngineError) as error:
            # The next visit finds it as any machine that does not answer, and the next attempt throws the other away.
            log.warning("not as before", instance=str(subject.row.id), error=clean(str(error))[:300])
        raise
