"""DNS zones that a service answers for, and what is in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Yes
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import DifferenceOut, RecordSetOut, RecordsIn, ZoneFileIn, ZoneRow

ZoneName = Annotated[str, Parameter(help=_("The zone: example.ma."))]
RecordName = Annotated[str, Parameter(help=_("A name within the zone: www, or @ for the zone itself."))]
Kind = Annotated[str, Parameter(help=_("A, AAAA, CNAME, MX, TXT, SRV, CAA, NS, PTR, TLSA or SSHFP."))]
File = Annotated[str, Parameter(help=_("A zone file; - for standard input."))]
Replace = Annotated[bool, Parameter(help=_("Delete what the file does not name."))]


def register(branch: App) -> None:
    """Add the commands to a branch of their own."""
    branch.command(add, name="add", help=_("Have a service answer for one zone more."))
    branch.command(remove, name="remove", help=_("Answer for a zone no more."))
    branch.command(show, name="show", help=_("A zone, and what to enter where the domain is registered."))
    branch.command(check, name="check", help=_("Look now to whom a zone is delegated."))
    branch.command(sign, name="sign", help=_("Sign a zone (DNSSEC), or not any more."))
    branch.command(records, name="records", help=_("What is in a zone."))
    branch.command(put, name="set", help=_("Have these records, and no others of their type, at a name."))
    branch.command(unset, name="unset", help=_("Have no records of a type at a name."))
    branch.command(bring, name="import", help=_("Have a zone be what a zone file says; shows first what changes."))
    branch.command(export, name="export", help=_("Print a zone as a zone file."))


def listing(name: Name, /, *, context: Given) -> None:
    found = context.client.list_zones(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Zone"), _("State"), Right(_("Records")), _("DNSSEC"), Right(_("Serial"))],
        (
            (
                row["name"],
                formats.state(row["state"]),
                str(row["records"]),
                _("signed") if row["signed"] else "",
                str(row["serial"] or ""),
            )
            for row in found["zones"]
        ),
        empty=_("This service answers for no zone yet."),
    )


def show(name: Name, zone: ZoneName, /, *, context: Given) -> None:
    _told(context, context.client.get_zone(context.service(name)["id"], zone))


def add(
    name: Name,
    zone: ZoneName,
    /,
    *,
    signed: Annotated[bool, Parameter(help=_("Sign it (DNSSEC)."))] = True,
    context: Given,
) -> None:
    _told(context, context.client.add_zone(context.service(name)["id"], {"name": zone, "signed": signed}))


def remove(name: Name, zone: ZoneName, /, *, yes: Yes = False, context: Given) -> None:
    service = context.service(name)
    _agree(context, _("Delete the zone with all of its records?"), yes)
    context.client.remove_zone(service["id"], zone)
    context.output.text(_("It is answered for no more."))


def check(name: Name, zone: ZoneName, /, *, context: Given) -> None:
    _told(context, context.client.check_zone(context.service(name)["id"], zone))


def sign(
    name: Name,
    zone: ZoneName,
    /,
    *,
    off: Annotated[bool, Parameter(help=_("Not any more."))] = False,
    context: Given,
) -> None:
    _told(context, context.client.sign_zone(context.service(name)["id"], zone, {"signed": not off}))


def records(
    name: Name,
    zone: ZoneName,
    /,
    *,
    search: Annotated[str, Parameter(help=_("Only what has this in its name, type or values."))] = "",
    context: Given,
) -> None:
    rows = context.client.list_records(context.service(name)["id"], zone, search=search or None)
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("Type"), Right(_("TTL")), _("Values"), _("Follows")],
        ((row["name"], row["type"], str(row["ttl"]), "\n".join(row["values"]), row["service"]) for row in rows),
        empty=_("There is nothing in this zone yet."),
    )


def put(
    name: Name,
    zone: ZoneName,
    record: RecordName,
    kind: Kind,
    values: Annotated[tuple[str, ...], Parameter(help=_("The values, each quoted if it has spaces."))],
    /,
    *,
    ttl: Annotated[int, Parameter(help=_("Seconds that others keep them."))] = 3600,
    context: Given,
) -> None:
    body: RecordsIn = {"ttl": ttl, "values": list(values)}
    row = context.client.set_records(context.service(name)["id"], zone, record, kind, body)
    if context.output.as_json:
        context.output.data(row)
        return
    for value in row["values"]:
        context.output.text(f"{row['name']} {row['ttl']} IN {row['type']} {value}")


def unset(name: Name, zone: ZoneName, record: RecordName, kind: Kind, /, *, context: Given) -> None:
    context.client.remove_records(context.service(name)["id"], zone, record, kind)
    context.output.text(_("They are deleted."))


def bring(
    name: Name, zone: ZoneName, file: File, /, *, replace: Replace = False, yes: Yes = False, context: Given
) -> None:
    service = context.service(name)["id"]
    body: ZoneFileIn = {"text": _read(file), "replace": replace}
    found = context.client.compare_zone(service, zone, body)
    if not context.output.as_json:
        _difference(context, found)
    if found["wrong"]:
        raise Stopped(_("Nothing was changed."))
    if not (found["added"] or found["changed"] or found["removed"]):
        return
    _agree(context, _("Change the zone so?"), yes)
    done = context.client.import_zone(service, zone, body, if_match=f'"{found["mark"]}"')
    if context.output.as_json:
        context.output.data(done)
        return
    context.output.text(_("The zone is changed."))


def export(name: Name, zone: ZoneName, /, *, context: Given) -> None:
    sys.stdout.write(context.client.export_zone(context.service(name)["id"], zone)["text"])


def _told(context: Context, row: ZoneRow) -> None:
    """A zone, and what is to be entered where it is registered while it is not delegated."""
    if context.output.as_json:
        context.output.data(row)
        return
    context.output.table(
        [_("Zone"), _("State"), Right(_("Records"))],
        [(row["name"], formats.state(row["state"]), str(row["records"]))],
        empty="",
    )
    if row["state"] == "ready":
        return
    if not row["servers"]:
        context.output.text(_("Give the service a public address; then its name server is told here."))
        return
    context.output.text(_("Where the domain is registered, enter as name servers:"))
    for server in row["servers"]:
        context.output.text(f"NS {server}.")
    for anchor in row["ds"]:
        context.output.text(f"DS {anchor}")


def _difference(context: Context, found: DifferenceOut) -> None:
    for wrong in found["wrong"]:
        context.output.text(_("Line {line}: {why}").format(line=wrong["line"], why=wrong["sentence"]))
    for sign_, rows in (("+", found["added"]), ("-", found["removed"])):
        for row in rows:
            _lines(context, sign_, row)
    for change in found["changed"]:
        _lines(context, "-", change["before"])
        _lines(context, "+", change["after"])
    if found["servers"]:
        context.output.text(_("Name servers of the zone itself are left out: this service is in their place."))
    for row in found["kept"]:
        context.output.text(_("{name} follows a service and stays.").format(name=row["name"]))
    if not (found["added"] or found["changed"] or found["removed"] or found["wrong"]):
        context.output.text(_("Nothing would change."))


def _lines(context: Context, sign_: str, row: RecordSetOut) -> None:
    for value in row["values"]:
        context.output.text(f"{sign_} {row['name']} {row['ttl']} IN {row['type']} {value}")


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Stopped(_("{file} can't be read: {why}").format(file=file, why=error.strerror)) from error


def _agree(context: Context, question: str, yes: bool) -> None:
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
