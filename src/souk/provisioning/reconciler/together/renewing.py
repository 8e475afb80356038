"""What is done to all machines of a highly available service: made anew or moved one after another, or left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from souk.engines.contract import Machine
from souk.provisioning.contract import ConfigurationFailed, ServerCertificate
from souk.provisioning.reconciler import machines, records, releases
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records import Assigned
from souk.provisioning.reconciler.together.crew import Crew
from souk.provisioning.reconciler.together.leaving import leave
from souk.provisioning.reconciler.together.making import configure, guard, have, keep_history
from souk.provisioning.reconciler.together.rolling import back, hand_over
from souk.sites import authority, certificates

COPIED_WITHIN = 3600.0
"""Seconds that a member has to copy the others' data."""


@dataclass(frozen=True)
class Several:
    """The machines of a service, which can be made anew or moved while it goes on, or left."""

    crew: Crew
    lease: Lease

    def outdated(self) -> Iterator[Assigned]:
        """What is not of the newest image: members that follow, then the one that leads, then the one in front. A
        member that was made and does not run as one is what a killed attempt left, and counts.
        """
        crew = self.crew
        running = {state.name for state in crew.states(crew.members) if state.running} | {crew.front.name}
        for one in self.following_first():
            if one.name not in running or not self._is_newest(one, crew.engine.machine(one.name)):
                yield one

    def following_first(self) -> Sequence[Assigned]:
        """See the contract of `Several`."""
        leader = self.crew.leader(self.crew.members)
        return [*sorted(self.crew.members, key=lambda each: each == leader), self.crew.front]

    def move(self, machine: Assigned, host: str) -> None:
        """Have a machine stand on another host; another member leads before, if this one did.

        Raises:
            ConfigurationFailed, Unhealthy, EngineError: the others go on, and it runs where it can.
        """
        crew = self.crew
        leader = crew.leader(crew.members)
        if leader is not None and leader.name == machine.name:
            hand_over(crew, leader)
        machines.relocate(crew.engine, crew.subject, machine, host)
        back(crew)

    def renew(self, machine: Assigned) -> str:
        """Delete a machine and make it anew, as one that was lost; another member leads before, if this one did.
        Returns the version that it says it is.

        Raises:
            ConfigurationFailed, Unhealthy, EngineError: the others go on, and it is made by the way to what is desired.
        """
        crew = self.crew
        if machine == crew.leader(crew.members):
            hand_over(crew, machine)
        machines.delete(crew.engine, crew.subject, machine)
        records.note_release(machine.name, "", "")
        have(crew, self.lease, replace(machine, host=records.host_of(crew.subject, machine)), None)
        guard(crew)
        credentials = records.ensure_credentials(crew.subject, crew.blueprint)
        configure(crew, machine, credentials, self._certificate())
        back(crew, COPIED_WITHIN)
        if machine == crew.front:
            return ""
        keep_history(crew, machine)
        return releases.ask(crew.engine, crew.blueprint, machine, crew.wanted(machine))

    def leave(self) -> Assigned:
        """End the service, with all of its data on the member that leads.

        Raises:
            ConfigurationFailed, EngineError: nobody leads, or it went on.
        """
        leader = self.crew.leader(self.crew.members)
        if leader is None:
            raise ConfigurationFailed("no member leads")
        leave(self.crew, leader)
        return leader

    def _certificate(self) -> ServerCertificate:
        """For the service's one address, as its other members have it."""
        crew = self.crew
        ca = authority.unlock(crew.subject.row.site_id)
        issued = certificates.issue(ca, crew.subject.hostname, crew.front.address, crew.subject.also)
        return ServerCertificate(issued.certificate, issued.key, ca.certificate)

    def _is_newest(self, machine: Assigned, observed: Machine | None) -> bool:
        if observed is None:
            return False
        newest = {each.fingerprint for each in self.crew.engine.images() if machine.image in each.aliases}
        return not newest or observed.image in newest
