"""Releases of what a running service shows: one goes live, the live one is copied to try things out, that goes live."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from souk.kernel.scope import acting
from souk.provisioning import publications
from souk.provisioning.contract import Publisher
from souk.provisioning.models import OperationState
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER


def take(work: Work, asked: Asked) -> None:
    """Have a release be live that was before, or that is newer."""
    with work.step("release", 80, gettext_noop("The release is live.")):
        _publisher(work).take(work.guest, work.wanted, int(asked.details["number"]))
    _settle(work, asked)


def stage(work: Work, asked: Asked) -> None:
    """Copy the live site to the staging one; a killed attempt that had copied is not repeated."""
    with work.step("stage", 80, gettext_noop("The staging copy is what is live.")):
        _publisher(work).stage(work.guest, work.wanted, asked.id.hex)
    _settle(work, asked)


def publish(work: Work, asked: Asked) -> None:
    """Have the staging copy be a release, and live; a killed attempt that had made it makes no other."""
    with work.step("publish", 80, gettext_noop("The staging copy is live.")):
        _publisher(work).publish(work.guest, work.wanted, asked.id.hex)
    _settle(work, asked)


def _settle(work: Work, asked: Asked) -> None:
    found = _publisher(work).published(work.guest, work.wanted)
    row = work.subject.row
    with acting(WORKER):
        publications.note(row.id, row.organization_id, found)
        settle(work, asked, OperationState.SUCCEEDED, **asked.details)


def _publisher(work: Work) -> Publisher:
    publisher = work.blueprint.publisher
    assert publisher is not None, "commands ask only services that have releases"
    return publisher
