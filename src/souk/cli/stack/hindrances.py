"""Why something of a file can't be done, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator

from souk.cli.language import _
from souk.cli.stack.changes import ADDRESS, Change
from souk.cli.stack.parts import Service, There
from souk.client.models import OfferingOut

_ON_MACHINE = frozenset({"parameters", "bindings", "access", "firewall"})
"""What can't be done to a service that is stopped."""


def unsold(wanted: Service, offering: OfferingOut) -> str:
    """Why this can't be ordered, as far as the offering tells."""
    plans = [each["key"] for each in offering["plans"]]
    if wanted["plan"] not in plans:
        return _("There is no plan “{plan}”. There are: {plans}.").format(plan=wanted["plan"], plans=", ".join(plans))
    sold = next(each for each in offering["plans"] if each["key"] == wanted["plan"])
    if wanted.get("public_address") and ADDRESS not in sold["tiers"]:
        return _unreached()
    return next(_unfit(wanted, offering), "")


def _unreached() -> str:
    return _("This offering is sold without public addresses.")


def _unfit(wanted: Service, offering: OfferingOut) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    properties = offering["parameters"].get("properties", {})
    for key, value in wanted.get("parameters", {}).items():
        if key not in properties:
            known = ", ".join(sorted(properties)) or "—"
            yield _("There is no parameter “{key}”. There are: {known}.").format(key=key, known=known)
        elif not Draft202012Validator(properties[key]).is_valid(value):
            said = _("“{text}” is not right for the parameter “{key}”, which is of type {kind}.")
            yield said.format(text=value, key=key, kind=properties[key].get("type", ""))


def hindered(change: Change, wanted: Service, there: There) -> str:
    """Why a part of a service can't be otherwise."""
    now, key = there.service, change.key.partition(".")[0]
    if key == "firewall" and now["firewall"] is None:
        return _("This kind of service has no rules of its own. Say in access who may reach it.")
    if key == "running" and now["running"] is None:
        return _("Its operator keeps it from running.")
    if key == "public_address" and change.after and ADDRESS not in there.price.get("tiers", {}):
        return _unreached()
    return asleep(wanted, now) if key in _ON_MACHINE else ""


def asleep(wanted: Service, now: Service) -> str:
    """Why nothing can be done on a machine that is to stay stopped."""
    if now["running"] is False and not wanted.get("running"):
        return _("It is stopped, and this is done to a service that runs. Say running: true.")
    return ""
