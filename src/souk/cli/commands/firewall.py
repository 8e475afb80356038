"""The rules of what passes between a machine and the world. They are read, changed and replaced as a whole."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from cyclopts import App, Parameter

from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import FirewallIn, FirewallRow, FirewallRuleIn

Direction = Literal["in", "out"]
Protocol = Literal["tcp", "udp", "icmp", "any"]
Confirm = Annotated[bool, Parameter(help=_("Even if I lock myself out."))]


def register(branch: App) -> None:
    """Add the commands to a branch of their own."""
    branch.command(allow, name="allow", help=_("Let something more through."))
    branch.command(forbid, name="forbid", help=_("Take a rule away, by its number."))
    branch.command(undo, name="undo", help=_("Go back to the rules before the last change."))


def listing(name: Name, /, *, context: Given) -> None:
    found = _read(context, name)
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("No."), _("Direction"), _("Protocol"), _("Ports"), _("Networks"), _("Note")],
        (
            (
                str(number),
                _("in") if row["direction"] == "in" else _("out"),
                row["protocol"],
                row["ports"] or _("all"),
                _("everyone") if row["networks"] is None else ", ".join(row["networks"]),
                row["note"],
            )
            for number, row in enumerate(found["rules"], 1)
        ),
        empty=_("Nothing is let through."),
    )


def allow(
    name: Name,
    protocol: Annotated[Protocol, Parameter(help=_("tcp, udp, icmp, or any for all of them."))],
    ports: Annotated[str, Parameter(help=_("One like 443, a range like 8000-8010; all, if not said."))] = "",
    /,
    *,
    direction: Annotated[Direction, Parameter(help=_("in to the machine, or out of it."))] = "in",
    network: Annotated[
        tuple[str, ...], Parameter(help=_("Only this address or network; may be repeated. Else everyone."))
    ] = (),
    note: Annotated[str, Parameter(help=_("What it is for."))] = "",
    confirm: Confirm = False,
    wait: Wait = False,
    context: Given,
) -> None:
    networks = [each for given in network for each in given.split(",")]
    more: FirewallRuleIn = {
        "direction": direction,
        "protocol": protocol,
        "ports": ports,
        "networks": networks or None,
        "note": note,
    }
    rules, seen = _rules(context, name)
    _replace(context, name, [*rules, more], seen, confirm, wait)


def forbid(
    name: Name,
    number: Annotated[int, Parameter(help=_("As `souk firewall` shows it."))],
    /,
    *,
    confirm: Confirm = False,
    wait: Wait = False,
    context: Given,
) -> None:
    rules, seen = _rules(context, name)
    if not 0 < number <= len(rules):
        raise Stopped(_("There is no rule {number}.").format(number=number))
    _replace(context, name, rules[: number - 1] + rules[number:], seen, confirm, wait)


def undo(name: Name, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.undo_firewall(context.service(name)["id"]), wait)


def _read(context: Context, name: str) -> FirewallRow:
    return context.client.get_firewall(context.service(name)["id"])


def _rules(context: Context, name: str) -> tuple[list[FirewallRuleIn], str]:
    """The present rules, as they are asked for, and their ETag."""
    rules = [cast(FirewallRuleIn, {**row}) for row in _read(context, name)["rules"]]
    return rules, context.client.etag


def _replace(context: Context, name: str, rules: list[FirewallRuleIn], seen: str, confirm: bool, wait: bool) -> None:
    body: FirewallIn = {"rules": rules, "confirm": confirm}
    asked = context.client.set_firewall(context.service(name)["id"], body, if_match=seen)
    finish(context, name, asked, wait)
