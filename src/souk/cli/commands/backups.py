"""Backups of a service, and a new service restored from them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.orders import await_order
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import BackupIn, InPlaceIn, RestoreIn


def listing(name: Name, /, *, context: Given) -> None:
    found = context.client.list_backups(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Finished"), _("Kind"), _("State"), Right(_("Data")), Right(_("Stored"))],
        (
            (
                formats.moment(row["finished_at"]),
                formats.word(row["kind"]),
                formats.state(row["state"]),
                formats.size(row["size"]) if row["size"] is not None else "—",
                formats.size(row["stored"]) if row["stored"] is not None else "—",
            )
            for row in found["backups"]
        ),
        empty=_("There is no backup yet."),
    )
    if found["way_back_until"]:
        context.output.text(
            _("The restore in place can be undone until {until}.").format(until=formats.moment(found["way_back_until"]))
        )
    if found["earliest"] and not found["any_instant"]:
        context.output.text(_("It can be restored as it was when one of these had finished."))
    elif found["earliest"]:
        context.output.text(
            _("It can be restored to any instant since {earliest}.").format(earliest=formats.moment(found["earliest"]))
        )


def create(
    name: Name,
    /,
    *,
    full: Annotated[bool, Parameter(help=_("Copy everything, not only what changed."))] = False,
    wait: Wait = False,
    context: Given,
) -> None:
    body: BackupIn = {"kind": "full" if full else "differential"}
    finish(context, name, context.client.create_backup(context.service(name)["id"], body), wait)


def in_place(
    name: Name,
    /,
    *,
    until: Annotated[datetime, Parameter(help=_("The instant to restore, such as 2026-11-24T18:30:00+01:00."))],
    give_up: Annotated[bool, Parameter(help=_("Give up the state before an earlier restore."))] = False,
    yes: Yes = False,
    wait: Wait = False,
    context: Given,
) -> None:
    row = context.service(name)
    question = _("Let “{name}” go on as it was then? Its address changes, its name stays; it can be undone for a day.")
    if not yes and not context.output.confirm(question.format(name=row["name"])):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    body: InPlaceIn = {"until": until.astimezone().isoformat(), "give_up_way_back": give_up}
    finish(context, name, context.client.restore_in_place(row["id"], body), wait)


def undo(name: Name, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    row = context.service(name)
    question = _("Let “{name}” go on as it was before its restore? What was written since is kept for a day.")
    if not yes and not context.output.confirm(question.format(name=row["name"])):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    finish(context, name, context.client.undo_restore(row["id"]), wait)


def restore(
    name: Name,
    new: Annotated[str, Parameter(help=_("The new service's name."))],
    /,
    *,
    until: Annotated[
        datetime | None, Parameter(help=_("The instant to restore, such as 2026-11-24T18:30:00+01:00; else the last."))
    ] = None,
    plan: Annotated[str, Parameter(help=_("Another plan than the present one."))] = "",
    extra_disk: Annotated[int | None, Parameter(help=_("Disk beyond the plan, in GiB; else as much as now."))] = None,
    wait: Wait = False,
    context: Given,
) -> None:
    body: RestoreIn = {"name": new, "until": until.astimezone().isoformat() if until else None, "plan": plan}
    if extra_disk is not None:
        body["extra_gib"] = extra_disk
    placed = context.client.restore_service(context.service(name)["id"], body, key=str(uuid.uuid4()))
    order = context.client.get_order(placed["order"])
    if wait:
        await_order(context, order)
    elif context.output.as_json:
        context.output.data(order)
    else:
        context.output.text(_("Follow it with: souk operations {name} --watch").format(name=new))
