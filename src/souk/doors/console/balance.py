"""A load balancer: its pools with each member as it was seen, and where it listens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.way import to_service
from souk.doors.console.words import Text
from souk.kernel.errors import Problem
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.contract import LISTENERS, POOLS
from souk.provisioning.networks import attachment
from souk.provisioning.registry import blueprint
from souk.ui.parts import Crumb

#: A member's standing: how it is called, and its tone.
STANDINGS: Mapping[str, tuple[Text, str]] = {
    "up": (pgettext_lazy("member", "well"), "ok"),
    "down": (pgettext_lazy("member", "not well"), "bad"),
    "resting": (pgettext_lazy("member", "in maintenance"), "idle"),
    "unknown": (pgettext_lazy("member", "not seen yet"), "idle"),
    "absent": (pgettext_lazy("member", "not in the network"), "warn"),
}
#: What the last check found.
RESULTS: Mapping[str, Text] = {
    "answered": gettext_lazy("It answers as expected."),
    "refused": gettext_lazy("Nobody answers at this port."),
    "silent": gettext_lazy("It does not answer in time."),
    "tls": gettext_lazy("Its TLS or its certificate does not hold."),
    "status": gettext_lazy("It answers with another status than expected:"),
    "garbage": gettext_lazy("What it says is no answer."),
    "none": "",
}
ABSENT = gettext_lazy("There is no such service in the private network: nothing leads to it.")
MODES: Mapping[str, Text] = {
    "active": pgettext_lazy("member", "takes its share"),
    "draining": pgettext_lazy("member", "takes nothing new"),
    "maintenance": pgettext_lazy("member", "takes nothing"),
}


@dataclass(frozen=True)
class Shown:
    """A member as it is shown: how it stands, in words, and why."""

    row: queries.PoolMemberRow
    word: Text
    tone: str
    why: Text
    mode: Text


@dataclass(frozen=True)
class Pool:
    """A pool with all that was chosen of it, and who leads to it."""

    name: str
    protocol: str
    algorithm: str
    members: list[Shown]
    used: list[int]


@require_safe
@member_page
def balance(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Who is behind it and how they are, and where it listens."""
    row, found = queries.service(desk.scope, service), queries.balance(desk.scope, service)
    chosen = whole(row, queries.asked_parameters(desk.scope, service))
    context = {
        "service": row,
        "found": found,
        "pools": _pools(found, chosen),
        "listeners": [
            {**each, "word": _title("listeners", "protocol", each["protocol"], row)} for each in chosen[LISTENERS]
        ],
        "inside": attachment(desk.scope, service),
        "moving": live.moves(row) or found.changing,
        "here": reverse("balance", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired == "running",
        "breadcrumbs": [*to_service(row), Crumb(_("Pools and listeners"))],
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/balance.html" if part else "console/balance.html", context)


@require_POST
@member_page
def change(request: HttpRequest, desk: Desk, service: UUID, pool: str) -> HttpResponse:
    """Have a member take its share, nothing new, or nothing; or be none any more."""
    member, mode = request.POST.get("member", ""), request.POST.get("mode", "")
    try:
        if mode == "remove":
            commands.remove_member(desk.scope, service, pool, member)
        else:
            commands.change_member(desk.scope, service, pool, member, mode=mode)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("This takes effect within moments, without a dropped connection."))
    return redirect("balance", service)


def rules(row: queries.ServiceRow, name: str) -> Mapping[str, Any]:
    """What may be said of a listener, or of a pool, as a JSON Schema."""
    found: Mapping[str, Any] = blueprint(row.blueprint).schema()["properties"][name]["items"]
    return found


def whole(row: queries.ServiceRow, asked: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Listeners and pools, with what holds where nothing was said."""
    schema = blueprint(row.blueprint).schema()["properties"]
    return {
        name: [{**_usual(rules(row, name)), **each} for each in asked.get(name, schema[name]["default"])]
        for name in (LISTENERS, POOLS)
    }


def _usual(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each["default"] for name, each in rule["properties"].items() if "default" in each}


def _pools(found: queries.BalanceRow, chosen: Mapping[str, list[dict[str, Any]]]) -> list[Pool]:
    told = {each["name"]: each for each in chosen[POOLS]}
    leading = {
        each.name: [port["port"] for port in chosen[LISTENERS] if _leads(port, each.name)] for each in found.pools
    }
    return [
        Pool(
            each.name,
            told[each.name]["protocol"].upper(),
            told[each.name]["algorithm"],
            [_shown(member) for member in each.members],
            leading[each.name],
        )
        for each in found.pools
    ]


def _leads(listener: Mapping[str, Any], pool: str) -> bool:
    return pool in (listener["pool"], *(line.split()[-1] for line in listener["routes"]))


def _shown(row: queries.PoolMemberRow) -> Shown:
    word, tone = STANDINGS[row.standing]
    why: Text = ABSENT if row.standing == "absent" else RESULTS[row.result]
    if row.result == "status" and row.status:
        why = f"{RESULTS['status']} {row.status}"
    return Shown(row, word, tone, "" if row.standing in ("up", "resting") else why, MODES[row.mode])


def _title(part: str, name: str, value: str, row: queries.ServiceRow) -> str:
    options = rules(row, part)["properties"][name]["oneOf"]
    return next((_(each["title"]) for each in options if each["const"] == value), value)
