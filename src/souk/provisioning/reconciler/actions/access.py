"""Who may reach a running service. The list that is recorded is the one that holds."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from souk.kernel.scope import acting
from souk.provisioning.models import OperationState, ServiceInstance
from souk.provisioning.reconciler import exposing, guarding
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER


def allow(work: Work, asked: Asked) -> None:
    """Let another list take effect, and record it."""
    row, networks = work.subject.row, asked.details["networks"]
    with work.step("allow", 90, gettext_noop("The list is in force.")):
        guarding.let_in(work.entrance[0], row.site_id, networks)
        assert work.subject.faces is not None, "a running service has a machine that clients connect to"
        exposing.change(work.engine, work.subject, work.subject.faces, allowed=networks)
    with acting(WORKER):
        ServiceInstance.objects.select_for_update().filter(id=row.id).update(allowed=networks)
        settle(work, asked, OperationState.SUCCEEDED)
