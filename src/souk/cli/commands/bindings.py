"""The named credentials of a service. `souk connect NAME --binding B` uses one, `--print` shows it."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _

Binding = Annotated[str, Parameter(help=_("The credentials' name."))]
Role = Annotated[Literal["owner", "writer", "reader"], Parameter(help=_("What they may do: owner, writer or reader."))]
Database = Annotated[str, Parameter(help=_("The database they sign in to; else the first."))]


def listing(name: Name, /, *, context: Given) -> None:
    rows = context.client.get(f"/services/{context.service(name)['id']}/bindings")
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Credentials"), _("User"), _("Role"), _("Database"), _("Made"), _("Former user"), _("works until")],
        (
            (
                row["name"],
                row["username"] or "—",
                formats.word(row["role"]),
                row["database"] or "—",
                formats.moment(row["created_at"]),
                row["former_username"] or "—",
                formats.moment(row["former_until"]) or "—",
            )
            for row in rows
        ),
        empty=_("This service has no credentials yet."),
    )


def create(
    name: Name,
    binding: Binding,
    /,
    *,
    role: Role = "owner",
    database: Database = "",
    wait: Wait = False,
    context: Given,
) -> None:
    body = {"name": binding, "role": role, "database": database}
    finish(context, name, context.client.post(f"/services/{context.service(name)['id']}/bindings", body), wait)


def change(
    name: Name,
    binding: Binding,
    /,
    *,
    role: Role,
    database: Database = "",
    wait: Wait = False,
    context: Given,
) -> None:
    path = f"/services/{context.service(name)['id']}/bindings/{binding}"
    finish(context, name, context.client.patch(path, {"role": role, "database": database}), wait)


def reset(name: Name, binding: Binding = "default", /, *, wait: Wait = False, context: Given) -> None:
    path = f"/services/{context.service(name)['id']}/bindings/{binding}/reset"
    finish(context, name, context.client.post(path), wait)


def rotate(
    name: Name,
    binding: Binding = "default",
    /,
    *,
    overlap_hours: Annotated[float | None, Parameter(help=_("How many hours the former ones work on."))] = None,
    wait: Wait = False,
    context: Given,
) -> None:
    path = f"/services/{context.service(name)['id']}/bindings/{binding}/rotate"
    finish(context, name, context.client.post(path, {"overlap_hours": overlap_hours}), wait)


def revoke(name: Name, binding: Binding, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    row = context.service(name)
    question = _("Revoke the credentials “{binding}”? Whoever uses them is cut off.").format(binding=binding)
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    finish(context, name, context.client.delete(f"/services/{row['id']}/bindings/{binding}"), wait)
