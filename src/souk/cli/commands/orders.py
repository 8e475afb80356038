"""Placing and following orders."""

from __future__ import annotations

import time
import uuid
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats, parameters
from souk.cli.commands import networks
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.cli.progress import PAUSE, follow
from souk.client.models import OrderIn, OrderRow

_OPEN = {"placed", "provisioning"}


def place(
    offering: Annotated[str, Parameter(help=_("The offering, as `souk market` lists it."))],
    /,
    *,
    plan: Annotated[str, Parameter(help=_("The size."))],
    region: Annotated[str, Parameter(help=_("Where it shall run."))],
    name: Annotated[str, Parameter(help=_("What you call it."))],
    parameter: Annotated[
        tuple[str, ...],
        Parameter(
            name=["--parameter", "-p"],
            help=_("key=value; may be repeated. Commas separate several values."),
        ),
    ] = (),
    extra_disk: Annotated[int, Parameter(help=_("Disk beyond the plan, in GiB."))] = 0,
    network: Annotated[
        str, Parameter(help=_("The private network it is in: a name, an id, or default for the project's first."))
    ] = "",
    public_address: Annotated[
        bool, Parameter(help=_("Have it be reached from outside of the platform, at an address of its own."))
    ] = False,
    wait: Annotated[bool, Parameter(help=_("Wait until the service is ready."))] = False,
    organization: Annotated[str, Parameter(help=_("Who orders, if you belong to several: an id."))] = "",
    project: Annotated[str, Parameter(help=_("The project's id, if not the first."))] = "",
    marketplace: Annotated[str, Parameter(help=_("The market place's name."))] = "public",
    key: Annotated[str, Parameter(help=_("An idempotency key: with the same one, it is the same order."))] = "",
    context: Given,
) -> None:
    offered = context.client.get_offering(marketplace, offering)
    body: OrderIn = {
        "offering": offering,
        "plan": plan,
        "region": region,
        "name": name,
        "marketplace": marketplace,
        "parameters": parameters.read(parameter, offered["parameters"]),
        "organization": organization or context.profile.organization or None,
        "project": project or None,
    }
    if extra_disk:
        body["extra_gib"] = extra_disk
    if network:
        body["network"] = networks.identifier(context, network)
    if public_address:
        body["public_address"] = True
    placed = context.client.place_order(body, key=key or str(uuid.uuid4()))
    order = context.client.get_order(placed["id"])
    if not context.output.as_json:
        context.output.text(_("Order {number} is placed.").format(number=order["number"]))
    if wait:
        await_order(context, order)
    elif context.output.as_json:
        context.output.data(order)
    else:
        context.output.text(_("Follow it with: souk operations {name} --watch").format(name=name))


def await_order(context: Context, order: OrderRow) -> None:
    """Follow the creation, then wait for the order to close.

    Raises:
        Stopped: it was not fulfilled.
    """
    started = time.monotonic()
    operations = context.client.list_operations(order["instance_id"])
    if operations:
        follow(context, operations[-1]["id"])
    order = closed(context, order["id"])
    if order["state"] != "fulfilled":
        raise Stopped(
            _("Order {number} is {state}. {reason}")
            .format(number=order["number"], state=formats.word(order["state"]), reason=order["reason"])
            .strip()
        )
    seconds = formats.duration(time.monotonic() - started)
    name = order["service_name"]
    said = _("“{name}” is ready after {seconds}. Connect with: souk connect {name}")
    if not context.output.as_json and context.client.list_parts(order["instance_id"]):
        said = _("“{name}” is ready after {seconds}. See what it is made of: souk stacks parts {name}")
    context.output.done(said.format(name=name, seconds=seconds), order)


def closed(context: Context, order: str) -> OrderRow:
    """The order, when it is fulfilled, failed or cancelled."""
    while (row := context.client.get_order(order))["state"] in _OPEN:
        time.sleep(PAUSE / 2)
    return row


def listing(*, context: Given) -> None:
    rows = list(context.client.list_orders(organization=context.profile.organization or None))
    if context.output.as_json:
        context.output.data({"items": rows, "next": None})
        return
    context.output.table(
        [Right(_("Number")), _("Offering"), _("Plan"), _("Region"), _("Service"), _("State"), _("Placed"), "id"],
        (
            (
                str(row["number"]),
                row["offering_name"],
                row["plan_key"],
                row["region_code"],
                row["service_name"],
                formats.state(row["state"]),
                formats.moment(row["placed_at"]),
                row["id"],
            )
            for row in rows
        ),
        empty=_("Nothing was ordered yet."),
    )


def cancel(order: Annotated[str, Parameter(help=_("The order's id or number."))], /, *, context: Given) -> None:
    if order.isdigit():
        found = [row["id"] for row in context.client.list_orders() if str(row["number"]) == order]
        if not found:
            raise Stopped(_("There is no order {number}.").format(number=order))
        order = found[0]
    context.client.cancel_order(order)
    context.output.done(_("The order is cancelled; nothing is charged."))
