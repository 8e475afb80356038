"""A service's data in an open format, written by the platform and saved here."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, Yes, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.cli.progress import follow
from souk.client.models import ExportRow, ServiceRow

To = Annotated[Path | None, Parameter(name=["--output", "-o"], help=_("Where to save it; else under its own name."))]
Which = Annotated[str, Parameter(help=_("The file's name or id, as the list shows it; else the newest."))]


def listing(name: Name, /, *, context: Given) -> None:
    rows = context.client.list_exports(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("File"), _("As of"), Right(_("Size")), _("Kept until")],
        (
            (
                row["name"],
                formats.moment(row["created_at"]),
                formats.size(row["size"]) if row["size"] is not None else _("being written"),
                formats.moment(row["expires_at"]) if row["size"] is not None else "—",
            )
            for row in rows
        ),
        empty=_("There is no file yet. Make one with: souk exports create {name}").format(name=name),
    )


def create(
    name: Name,
    /,
    *,
    database: Annotated[str, Parameter(help=_("The database; needed where there are several."))] = "",
    output: To = None,
    wait: Wait = True,
    context: Given,
) -> None:
    row = context.service(name)
    chosen = database or _only(context, row)
    asked = context.client.create_export(row["id"], {"database": chosen})
    if not wait:
        finish(context, name, asked, False)
        return
    done = follow(context, asked["operation"])
    if done["state"] != "succeeded":
        raise Stopped(done.get("trouble") or _("The operation is {state}.").format(state=formats.word(done["state"])))
    _save(context, row, asked["operation"], output)


def download(name: Name, file: Which = "", /, *, output: To = None, context: Given) -> None:
    _save(context, context.service(name), file, output)


def delete(name: Name, file: Which = "", /, *, yes: Yes = False, context: Given) -> None:
    service = context.service(name)
    row = _chosen(context, service, file)
    if not yes and not context.output.confirm(_("Delete {file}?").format(file=row["name"])):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    context.client.delete_export(service["id"], row["id"])
    context.output.done(_("{file} was deleted.").format(file=row["name"]), row)


def _only(context: Context, service: ServiceRow) -> str:
    there = [row["name"] for row in context.client.list_databases(service["id"])]
    if len(there) != 1:
        raise Stopped(_("Choose one with --database: {names}.").format(names=", ".join(there)))
    return there[0]


def _chosen(context: Context, service: ServiceRow, file: str) -> ExportRow:
    rows = context.client.list_exports(service["id"])
    found = [row for row in rows if file in ("", row["id"], row["name"]) and row["size"] is not None]
    if not found:
        raise Stopped(
            _("There is no such file. `souk exports {name}` shows what there is.").format(name=service["name"])
        )
    return found[0]


def _save(context: Context, service: ServiceRow, file: str, output: Path | None) -> None:
    """Save a file, the rest of it if a part is here already, and only what has the right checksum under its name."""
    row = _chosen(context, service, file)
    target = output or Path(row["name"])
    part = target.with_name(target.name + ".part")
    context.client.download_export(service["id"], row["id"], part, f'"{row["sha256"]}"')
    with part.open("rb") as saved:
        digest = hashlib.file_digest(saved, "sha256").hexdigest()
    if digest != row["sha256"]:
        part.unlink()
        raise Stopped(_("What arrived is not what was written. Try again."))
    part.replace(target)
    context.output.done(
        _("Saved as {file}, {size}. Load it with: gunzip -c {file} | psql …").format(
            file=target, size=formats.size(row["size"] or 0)
        ),
        {**row, "file": str(target)},
    )
