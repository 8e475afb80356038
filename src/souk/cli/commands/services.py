"""My services: list, show, stop, start, restart, delete, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats, parameters
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.cli.progress import follow, log_line
from souk.client.models import GrowthIn, OperationOut, ParametersIn, Requested, SizeChanges, UpdateIn

Name = Annotated[str, Parameter(help=_("The service's name or id."))]
Yes = Annotated[bool, Parameter(name=["--yes", "-y"], help=_("Don't ask."))]
Wait = Annotated[bool, Parameter(help=_("Wait until it is done."))]


def listing(
    *,
    with_deleted: Annotated[bool, Parameter(help=_("Show deleted ones too."))] = False,
    context: Given,
) -> None:
    ours = context.profile.organization or None
    rows = list(context.client.list_services(organization=ours, with_deleted=with_deleted or None))
    if context.output.as_json:
        context.output.data({"items": rows, "next": None})
        return
    context.output.table(
        [
            _("Service"),
            _("Kind"),
            _("Region"),
            Right(_("vCPU")),
            Right(_("Memory")),
            Right(_("Disk")),
            _("State"),
            _("Address"),
        ],
        (
            (
                row["name"],
                row["blueprint"],
                row["region_code"],
                str(row["vcpus"]),
                formats.size(row["memory"]),
                formats.size(row["disk"]),
                formats.state(row["state"]),
                f"{row['hostname']}:{row['port']}" if row["hostname"] else "—",
            )
            for row in rows
        ),
        empty=_("You have no service. `souk market` shows what there is."),
    )


def show(name: Name, /, *, context: Given) -> None:
    row = context.service(name)
    if context.output.as_json:
        context.output.data(row)
        return
    parameters = ", ".join(f"{key}={formats.plain(value)}" for key, value in row["parameters"].items())
    context.output.fields(
        [
            (_("Service"), row["name"]),
            (_("State"), formats.state(row["state"])),
            (_("Trouble"), row["trouble"]),
            (_("Suspended"), ": ".join(part for part in (_why(row["suspension"]), row["suspension_note"]) if part)),
            (_("Kind"), row["blueprint"]),
            (_("Parameters"), parameters),
            (_("Region"), row["region_code"]),
            (_("vCPU"), str(row["vcpus"])),
            (_("Memory"), formats.size(row["memory"])),
            (_("Disk"), formats.size(row["disk"])),
            (_("Disk beyond the plan"), formats.size(row["extra_disk"]) if row["extra_disk"] else ""),
            (_("Grows by itself to"), formats.size(row["grow_to"]) if row["grow_to"] else ""),
            (_("Machines"), str(row["members"])),
            (_("Name"), row["hostname"] or ""),
            (_("Address"), f"{row['address']}:{row['port']}" if row["address"] else ""),
            (_("Certificate until"), formats.moment(row["certificate_expires_at"])),
            (_("Made"), formats.moment(row["created_at"])),
            (_("Ready"), formats.moment(row["ready_at"])),
            ("id", row["id"]),
        ]
    )


def _why(suspension: str) -> str:
    return formats.word(suspension) if suspension else ""


def first_boot(name: Name, /, *, context: Given) -> None:
    found = context.client.get_first_boot(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.fields([(_("State"), formats.word(found["standing"]))])
    for line in found["lines"]:
        context.output.text(line)


def pending(name: Name, /, *, context: Given) -> None:
    found = context.client.get_updates(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    since = f" ({formats.moment(found['security_since'])})" if found["security_since"] else ""
    context.output.fields(
        [
            (_("Told at"), formats.moment(found["at"])),
            (_("Security updates"), f"{found['security']}{since}"),
            (_("Other updates"), str(found["others"])),
            (_("Restart due"), _("yes") if found["restart"] else _("no")),
            (_("Debian last asked"), formats.moment(found["asked_at"])),
            (_("Last installed"), formats.moment(found["installed_at"])),
        ]
    )


def stop(name: Name, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    question = _("Stop “{name}”? Its data stays, and its disk is still charged.")
    _change(context, name, context.client.stop_service, "" if yes else question, wait)


def start(name: Name, /, *, wait: Wait = False, context: Given) -> None:
    _change(context, name, context.client.start_service, "", wait)


def restart(name: Name, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    question = _("Restart “{name}”? Its connections will break.")
    _change(context, name, context.client.restart_service, "" if yes else question, wait)


def delete(
    name: Name,
    /,
    *,
    erase: Annotated[bool, Parameter(help=_("Erase its data at once: it can't be recovered."))] = False,
    yes: Yes = False,
    wait: Wait = False,
    context: Given,
) -> None:
    question = (
        _("Erase “{name}” with all its data? This can't be undone.")
        if erase
        else _("Delete “{name}”? For some days it can be recovered, then its data is erased.")
    )
    ask = partial(context.client.delete_service, erase=erase or None)
    _change(context, name, ask, "" if yes else question, wait)


def switchover(name: Name, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    question = _("Let another machine of “{name}” lead? Its connections will break once.")
    _change(context, name, context.client.switch_over, "" if yes else question, wait)


def update(
    name: Name,
    /,
    *,
    give_up_way_back: Annotated[
        bool, Parameter(help=_("Give up the state before an earlier restore in place, if it is kept."))
    ] = False,
    yes: Yes = False,
    wait: Wait = False,
    context: Given,
) -> None:
    question = _("Update “{name}”? Its connections will break for some seconds, and there is no way back.")
    body: UpdateIn = {"give_up_way_back": give_up_way_back}
    ask = partial(context.client.update_service, body=body)
    _change(context, name, ask, "" if yes else question, wait)


def release(name: Name, /, *, context: Given) -> None:
    row = context.client.get_release(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(row)
        return
    context.output.fields(
        [
            (_("Version"), row["version"]),
            (_("Image"), row["image"][:12]),
            (_("Newest version"), row["newest_version"]),
            (_("Newest image"), row["newest_image"][:12]),
            (_("Since"), formats.moment(row["newest_since"])),
            (_("Update"), _("available") if row["available"] else _("nothing newer")),
        ]
    )


def members(name: Name, /, *, context: Given) -> None:
    service = context.service(name)["id"]
    rows = context.client.list_service_members(service)
    if context.output.as_json:
        context.output.data(rows)
        return
    lines = (
        (str(row["number"]), row["name"], formats.word(row["duty"]), formats.moment(row["created_at"])) for row in rows
    )
    headings = [Right(_("Machine")), _("Name"), _("Duty"), _("Made")]
    context.output.table(headings, lines, empty=_("This service runs on one machine."))
    if rows and (spread := context.client.get_service_spread(service)["spread"]):
        context.output.remark(formats.word(spread))


def recover(name: Name, /, *, wait: Wait = False, context: Given) -> None:
    _change(context, name, context.client.recover_service, "", wait)


def protect(name: Name, /, *, context: Given) -> None:
    row = context.client.change_service(context.service(name)["id"], {"protected": True})
    context.output.done(_("“{name}” can't be deleted now.").format(name=row["name"]), row)


def unprotect(name: Name, /, *, context: Given) -> None:
    row = context.client.change_service(context.service(name)["id"], {"protected": False})
    context.output.done(_("“{name}” can be deleted again.").format(name=row["name"]), row)


def rename(name: Name, new: Annotated[str, Parameter(help=_("Its new name."))], /, *, context: Given) -> None:
    row = context.client.change_service(context.service(name)["id"], {"name": new})
    context.output.done(_("It is called “{name}” now.").format(name=row["name"]), row)


def change(
    name: Name,
    pairs: Annotated[list[str], Parameter(help=_("What is to be otherwise: pool=transaction"))],
    /,
    *,
    wait: Wait = False,
    context: Given,
) -> None:
    body: ParametersIn = {"parameters": {**parameters.plain(pairs)}}
    finish(context, name, context.client.change_parameters(context.service(name)["id"], body), wait)


def plan(
    name: Name,
    key: Annotated[str, Parameter(help=_("The plan to change to; left out, the present one."))] = "",
    /,
    *,
    extra_disk: Annotated[int | None, Parameter(help=_("Disk beyond the plan, in GiB; else as much as now."))] = None,
    yes: Yes = False,
    wait: Wait = False,
    context: Given,
) -> None:
    row = context.service(name)
    question = (
        _(
            "Change “{name}” to plan {plan}, at today's price? Connections may break once. If the number of machines"
            " changes, so does the address behind its name."
        ).format(name=row["name"], plan=key)
        if key
        else _("Change the disk of “{name}”? What is beyond the plan costs what it did when you ordered.").format(
            name=row["name"]
        )
    )
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    asked = context.client.change_plan(row["id"], {"plan": key, "extra_gib": extra_disk})
    finish(context, name, asked, wait)


def autogrow(
    name: Name,
    ceiling: Annotated[int | None, Parameter(help=_("How large it may become in all, in GiB."))] = None,
    /,
    *,
    off: Annotated[bool, Parameter(help=_("Let it grow no more."))] = False,
    context: Given,
) -> None:
    if ceiling is None and not off:
        raise Stopped(_("Say how large the disk may become, in GiB, or --off."))
    body: GrowthIn = {"ceiling_gib": None if off else ceiling}
    row = context.client.set_growth(context.service(name)["id"], body)
    said = (
        _("The disk of “{name}” grows no more by itself.").format(name=row["name"])
        if off
        else _("The disk of “{name}” grows by itself, up to {size}.").format(
            name=row["name"], size=formats.size(row["grow_to"] or 0)
        )
    )
    context.output.done(said, row)


def _change(
    context: Context,
    name: str,
    ask: Callable[[str], Requested],
    question: str,
    wait: bool,
) -> None:
    """Ask for a change, having asked the person; follow it if it is to be waited for.

    Raises:
        Stopped: the person said no, or the change failed.
    """
    row = context.service(name)
    if question and not context.output.confirm(question.format(name=row["name"])):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    finish(context, name, ask(row["id"]), wait)


def finish(context: Context, name: str, asked: Requested | SizeChanges, wait: bool) -> None:
    """Say that an operation is under way, or follow it to its end.

    Raises:
        Stopped: it failed, or was cancelled.
    """
    if wait:
        _over(context, follow(context, asked["operation"]))
    else:
        said = _("It is under way. Follow it with: souk operations {name} --watch").format(name=name)
        context.output.done(said, asked)


def _over(context: Context, operation: OperationOut) -> None:
    if operation["state"] != "succeeded":
        state = formats.word(operation["state"])
        raise Stopped(operation["trouble"] or _("The operation is {state}.").format(state=state))
    seconds = formats.between(operation["created_at"], operation["finished_at"])
    context.output.done(_("Done after {seconds}.").format(seconds=seconds), operation)


def cancel(operation: Annotated[str, Parameter(help=_("The operation's id."))], /, *, context: Given) -> None:
    context.client.cancel_operation(operation)
    context.output.done(_("It will not be done."), {"operation": operation})


def operations(
    name: Name,
    /,
    *,
    watch: Annotated[
        bool, Parameter(name=["--watch", "-w"], help=_("Follow the newest one until it is over."))
    ] = False,
    context: Given,
) -> None:
    rows = context.client.list_operations(_identifier(context, name))
    if watch:
        if not rows:
            raise Stopped(_("Nothing was done to “{name}” yet.").format(name=name))
        _over(context, follow(context, rows[0]["id"]))
    elif context.output.as_json:
        context.output.data(rows)
    else:
        _operations(context, rows)


def _operations(context: Context, rows: Sequence[OperationOut]) -> None:
    context.output.table(
        [_("Operation"), _("State"), Right(_("Progress")), _("Asked"), Right(_("Took")), "id"],
        (
            (
                formats.word(row["kind"]),
                formats.state(row["state"]),
                f"{row['progress']} %",
                formats.moment(row["created_at"]),
                formats.between(row["created_at"], row["finished_at"]) if row["finished_at"] else "—",
                row["id"],
            )
            for row in rows
        ),
        empty=_("Nothing was done yet."),
    )
    for line in rows[0]["log"] if rows else ():
        context.output.text(log_line(line))


def _identifier(context: Context, name: str) -> str:
    """A service's id by its name; a deleted one is found too, the newest of them first."""
    ours = context.profile.organization or None
    rows = [
        row
        for row in context.client.list_services(organization=ours, with_deleted=True)
        if name in {row["name"], row["label"], row["id"]}
    ]
    alive = [row for row in rows if not row["deleted_at"]]
    return str(alive[0]["id"] if alive else rows[0]["id"] if rows else context.service(name)["id"])
