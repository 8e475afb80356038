"""Snapshots of a machine's disk."""

from __future__ import annotations

import uuid
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.orders import await_order
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import RestoreIn, ServiceRow, SnapshotRow

Snapshot = Annotated[str, Parameter(help=_("The snapshot's name or id, as the list shows it."))]


def listing(name: Name, /, *, context: Given) -> None:
    found = context.client.list_snapshots(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Name"), _("As of"), Right(_("Held by it alone"))],
        ((row["name"], formats.moment(row["taken_at"]), formats.size(row["size"] or 0)) for row in found["snapshots"]),
        empty=_("There is no snapshot yet. Take one with: souk snapshots take {name} before-the-upgrade").format(
            name=name
        ),
    )


def take(
    name: Name,
    snapshot: Annotated[str, Parameter(help=_("What to call it."))],
    /,
    *,
    wait: Wait = True,
    context: Given,
) -> None:
    asked = context.client.take_snapshot(context.service(name)["id"], {"name": snapshot})
    finish(context, name, asked, wait)


def restore(name: Name, snapshot: Snapshot, /, *, yes: Yes = False, wait: Wait = True, context: Given) -> None:
    service = context.service(name)
    row = _chosen(context, service, snapshot)
    question = _("Go back to {snapshot}? What was written since is deleted.").format(snapshot=row["name"])
    _agree(context, question, yes)
    asked = context.client.roll_back(service["id"], row["id"])
    finish(context, name, asked, wait)


def begin(
    name: Name,
    snapshot: Snapshot,
    new: Annotated[str, Parameter(help=_("The new service's name."))],
    /,
    *,
    plan: Annotated[str, Parameter(help=_("Another plan than the present one."))] = "",
    wait: Wait = False,
    context: Given,
) -> None:
    service = context.service(name)
    body: RestoreIn = {"name": new, "plan": plan, "snapshot": _chosen(context, service, snapshot)["id"]}
    placed = context.client.restore_service(service["id"], body, key=str(uuid.uuid4()))
    order = context.client.get_order(placed["order"])
    if wait:
        await_order(context, order)
    elif context.output.as_json:
        context.output.data(order)
    else:
        context.output.text(_("Follow it with: souk operations {name} --watch").format(name=new))


def delete(name: Name, snapshot: Snapshot, /, *, yes: Yes = False, wait: Wait = True, context: Given) -> None:
    service = context.service(name)
    row = _chosen(context, service, snapshot)
    _agree(context, _("Delete {file}?").format(file=row["name"]), yes)
    asked = context.client.delete_snapshot(service["id"], row["id"])
    finish(context, name, asked, wait)


def _agree(context: Context, question: str, yes: bool) -> None:
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))


def _chosen(context: Context, service: ServiceRow, snapshot: str) -> SnapshotRow:
    rows = context.client.list_snapshots(service["id"])["snapshots"]
    found = [row for row in rows if snapshot in (row["id"], row["name"])]
    if not found:
        raise Stopped(
            _("There is no such snapshot. `souk snapshots {name}` shows what there is.").format(name=service["name"])
        )
    return found[0]
