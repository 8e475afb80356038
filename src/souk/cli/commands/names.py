"""Names of a service of its customer's own."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.language import _
from souk.client.models import OwnNameRow, WebNamesIn

Domain = Annotated[str, Parameter(help=_("A DNS name: db.example.ma."))]


def listing(name: Name, /, *, context: Given) -> None:
    rows = context.client.list_names(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("State"), _("DNS"), _("Certificate")],
        ((row["name"], formats.state(row["state"]), _dns(row), _certificate(row)) for row in rows),
        empty=_("This service has no name of your own."),
    )
    for row in rows:
        if row["state"] == "pending":
            ask_for(context, row)


def add(name: Name, domain: Domain, /, *, context: Given) -> None:
    row = context.client.add_name(context.service(name)["id"], {"name": domain})
    if context.output.as_json:
        context.output.data(row)
        return
    ask_for(context, row)


def check(name: Name, domain: Domain, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.check_name(context.service(name)["id"], domain), wait)


def remove(name: Name, domain: Domain, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.remove_name(context.service(name)["id"], domain), wait)


def lead(name: Name, domain: Domain, /, *, context: Given) -> None:
    context.client.name_service(context.service(name)["id"], {"name": domain})
    context.output.text(_("The name leads to the service; its record follows the public address."))


def ask_for(context: Context, row: OwnNameRow) -> None:
    """Tell what proves a name."""
    context.output.text(_("Publish this TXT record, then check the name:"))
    context.output.text(f'{row["record"]}. TXT "{row["text"]}"')


def answer(
    name: Name,
    main: Annotated[str, Parameter(help=_("The name to which the others lead; none, if not said."))] = "",
    /,
    *,
    https_only: Annotated[bool, Parameter(help=_("Lead http to https."))] = True,
    hsts: Annotated[bool, Parameter(help=_("Have browsers insist on https for a year."))] = False,
    wait: Wait = False,
    context: Given,
) -> None:
    chosen: WebNamesIn = {"main": main, "https_only": https_only, "hsts": hsts}
    finish(context, name, context.client.arrange_names(context.service(name)["id"], chosen), wait)


def _dns(row: OwnNameRow) -> str | Text:
    leads = row.get("leads")
    return formats.state(leads) if leads else ""


def _certificate(row: OwnNameRow) -> str | Text:
    """Valid until when, or why there is none, in the authority's words."""
    if not (state := row.get("certificate")):
        return ""
    parts: list[str | Text] = [formats.state(state)]
    if until := row.get("certified_until"):
        parts.append(until[:10])
    if trouble := row.get("trouble"):
        parts.append(trouble)
    return Text(" ").join(Text.assemble(part) for part in parts)
