"""Names of a service of its customer's own."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.language import _

Domain = Annotated[str, Parameter(help=_("A DNS name: db.example.ma."))]


def listing(name: Name, /, *, context: Given) -> None:
    rows = context.client.get(_path(context, name))
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("State")],
        ((row["name"], formats.state(row["state"])) for row in rows),
        empty=_("This service has no name of your own."),
    )
    for row in rows:
        if row["state"] == "pending":
            _ask_for(context, row)


def add(name: Name, domain: Domain, /, *, context: Given) -> None:
    row: dict[str, Any] = context.client.post(_path(context, name), {"name": domain})
    if context.output.as_json:
        context.output.data(row)
        return
    _ask_for(context, row)


def check(name: Name, domain: Domain, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.post(f"{_path(context, name)}/{quote(domain)}/check"), wait)


def remove(name: Name, domain: Domain, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.delete(f"{_path(context, name)}/{quote(domain)}"), wait)


def _ask_for(context: Context, row: dict[str, Any]) -> None:
    context.output.text(_("Publish this TXT record, then check the name:"))
    context.output.text(f'{row["record"]}. TXT "{row["text"]}"')


def _path(context: Context, name: str) -> str:
    return f"/services/{context.service(name)['id']}/names"
