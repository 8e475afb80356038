"""The named credentials of a service. `souk connect NAME --binding B` uses one, `--print` shows it."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import BindingIn, EntitlementIn, RotationIn

Binding = Annotated[str, Parameter(help=_("The credentials' name."))]
Role = Annotated[Literal["owner", "writer", "reader"], Parameter(help=_("What they may do: owner, writer or reader."))]
Database = Annotated[str, Parameter(help=_("The database they sign in to; else the first."))]


def listing(name: Name, /, *, context: Given) -> None:
    rows = context.client.list_bindings(context.service(name)["id"])
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
    body: BindingIn = {"name": binding, "role": role, "database": database}
    finish(context, name, context.client.create_binding(context.service(name)["id"], body), wait)


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
    body: EntitlementIn = {"role": role, "database": database}
    finish(context, name, context.client.change_binding(context.service(name)["id"], binding, body), wait)


def reset(name: Name, binding: Binding = "default", /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.reset_binding(context.service(name)["id"], binding), wait)


def rotate(
    name: Name,
    binding: Binding = "default",
    /,
    *,
    overlap_hours: Annotated[float | None, Parameter(help=_("How many hours the former ones work on."))] = None,
    wait: Wait = False,
    context: Given,
) -> None:
    body: RotationIn = {"overlap_hours": overlap_hours}
    finish(context, name, context.client.rotate_binding(context.service(name)["id"], binding, body), wait)


def revoke(name: Name, binding: Binding, /, *, yes: Yes = False, wait: Wait = False, context: Given) -> None:
    row = context.service(name)
    question = _("Revoke the credentials “{binding}”? Whoever uses them is cut off.").format(binding=binding)
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    finish(context, name, context.client.revoke_binding(row["id"], binding), wait)
