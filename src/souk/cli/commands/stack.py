"""A project as a file: applied, and written."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from souk.cli import formats
from souk.cli.commands.services import Yes
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _, n_
from souk.cli.stack.changes import Change, Plan
from souk.cli.stack.doing import begin, go_on, settled
from souk.cli.stack.parts import Stack
from souk.cli.stack.planning import plan
from souk.cli.stack.present import present
from souk.cli.stack.reading import read
from souk.cli.stack.writing import written
from souk.cli.stack.zones import agreed
from souk.client.models import OfferingOut

TO_DO = 2
_CENT = Decimal("0.01")
_KINDS = {"network": n_("network"), "service": n_("service")}
_SIGNS = {"create": ("+", "green"), "change": ("~", "yellow"), "delete": ("-", "red")}


def apply(
    *,
    file: Annotated[Path, Parameter(name=["--file", "-f"], help=_("The file that says what there is to be."))],
    only_plan: Annotated[
        bool, Parameter(name="--plan", help=_("Show only; the exit status is 2 if there is something to do, else 0."))
    ] = False,
    prune: Annotated[
        bool, Parameter(help=_("Also delete what the file does not name, never what is protected."))
    ] = False,
    yes: Yes = False,
    context: Given,
) -> int:
    stack = read(_content(file), str(file))
    there = present(context, stack.organization, stack.project)
    if not settled(context, stack, there, wait=not only_plan):
        there = present(context, stack.organization, stack.project)
    offerings = _catalogue(context)
    stack = agreed(context.client, stack, there)
    planned = plan(stack, there, offerings, prune=prune)
    _show(context, planned, stack)
    possible = [change for change in planned.changes if not (change.obstacle and change.action == "delete")]
    if obstacles := [change for change in possible if change.obstacle]:
        raise Stopped(_("Nothing was changed: {count} of this can't be done.").format(count=len(obstacles)))
    if only_plan or not possible:
        return TO_DO if possible else 0
    if not yes and not context.output.confirm(_("Do this?")):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    _deletions_meant(context, possible, yes)
    if present(context, stack.organization, stack.project) != there:
        raise Stopped(_("Something else changed meanwhile. Nothing was done; look at the plan again."))
    begin(context, Plan(possible), stack, there)
    there = present(context, stack.organization, stack.project)
    left = plan(agreed(context.client, stack, there), there, offerings, prune=prune)
    go_on(context, Plan([change for change in left.changes if not change.obstacle]), there)
    context.output.done(_("The project is as the file says."), {"done": len(possible)})
    return 0


def export(
    *,
    project: Annotated[str, Parameter(help=_("The project's name or id, if not the first."))] = "",
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help=_("The file to save it as."))] = None,
    context: Given,
) -> None:
    there = present(context, project=project)
    standards = {
        name: {rule["rule"]: rule["standard"] for rule in context.client.list_alerts(each.id)["rules"]}
        for name, each in there.services.items()
    }
    content = written(there, standards)
    if output is None:
        context.output.text(content.rstrip("\n"))
        return
    try:
        output.write_text(content, encoding="utf-8")
    except OSError as error:
        raise Stopped(_("{path} can't be written: {reason}.").format(path=output, reason=error.strerror)) from error
    context.output.done(_("Saved as {path}.").format(path=output), {"path": str(output)})


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Stopped(_("{path} can't be read: {reason}.").format(path=file, reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise Stopped(_("{path} can't be read: {reason}.").format(path=file, reason=_("it is no text"))) from error


def _catalogue(context: Context) -> Any:
    @cache
    def offering(marketplace: str, slug: str) -> OfferingOut:
        return context.client.get_offering(marketplace, slug)

    return offering


def _deletions_meant(context: Context, changes: list[Change], yes: bool) -> None:
    """Ask for each service, database and public address that goes, by its name.

    Raises:
        Stopped: one of them shall stay.
    """
    for change in changes:
        question = _what_goes(change)
        if question and not yes and not context.output.confirm(question):
            raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))


def _what_goes(change: Change) -> str:
    if (change.kind, change.action, change.key) == ("service", "delete", ""):
        said = _("Delete “{name}”? For some days it can be recovered, then its data is erased.")
        return said.format(name=change.name)
    if change.action == "delete" and change.key.startswith("parameters."):
        return _("Delete “{part}” of “{name}” with all that is in it?").format(part=change.before, name=change.name)
    if (change.key, change.after) == ("public_address", False):
        return _("Give back the public address of “{name}”? Somebody else may get it.").format(name=change.name)
    return ""


def _show(context: Context, planned: Plan, stack: Stack) -> None:
    if context.output.as_json:
        changes = [{key: value for key, value in change.__dict__.items() if value != ""} for change in planned.changes]
        monthly = {currency: str(amount) for currency, amount in planned.monthly.items()}
        context.output.data({"changes": changes, "per_month": monthly})
        return
    if not planned.changes:
        context.output.text(_("There is nothing to do."))
        return
    for change in planned.changes:
        sign, colour = _SIGNS[change.action]
        place = stack.where.get((f"{change.kind}s", change.name), "") if change.obstacle else ""
        line = Text(f"{sign} ", style=colour)
        line.append(f"{_(_KINDS[change.kind])} “{change.name}”{_difference(change)}")
        context.output.console.print(line, soft_wrap=True)
        if change.obstacle:
            context.output.text("    " + " ".join(part for part in (place and f"({place})", change.obstacle) if part))
    for currency, amount in planned.monthly.items():
        sign = "+" if amount > 0 else "-"
        price = sign + formats.price(str(abs(amount).quantize(_CENT)), currency)
        context.output.text(_("Per month, without tax: {difference}").format(difference=price))


def _difference(change: Change) -> str:
    if change.action == "create":
        return f" {change.key}: {_said(change.after)}" if change.key else f": {_said(change.after)}"
    if change.action == "delete":
        return f" {change.key}: {_said(change.before)}" if change.key else ""
    return f" {change.key}: {_said(change.before)} → {_said(change.after)}"


def _said(value: Any) -> str:
    """A value on one line, as a person reads it."""
    match value:
        case str():
            return formats.plain(value)
        case None | []:
            return "—"
        case {"network": network, "note": note}:
            return f"{network} ({note})" if note else str(network)
        case {"protocol": protocol, "ports": ports, "networks": networks, "note": note, "direction": direction}:
            told = [direction, protocol, ports, *(networks or ()), f"({note})" if note else ""]
            return " ".join(map(str, filter(None, told)))
        case list():
            return ", ".join(map(_said, value))
        case dict():
            inside = {key: f"({_said(each)})" if isinstance(each, dict) else _said(each) for key, each in value.items()}
            return ", ".join(f"{key}={each}" for key, each in inside.items())
    return json.dumps(value, ensure_ascii=False)
