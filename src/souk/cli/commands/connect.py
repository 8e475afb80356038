"""Connecting to a service."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from souk.cli import psql
from souk.cli.commands.services import Name
from souk.cli.context import Given
from souk.cli.language import _


def connect(
    name: Name,
    /,
    *arguments: Annotated[
        str, Parameter(allow_leading_hyphen=True, help=_("Handed on to psql, after `--`: -- -c 'select 1'"))
    ],
    print_: Annotated[bool, Parameter(name="--print", help=_("Show the address with its password instead."))] = False,
    binding: Annotated[str, Parameter(help=_("Which credentials."))] = "default",
    context: Given,
) -> None:
    row = context.service(name)
    found = context.client.post(f"/services/{row['id']}/credentials?binding={binding}")
    if context.output.as_json:
        context.output.data(found)
    elif print_:
        context.output.text(found["uri"])
    elif psql.serves(found):
        sys.exit(psql.run(found, arguments))
    else:
        fields = [(key, str(value)) for key, value in found["fields"].items()]
        context.output.fields([*fields, (_("Password"), found["password"])])
