"""Where machines stand: the operator's hosts, and machines that go from one to another."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from souk.cli import formats
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _, n_
from souk.client.models import HostIn, HostRow

Host = Annotated[str, Parameter(help=_("The host's name."))]

_STAYING = {
    "no_room": n_("no other host has room for it"),
    "passing": n_("it comes and goes by itself"),
    "waiting": n_("it waits for an order, and is made elsewhere instead"),
}


def register(branch: App) -> None:
    """Add the commands to the operator's."""
    branch.command(hosts, name="hosts", help=_("Every host of the sites."))
    branch.command(standing, name="standing", help=_("What stands on a host."))
    branch.command(host, name="host", help=_("Open a host to new machines or close it, say where it is."))
    branch.command(evacuate, name="evacuate", help=_("Close a host, and have every service leave it."))
    branch.command(ranges, name="ranges", help=_("Ranges of public addresses."))
    branch.command(add_range, name="add-range", help=_("Give out the public addresses of one more range."))
    branch.command(withdraw_range, name="withdraw-range", help=_("Give out the addresses of a range no more."))
    branch.command(move, name="move", help=_("Have a machine stand on another host."))


def hosts(*, context: Given) -> None:
    rows = context.client.operator_sites()["hosts"]
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Host"), _("State"), _("Rack"), _("Power domain"), _("Memory"), _("Disk"), "id"],
        (
            (
                row["name"],
                state(row),
                row["rack"],
                row["power_domain"],
                formats.size(row["memory"]),
                formats.size(row["disk"]),
                row["id"],
            )
            for row in rows
        ),
        empty=_("The engine has not been seen yet."),
    )


def standing(name: Host, /, *, context: Given) -> None:
    found = context.client.operator_host(_found(context, name))
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Machine"), _("Service"), _("State"), _("Move")],
        (
            (row["machine"], row["service"], formats.word(row["state"]), formats.word(row["move"]))
            for row in found["machines"]
        ),
        empty=_("Nothing stands there."),
    )


def host(
    name: Host,
    /,
    *,
    takes: Annotated[Literal["yes", "no"] | None, Parameter(help=_("Whether it takes new machines."))] = None,
    rack: Annotated[str | None, Parameter(help=_("The rack's name."))] = None,
    power_domain: Annotated[str | None, Parameter(help=_("What feeds the rack."))] = None,
    context: Given,
) -> None:
    opened = None if takes is None else takes == "yes"
    told: HostIn = {}
    if opened is not None:
        told["open"] = opened
    if rack is not None:
        told["rack"] = rack
    if power_domain is not None:
        told["power_domain"] = power_domain
    context.client.change_host(_found(context, name), told)
    context.output.done(_("Changed."), told)


def evacuate(name: Host, /, *, context: Given) -> None:
    asked = context.client.evacuate_host(_found(context, name))
    if context.output.as_json:
        context.output.data(asked)
        return
    context.output.done(_("Services that leave: {count}").format(count=len(asked["operations"])))
    if asked["staying"]:
        context.output.table(
            [_("Machine"), _("Service"), _("Why it stays")],
            ((row["machine"], row["service"], _(_STAYING.get(row["why"], row["why"]))) for row in asked["staying"]),
            empty="",
        )


def move(
    machine: Annotated[str, Parameter(help=_("The machine's name, as `souk operator machines` shows it."))],
    /,
    *,
    to: Annotated[str, Parameter(help=_("The host's name; the best there is, if not said."))] = "",
    context: Given,
) -> None:
    asked = context.client.move_machine(machine, {"to": to})
    context.output.done(_("Asked for: {identifier}").format(identifier=asked["operation"]), asked)


def ranges(*, context: Given) -> None:
    rows = context.client.list_ranges()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Range"), _("Addresses"), _("In use"), "id"],
        ((row["network"], str(row["addresses"]), str(row["used"]), row["id"]) for row in rows),
        empty=_("No public addresses are given out yet."),
    )


def add_range(
    network: Annotated[str, Parameter(help=_("Like 203.0.113.0/24; it must be routed to the site's host."))],
    /,
    *,
    site: Annotated[str, Parameter(help=_("The site's code; the only one, if not said."))] = "",
    context: Given,
) -> None:
    rows = context.client.operator_sites()["sites"]
    found = [row["id"] for row in rows if site in ("", row["code"], row["id"])]
    if len(found) != 1:
        raise Stopped(_("Say which site: {codes}").format(codes=", ".join(row["code"] for row in rows)))
    context.client.add_range({"site": found[0], "network": network})
    context.output.done(_("{network} is given out from now on.").format(network=network))


def withdraw_range(network: Annotated[str, Parameter(help=_("The range, or its id."))], /, *, context: Given) -> None:
    rows = context.client.list_ranges()
    found = next((row for row in rows if network in (row["network"], row["id"])), None)
    if found is None:
        raise Stopped(_("There is no range {network}.").format(network=network))
    context.client.withdraw_range(found["id"])
    context.output.done(_("{network} is given out no more.").format(network=found["network"]))


def state(row: HostRow) -> str:
    """What a host does, in the reader's language."""
    if not row["online"]:
        return _("offline")
    if not row["reachable"]:
        return _("out of reach")
    return _("online") if row["open"] else _("closed")


def _found(context: Given, name: str) -> str:
    rows = context.client.operator_sites()["hosts"]
    found = [row["id"] for row in rows if name in (row["name"], row["id"])]
    if not found:
        raise Stopped(_("There is no host “{name}”.").format(name=name))
    return str(found[0])
