"""Commands for whoever writes a blueprint: a beginning, and a check on the platform's own host."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from souk.cli.commands.host import make
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.kit import scaffold


def new(
    name: Annotated[str, Parameter(help=_("What the service is called: lowercase letters."))],
    /,
    *,
    context: Given,
) -> None:
    try:
        folder = scaffold.begin(name, Path.cwd())
    except scaffold.BadName:
        raise Stopped(_("A blueprint's name has four to thirty lowercase letters, such as “gazette”.")) from None
    except scaffold.FolderThere as there:
        raise Stopped(_("{folder} is there already, and not empty.").format(folder=there)) from None
    context.output.remark(
        _("{folder}: a small service that works. Try it: souk blueprint check {folder}").format(folder=folder.name)
    )


def check(
    place: Annotated[str, Parameter(help=_("The package's folder, or an installed blueprint's key."))] = ".",
    /,
    *,
    context: Given,
) -> None:
    where = os.path.abspath(place) if os.path.isdir(place) else place
    make("blueprint", f"BLUEPRINT={where}", *["JSON=yes"] * context.output.as_json)


def add(
    wheel: Annotated[str, Parameter(help=_("The package, built as a wheel."))],
    /,
    *,
    context: Given,
) -> None:
    del context
    make("add", f"WHEEL={os.path.abspath(wheel)}")
