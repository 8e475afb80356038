"""What passes between a machine that runs and the world. The rules that are recorded are those that hold."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from souk.kernel.scope import acting
from souk.provisioning.models import OperationState, ServiceInstance
from souk.provisioning.reconciler import exposing
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER


def change(work: Work, asked: Asked) -> None:
    """Let other rules hold, and record them."""
    row, rules = work.subject.row, asked.details["rules"]
    assert work.subject.faces is not None, "a running service has a machine that clients connect to"
    with work.step("firewall", 90, gettext_noop("The rules are in force.")):
        exposing.change(work.engine, work.subject, work.subject.faces, firewall=rules)
    with acting(WORKER):
        ServiceInstance.objects.select_for_update().filter(id=row.id).update(firewall=rules)
        settle(work, asked, OperationState.SUCCEEDED)
