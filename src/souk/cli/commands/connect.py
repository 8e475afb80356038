"""Connecting to a service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from souk.cli import mariadb, psql, ssh
from souk.cli.commands.services import Name
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import ConnectionOut, CredentialsOut


def connect(
    name: Name,
    /,
    *arguments: Annotated[
        str, Parameter(allow_leading_hyphen=True, help=_("Handed on to the client, after `--`: -- -c 'select 1'"))
    ],
    print_: Annotated[bool, Parameter(name="--print", help=_("Show the address with its password instead."))] = False,
    private: Annotated[bool, Parameter(help=_("Show the one in the private network, with its password."))] = False,
    binding: Annotated[str, Parameter(help=_("Which credentials."))] = "default",
    context: Given,
) -> None:
    row = context.service(name)
    connection = context.client.get_connection(row["id"], binding=binding)
    # What a key of one's own opens has no password to be shown.
    by_key = not connection["password"]
    found: ConnectionOut | CredentialsOut = (
        connection if by_key else context.client.reveal_credentials(row["id"], binding=binding)
    )
    # The world knows no other address; from the platform's own network that one leads there too.
    found["address"] = found.get("public_address") or found["address"]
    client = next((each for each in (ssh, psql, mariadb) if each.serves(found)), None)
    if context.output.as_json:
        context.output.data(found)
    elif private:
        if not found["private"]:
            raise Stopped(_("This service is in no private network."))
        context.output.text(found["private"])
    elif not print_ and client is not None:
        sys.exit(client.run(found, arguments))
    elif print_ or by_key:
        context.output.text(found["uri"])
    else:
        fields = [(key, str(value)) for key, value in found["fields"].items()]
        context.output.fields([*fields, (_("Password"), str(found["password"]))])


def known_hosts(name: Name, /, *, context: Given) -> None:
    found = context.client.get_connection(context.service(name)["id"])
    if not found["known_hosts"]:
        raise Stopped(_("This service is recognized by its certificate: `souk services ca` shows who signed it."))
    context.output.text(found["known_hosts"].rstrip("\n"))


def dump(
    name: Name,
    output: Annotated[Path, Parameter(help=_("The file to write, for pg_restore."))],
    /,
    *,
    database: Annotated[str, Parameter(help=_("Which database; else the one the credentials sign in to."))] = "",
    binding: Annotated[str, Parameter(help=_("Which credentials."))] = "default",
    context: Given,
) -> None:
    found = context.client.reveal_credentials(context.service(name)["id"], binding=binding)
    if not psql.serves(found):
        raise Stopped(_("This kind of service can't be dumped."))
    which = [f"--dbname={database}"] if database else []
    status = psql.run(found, ["--format=custom", f"--file={output}", *which], "pg_dump")
    if status != 0:
        raise Stopped(_("pg_dump ended with {status}; {path} is not complete.").format(status=status, path=output))
    context.output.done(_("The database is saved as {path}.").format(path=output), {"path": str(output)})


def authority(
    name: Name,
    /,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help=_("The file to save it as."))] = None,
    context: Given,
) -> None:
    content = context.client.get_authority(context.service(name)["id"]).content
    if output is None:
        context.output.text(content.decode().rstrip("\n"))
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Stopped(_("{path} can't be written: {reason}.").format(path=output, reason=error.strerror)) from error
    context.output.done(_("The authority's certificate is saved as {path}.").format(path=output), {"path": str(output)})


def snippets(
    name: Name,
    language: Annotated[str, Parameter(help=_("Of this language only, such as python."))] = "",
    /,
    *,
    binding: Annotated[str, Parameter(help=_("Which credentials."))] = "default",
    context: Given,
) -> None:
    found = context.client.get_connection(context.service(name)["id"], binding=binding)
    wanted = [each for each in found["snippets"] if language.casefold() in each["language"].casefold()]
    if context.output.as_json:
        context.output.data(wanted)
        return
    if not wanted:
        raise Stopped(_("There is no snippet for this. Without a language all are shown."))
    for each in wanted:
        context.output.text(each["text"] if language else f"# {each['language']}\n{each['text']}\n")
