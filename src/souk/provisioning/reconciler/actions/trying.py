"""A service's data on a machine that is thrown away: its newest backup, with all that was written since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop

from souk.kernel import secrets
from souk.provisioning.contract import Archivist, ConfigurationFailed, Credentials, Guest, ServerCertificate, Wanted
from souk.provisioning.reconciler import filling, guarding, trials
from souk.provisioning.reconciler.actions.work import Work
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.repositories import open_repository
from souk.sites import authority, certificates


@dataclass(frozen=True)
class Trial:
    """The service on its machine of the trial, where it runs with credentials that nobody has."""

    work: Work
    machine: str
    guest: Guest
    wanted: Wanted

    def begin(self) -> Trial:
        """Let the service run on what was restored, and configure it; returns it so.

        Raises:
            ConfigurationFailed: it does not answer.
        """
        archivist = self.work.blueprint.archivist
        with self.work.step("configure", 50, gettext_noop("The service is configured.")):
            if archivist is None or not archivist.replaces_system:
                return self.configure()
            filling.run_on_it(self.work.engine, self.machine, archivist)
            wanted, credentials, authority = self._configured()
            health = self.work.blueprint.probe(wanted, credentials, authority)
            if not health.ok:
                raise ConfigurationFailed(health.detail)
            return replace(self, wanted=wanted)

    def configure(self, **parameters: Any) -> Trial:
        """Configure the service, with some parameters changed; returns it so."""
        return replace(self, wanted=self._configured(**parameters)[0])

    def _configured(self, **parameters: Any) -> tuple[Wanted, Credentials, str]:
        """As what it was configured, with whose credentials, and who signed its certificate (PEM)."""
        wanted = replace(self.wanted, parameters={**self.wanted.parameters, **parameters})
        ca = authority.unlock(self.work.subject.row.site_id)
        issued = certificates.issue(ca, wanted.hostname, wanted.address)
        certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
        credentials = self.work.blueprint.credentials(wanted.parameters, secrets.new_password())
        self.work.blueprint.configure(self.guest, wanted, credentials, certificate)
        return wanted, credentials, ca.certificate


@contextmanager
def restored(work: Work, archivist: Archivist, mark: str = "") -> Iterator[Trial]:
    """The service, restored (to a mark, or whole) beside itself, for as long as the block takes.

    What a killed attempt left is thrown away by the next one.

    Raises:
        ConfigurationFailed.
    """
    row = work.subject.row
    try:
        with work.step("create", 15, gettext_noop("A machine for the trial is made.")):
            machine = trials.begin(work.engine, work.subject, work.blueprint, work.lease.epoch)
        guest = MachineGuest(work.engine, machine.name)
        guarding.guard(guest, row)
        # Alone, also where the service runs on several machines: the trial must not take a place among them.
        trial = Trial(work, machine.name, guest, work.subject.wanted(machine.address))
        with work.step("restore", 40, gettext_noop("The data is restored.")):
            archivist.restore(guest, trial.wanted, open_repository(row.id, work.engine), None, mark)
        yield trial
    except ConfigurationFailed:
        trials.throw_away(work.engine, work.subject)
        raise
    with work.step("delete", 97, gettext_noop("The machine of the trial is thrown away.")):
        trials.throw_away(work.engine, work.subject)
