"""Public addresses, and which services they lead to."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import AddressRow, GivenIn

Address = Annotated[str, Parameter(help=_("A public address of the project, or its id."))]


def register(branch: App) -> None:
    """Add the commands to a branch of their own."""
    branch.command(show, name="show", help=_("The public address of a service."))
    branch.command(give, name="give", help=_("Have a service be reached at a public address."))
    branch.command(take, name="take", help=_("Take a service's public address away."))
    branch.command(release, name="release", help=_("Give back an address that leads to no service."))


def listing(*, context: Given) -> None:
    rows = _rows(context)
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Address"), _("State"), _("Service"), _("Region"), "id"],
        (
            (row["address"], formats.state(row["state"]), row["service_name"], row["region_code"], row["id"])
            for row in rows
        ),
        empty=_("There is no public address yet."),
    )


def show(name: Name, /, *, context: Given) -> None:
    row = context.client.get_service_address(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(row)
    elif row["state"] == "none":
        context.output.text(_("No public address: only the platform's network and private networks reach it."))
    else:
        context.output.fields(
            [
                (_("Address"), row["address"]),
                (_("State"), formats.state(row["state"])),
                (_("Host"), row["hostname"] or "—"),
            ]
        )


def give(
    name: Name,
    /,
    *,
    address: Annotated[str, Parameter(help=_("One that the project keeps; else a new one."))] = "",
    wait: Wait = False,
    context: Given,
) -> None:
    body: GivenIn = {"address": _address(context, address)["id"] if address else None}
    finish(context, name, context.client.give_address(context.service(name)["id"], body), wait)


def take(
    name: Name,
    /,
    *,
    keep: Annotated[bool, Parameter(help=_("The project keeps it, and goes on paying for it."))] = False,
    wait: Wait = False,
    context: Given,
) -> None:
    finish(context, name, context.client.take_address(context.service(name)["id"], keep=keep), wait)


def release(address: Address, /, *, context: Given) -> None:
    row = _address(context, address)
    context.client.release_address(row["id"])
    context.output.done(_("{address} is given back.").format(address=row["address"]))


def _address(context: Context, given: str) -> AddressRow:
    found = next((row for row in _rows(context) if given in {row["address"], row["id"]}), None)
    if found is None:
        told = _("The project has no public address {address}. `souk addresses` lists those it has.")
        raise Stopped(told.format(address=given))
    return found


def _rows(context: Context) -> list[AddressRow]:
    return context.client.list_addresses(organization=context.profile.organization or None)
