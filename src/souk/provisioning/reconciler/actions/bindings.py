"""Credentials made, changed, rotated and revoked in a running service. They are sealed and recorded before they are
used.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_noop

from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning.contract import Binder, BindingRole, Credentials
from souk.provisioning.models import Binding, OperationState
from souk.provisioning.reconciler.actions import admitting
from souk.provisioning.reconciler.actions.work import Asked, Work, reached, settle
from souk.provisioning.reconciler.records import WORKER

_NUMBER = re.compile(r"_\d+$")


def grant(work: Work, asked: Asked) -> None:
    """Make a new binding's credentials."""
    binding = _binding(work, asked)
    if binding is None:
        settle(work, asked, OperationState.CANCELLED)
        return
    with work.step("prepare", 20, gettext_noop("A password is made and sealed.")):
        credentials = _prepared(work, binding)
    with work.step("grant", 90, gettext_noop("The credentials work.")):
        admitting.grant(work, credentials, BindingRole(binding.role))
    with acting(WORKER):
        Binding.objects.filter(id=binding.id).update(granted_at=clock.now())
        settle(work, asked, OperationState.SUCCEEDED, username=credentials.username)


def rotate(work: Work, asked: Asked) -> None:
    """Make a binding's next credentials, put them in place, and let the former ones work on for a while.

    Without an overlap it is done only when the former ones work no more: they may have leaked.
    """
    binding = _binding(work, asked)
    if binding is None:
        settle(work, asked, OperationState.CANCELLED)
        return
    result = asked.result or _put_in_place(work, asked, binding)
    end_overlaps(work)
    settle(work, asked, OperationState.SUCCEEDED, **result)


def _put_in_place(work: Work, asked: Asked, binding: Binding) -> dict[str, str]:
    with work.step("prepare", 20, gettext_noop("A password is made and sealed.")):
        credentials = _next(work, binding)
    with work.step("grant", 70, gettext_noop("The credentials work.")):
        admitting.grant(work, credentials, BindingRole(binding.role))
    now = clock.now()
    until = now + timedelta(seconds=asked.details["overlap_seconds"])
    result = {
        "username": credentials.username,
        "former_username": binding.username,
        "former_until": until.isoformat(),
    }
    with acting(WORKER):
        reached(work, asked, **result)
        Binding.objects.filter(id=binding.id).update(
            username=credentials.username,
            database=credentials.database,
            sealed_password=binding.sealed_next_password,
            next_username="",
            sealed_next_password=None,
            former_username=binding.username,
            former_until=until,
            granted_at=now,
            rotated_at=now,
        )
    return result


def reset(work: Work, asked: Asked) -> None:
    """Give a binding's user another password; who is signed in with the present one is cut off."""
    binding = _binding(work, asked)
    if binding is None:
        settle(work, asked, OperationState.CANCELLED)
        return
    with work.step("prepare", 20, gettext_noop("A password is made and sealed.")):
        credentials = _next(work, binding, binding.username)
    with work.step("grant", 90, gettext_noop("The credentials work.")):
        admitting.grant(work, credentials, BindingRole(binding.role))
    with acting(WORKER):
        Binding.objects.filter(id=binding.id).update(
            sealed_password=binding.sealed_next_password,
            next_username="",
            sealed_next_password=None,
            rotated_at=clock.now(),
        )
        settle(work, asked, OperationState.SUCCEEDED, username=binding.username)


def entitle(work: Work, asked: Asked) -> None:
    """Let a binding's credentials, the former ones included, do something else or somewhere else."""
    binding = _binding(work, asked)
    if binding is None:
        settle(work, asked, OperationState.CANCELLED)
        return
    role, database = BindingRole(asked.details["role"]), asked.details["database"]
    present = Credentials(binding.username, _open(binding, bytes(binding.sealed_password)), database)
    with work.step("entitle", 90, gettext_noop("The credentials have their new privileges.")):
        if binding.former_username:
            admitting.revoke(work, binding.former_username)
        admitting.grant(work, present, role)
    with acting(WORKER):
        Binding.objects.filter(id=binding.id).update(
            role=role, database=database, former_username="", former_until=None
        )
        settle(work, asked, OperationState.SUCCEEDED, role=role, database=database)


def revoke(work: Work, asked: Asked) -> None:
    """Make a binding's credentials, the former ones included, work no more."""
    binding = _binding(work, asked)
    if binding is None:
        settle(work, asked, OperationState.CANCELLED)
        return
    with work.step("revoke", 90, gettext_noop("The credentials work no more.")):
        for username in filter(None, (binding.username, binding.former_username, binding.next_username)):
            admitting.revoke(work, username)
    with acting(WORKER):
        Binding.objects.filter(id=binding.id).update(
            revoked_at=clock.now(), sealed_password=b"", sealed_next_password=None
        )
        settle(work, asked, OperationState.SUCCEEDED, username=binding.username)


def end_overlaps(work: Work) -> None:
    """Make credentials work no more whose time after a rotation is over."""
    with acting(WORKER):
        due = list(
            Binding.objects.filter(
                instance=work.subject.row, revoked_at__isnull=True, former_until__lte=clock.now()
            ).values_list("id", "former_username")
        )
    for identifier, username in due:
        with work.step("revoke", 95, gettext_noop("The former credentials work no more.")):
            admitting.revoke(work, username)
        with acting(WORKER):
            work.lease.hold()
            Binding.objects.filter(id=identifier, former_username=username).update(
                former_username="", former_until=None
            )


def _binder(work: Work) -> Binder:
    binder = work.blueprint.binder
    assert binder is not None, "commands ask only services that can have bindings"
    return binder


def _binding(work: Work, asked: Asked) -> Binding | None:
    with acting(WORKER):
        return Binding.objects.filter(
            instance=work.subject.row, name=asked.details["binding"], revoked_at__isnull=True
        ).first()


def _prepared(work: Work, binding: Binding) -> Credentials:
    """The binding's own credentials: those that a killed attempt sealed, or fresh ones."""
    if binding.sealed_password:
        return Credentials(binding.username, _open(binding, bytes(binding.sealed_password)), binding.database)
    made = _made(work, binding.name, binding.database)
    with acting(WORKER):
        Binding.objects.filter(id=binding.id).update(
            username=made.username, database=made.database, sealed_password=_seal(binding, made.password)
        )
    return made


def _next(work: Work, binding: Binding, username: str = "") -> Credentials:
    """The credentials that are to follow the binding's own, under this name or one that no binding of the service ever
    had: those that a killed attempt at the same thing sealed, or fresh ones.
    """
    if binding.sealed_next_password is not None and (binding.next_username == binding.username) == bool(username):
        password = _open(binding, bytes(binding.sealed_next_password))
        return Credentials(binding.next_username, password, binding.database)
    if username:
        made = Credentials(username, secrets.new_password(), binding.database)
    else:
        made = _made(work, _unused(work, binding), binding.database)
    binding.next_username, binding.sealed_next_password = made.username, _seal(binding, made.password)
    with acting(WORKER):
        binding.save(update_fields=["next_username", "sealed_next_password"])
    return made


def _unused(work: Work, binding: Binding) -> str:
    with acting(WORKER):
        rows = Binding.objects.filter(instance=work.subject.row).values_list("username", "former_username")
        taken = {username for row in rows for username in row}
    base = _NUMBER.sub("", binding.username)
    return next(name for name in (f"{base}_{number}" for number in itertools.count(2)) if name not in taken)


def _made(work: Work, name: str, database: str) -> Credentials:
    made = _binder(work).binding(work.wanted, name, secrets.new_password())
    return replace(made, database=database) if database else made


def _seal(binding: Binding, password: str) -> bytes:
    return secrets.ring("master").seal(password.encode(), _context(binding))


def _open(binding: Binding, sealed: bytes) -> str:
    return secrets.ring("master").open(sealed, _context(binding)).decode()


def _context(binding: Binding) -> str:
    return f"binding:{binding.instance_id}:{binding.name}"
