"""What passes between a machine of a customer's own and the world: its rules are replaced as a whole."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from souk.kernel.meanwhile import unchanged
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors, rules
from souk.provisioning.addresses import asked_rules
from souk.provisioning.commands.operations import alive, wish
from souk.provisioning.models import Operation, OperationKind, OperationState, PublicAddress, ServiceInstance
from souk.provisioning.registry import blueprint
from souk.provisioning.rules import Direction, Rule

_SSH = 22


def set_rules(
    scope: Scope, instance: UUID, given: Sequence[Rule], *, asker: str = "", confirmed: bool = False, seen: str = ""
) -> UUID:
    """Ask for these rules, and no others, to hold for a machine: live, and for connections that are there already.
    Returns the operation, which tells what was before.

    Rules by which `asker`, the address of whoever asks, would be kept from SSH need `confirmed`. `seen` is the mark of
    the rules that the caller saw.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NoFirewall, TooManyRules, MailFromSharedAddress,
        LocksYouOut, ChangedMeanwhile.
    """
    with acting(scope):
        row = _machine(scope, instance)
        unchanged(seen, asked_rules(scope, instance))
        told = rules.checked(given)
        public = PublicAddress.objects.filter(instance=row, detached_at__isnull=True).exists()
        if not public and any(_names_mail(each) for each in given):
            raise errors.MailFromSharedAddress(name=row.name)
        if public and not confirmed and not _lets_in(given, asker):
            raise errors.LocksYouOut(address=asker)
        return _wish(scope, row, told)


def undo_rules(scope: Scope, instance: UUID, *, seen: str = "") -> UUID:
    """Ask for the rules to hold again that did before the last change of them: the one that led to what the caller has
    `seen`. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NoFirewall, NothingToUndo, ChangedMeanwhile.
    """
    with acting(scope):
        row = _machine(scope, instance)
        unchanged(seen, asked_rules(scope, instance))
        changes = Operation.objects.filter(instance=row, kind=OperationKind.FIREWALL)
        last = changes.exclude(state__in=[OperationState.CANCELLED, OperationState.FAILED]).order_by("-id").first()
        if last is None:
            raise errors.NothingToUndo(name=row.name)
        return _wish(scope, row, last.details["before"])


def _machine(scope: Scope, instance: UUID) -> ServiceInstance:
    row = alive(scope, instance)
    if not blueprint(row.blueprint).own_rules:
        raise errors.NoFirewall
    return row


def _wish(scope: Scope, row: ServiceInstance, told: Sequence[Mapping[str, Any]]) -> UUID:
    """What was asked for last, and is still to take effect, is what will have been before."""
    coming = Operation.objects.filter(
        instance=row, kind=OperationKind.FIREWALL, state__in=[OperationState.QUEUED, OperationState.RUNNING]
    )
    last = coming.order_by("-id").first()
    before = last.details["rules"] if last else rules.checked(rules.recorded(row.firewall))
    return wish(scope, row, OperationKind.FIREWALL, {"rules": list(told), "before": before})


def _names_mail(rule: Rule) -> bool:
    return rule.direction == Direction.OUT and rule.first == rule.last == rules.MAIL


def _lets_in(given: Sequence[Rule], asker: str) -> bool:
    """Whether an address gets to a machine's SSH; one that rules can't speak of is not kept out by them."""
    try:
        address = ipaddress.IPv4Address(asker)
    except ValueError:
        return True
    if address.is_loopback:
        return True
    return any(
        each.direction == Direction.IN
        and each.protocol in ("tcp", "any")
        and (each.first is None or each.first <= _SSH <= (each.last or each.first))
        and (each.networks is None or any(address in ipaddress.IPv4Network(one) for one in each.networks))
        for each in given
    )
