"""A service's version, upgrades tried out and done, and when it is maintained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _, n_
from souk.cli.output import Right
from souk.client.models import UpgradeIn

Target = Annotated[str, Parameter(help=_("The version to go on with."))]
WEEKDAYS = (
    n_("Monday"),
    n_("Tuesday"),
    n_("Wednesday"),
    n_("Thursday"),
    n_("Friday"),
    n_("Saturday"),
    n_("Sunday"),
)
_LISTED = 20


def show(name: Name, /, *, context: Given) -> None:
    found = context.client.get_versions(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Version"), _("Maintained until"), _("State")],
        ((row["number"], row["ends_on"], _state(row, found)) for row in found["offered"]),
        empty=_("This kind of service has one version only."),
    )
    for rehearsal in found["rehearsals"][:1]:
        _report(context, rehearsal)
    if found["upgrade"]:
        said = _("It will be upgraded, or is: from {at} on.")
        context.output.text(said.format(at=formats.moment(found["upgrade_from"])))


def rehearse(name: Name, version: Target, /, *, wait: Wait = False, context: Given) -> None:
    row = context.service(name)
    asked = context.client.rehearse_upgrade(row["id"], {"version": version})
    try:
        finish(context, name, asked, wait)
    finally:
        if wait and not context.output.as_json:
            _report(context, context.client.get_versions(row["id"])["rehearsals"][0])


def upgrade(
    name: Name,
    version: Target,
    /,
    *,
    in_window: Annotated[bool, Parameter(help=_("In the next maintenance window, not now."))] = False,
    give_up: Annotated[bool, Parameter(help=_("Give up the machine that is kept as a way back."))] = False,
    yes: Yes = False,
    wait: Wait = False,
    context: Given,
) -> None:
    row = context.service(name)
    question = _("Upgrade “{name}” to version {version}? Its connections will break once; it can be undone for a day.")
    if not yes and not context.output.confirm(question.format(name=row["name"], version=version)):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    body: UpgradeIn = {"version": version, "in_window": in_window, "give_up_way_back": give_up}
    finish(context, name, context.client.upgrade_service(row["id"], body), wait and not in_window)


def window(
    name: Name,
    /,
    *,
    weekday: Annotated[int | None, Parameter(help=_("0 is Monday, 6 is Sunday."))] = None,
    hour: Annotated[int | None, Parameter(help=_("The full hour it opens at, by the site's clock."))] = None,
    hours: Annotated[int, Parameter(help=_("How many hours long, from 2 to 4."))] = 3,
    anytime: Annotated[bool, Parameter(help=_("Leave it to the platform, which takes a night."))] = False,
    context: Given,
) -> None:
    service = context.service(name)["id"]
    if anytime:
        found = context.client.set_window(service, {})
    elif weekday is None and hour is None:
        found = context.client.get_window(service)
    else:
        found = context.client.set_window(service, {"weekday": weekday, "hour": hour, "hours": hours})
    said = _("{weekday}, from {hour}:00, {hours} hours ({zone}). Next: {opens}.").format(
        weekday=_(WEEKDAYS[found["weekday"]]),
        hour=f"{found['hour']:02d}",
        hours=found["hours"],
        zone=found["zone"],
        opens=formats.moment(found["opens_at"]),
    )
    if found["updated_at"]:
        said += " " + _("An update is planned for {at}.").format(at=formats.moment(found["updated_at"]))
    context.output.done(said, found)


def by_version(*, context: Given) -> None:
    rows = context.client.operator_versions()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Kind"), _("Version"), _("Maintained until"), Right(_("Services"))],
        ((row["blueprint"], row["version"], row["ends_on"], str(row["services"])) for row in rows),
        empty=_("No kind of service has several versions."),
    )


def _state(row: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    if row["number"] == found["present"]:
        over = date.fromisoformat(row["ends_on"]) < date.today()  # noqa: DTZ011
        return _("in use, maintained no more") if over else _("in use")
    return _("can follow") if row["newer"] else ""


def _report(context: Context, rehearsal: Mapping[str, Any]) -> None:
    """What came of a rehearsal, for a person to read."""
    report = rehearsal["report"]
    said = _("Upgrade to {version} tried out on {at}: {state}.")
    at = formats.moment(rehearsal["finished_at"] or rehearsal["created_at"])
    context.output.text(said.format(version=rehearsal["version"], at=at, state=formats.word(rehearsal["state"])))
    for obstacle in report.get("obstacles", ()):
        context.output.text("  " + obstacle["text"])
        for found in obstacle["found"][:_LISTED]:
            context.output.text("    " + found)
    for raised in report.get("extensions", ()):
        context.output.text("  {database}: {extension} {before} → {after}".format_map(raised))
    for part, seconds in report.get("seconds", {}).items():
        context.output.text(f"  {formats.word(part)}: {formats.duration(seconds)}")
    if report.get("after") and report["before"] == report["after"]:
        context.output.text("  " + _("Every row was the same before and after."))


def materials(
    name: Name,
    /,
    *,
    save: Annotated[str, Parameter(help=_("The file to write; else it is printed."))] = "",
    context: Given,
) -> None:
    found = context.client.get_bill_of_materials(context.service(name)["id"])
    if save:
        Path(save).write_text(json.dumps(found, indent=1), encoding="utf-8")
        context.output.done(_("{file} is written.").format(file=save), found)
    else:
        context.output.data(found)
