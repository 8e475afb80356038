"""Stacks: several services that are sold, ordered and deleted as one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import yaml
from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import StackIn

_KIND = "stack"


def listing(*, context: Given) -> None:
    ours = context.profile.organization or None
    rows = [row for row in context.client.list_services(organization=ours) if row["blueprint"] == _KIND]
    if context.output.as_json:
        context.output.data({"items": rows, "next": None})
        return
    context.output.table(
        [_("Stack"), _("Region"), _("State"), "id"],
        ((row["name"], row["region_code"], formats.state(row["state"]), row["id"]) for row in rows),
        empty=_("You have no stack. `souk market` shows what there is."),
    )


def parts(name: Name, /, *, context: Given) -> None:
    rows = context.client.list_parts(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Part"), _("Service"), _("Kind"), _("State"), "id"],
        ((row["part"], row["name"], row["blueprint"], formats.state(row["state"]), row["id"]) for row in rows),
        empty=_("This service is not made of others."),
    )


def publish(
    *,
    file: Annotated[
        Path,
        Parameter(name=["--file", "-f"], help=_("A YAML file that says what it is made of, and its price.")),
    ],
    context: Given,
) -> None:
    made = context.client.publish_stack(context.organization(), _read(file))
    context.output.done(_("It waits for the operator's review."), made)


def _read(file: Path) -> StackIn:
    try:
        found: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Stopped(_("{file} can't be read: {error}").format(file=file, error=error)) from None
    if not isinstance(found, dict):
        raise Stopped(_("{file} says nothing of a stack.").format(file=file))
    return cast(StackIn, found)
