"""The databases of a service."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _

Database = Annotated[str, Parameter(help=_("The database's name."))]


def listing(name: Name, /, *, context: Given) -> None:
    rows = context.client.list_databases(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Database"), _("State"), _("Credentials")],
        ((row["name"], formats.state(row["state"]), ", ".join(row["bindings"]) or "—") for row in rows),
        empty=_("This service has no database."),
    )


def create(name: Name, database: Database, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.create_database(context.service(name)["id"], {"name": database}), wait)


def delete(name: Name, database: Database, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    row = context.service(name)
    question = _("Delete the database “{database}” with all that is in it?").format(database=database)
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    finish(context, name, context.client.delete_database(row["id"], database), wait)
