"""Releases of what a service shows, and its staging copy."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right


def listing(name: Name, /, *, context: Given) -> None:
    found = context.client.list_releases(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [Right(_("Release")), _("Made"), _("Source"), _("By"), _("Note"), _("Live")],
        (
            (
                str(row["number"]),
                formats.moment(row["made_at"]),
                formats.word(row["source"]),
                row["by"],
                row["note"],
                "●" if row["live"] else "",
            )
            for row in found["releases"]
        ),
        empty=_("There is no release yet."),
    )


def take(
    name: Name,
    number: Annotated[int, Parameter(help=_("The release's number, as the list shows it."))],
    /,
    *,
    wait: Wait = True,
    context: Given,
) -> None:
    asked = context.client.take_release(context.service(name)["id"], str(number))
    finish(context, name, asked, wait)


def stage(name: Name, /, *, yes: Yes = False, wait: Wait = True, context: Given) -> None:
    service = context.service(name)
    found = context.client.list_releases(service["id"])
    if found["staged_at"] is not None:
        _agree(context, _("Copy the live site to the staging copy? What that is now is gone."), yes)
    finish(context, name, context.client.stage(service["id"]), wait)


def publish(name: Name, /, *, yes: Yes = False, wait: Wait = True, context: Given) -> None:
    service = context.service(name)
    _agree(context, _("Have the staging copy be live? The release before stays, to go back to."), yes)
    finish(context, name, context.client.publish_staging(service["id"]), wait)


def _agree(context: Context, question: str, yes: bool) -> None:
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
