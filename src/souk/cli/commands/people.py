"""Signing up, signing in, who I am, my tokens."""

from __future__ import annotations

import getpass
import socket
import sys
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit

from cyclopts import Parameter

from souk.cli import formats, profile
from souk.cli.context import Given
from souk.cli.errors import Stopped, sentence
from souk.cli.language import _, current
from souk.cli.profile import Profile
from souk.client import Client, Failed, Refused
from souk.client.models import Me, SignIn, SignUp

Server = Annotated[str, Parameter(help=_("The server's address, as in a browser."))]
Email = Annotated[str, Parameter(help=_("Your e-mail address."))]
FromStdin = Annotated[bool, Parameter(help=_("Read the password from standard input."))]


def login(
    server: Server = "",
    *,
    email: Email = "",
    password_stdin: FromStdin = False,
    code: Annotated[str, Parameter(help=_("A one-time code, where you have switched them on."))] = "",
    days: Annotated[int, Parameter(help=_("How many days the token is good for."))] = 90,
    context: Given,
) -> None:
    server = _address(server or context.profile.server)
    email = email or _ask(_("E-mail"))
    body: SignIn = {
        "email": email,
        "password": _password(password_stdin),
        "code": code,
        "name": f"souk@{socket.gethostname()}"[:80],
        "days": days,
    }
    client = context.connect(server)
    try:
        made = client.sign_in(body)
    except Refused as refused:
        if refused.type != "wrong-credentials" or code or not sys.stdin.isatty():
            raise
        context.output.remark(sentence(refused))
        made = client.sign_in({**body, "code": _ask(_("One-time code"))})
    client.sign(made["token"])
    me = client.me()
    profile.save(Profile(server, made["token"], _organization(me)))
    context.output.done(_("Signed in to {server} as {email}.").format(server=server, email=me["email"]), me)


def _organization(me: Me) -> str:
    """The one to act for: the only one, else the one that was chosen before, if it is still among them."""
    mine = list(me["organizations"])
    if len(mine) == 1:
        return str(mine[0])
    before = profile.stored().organization
    return before if before in mine else ""


def _address(server: str) -> str:
    if not server:
        server = _ask(_("Server (https://…)"))
    parts = urlsplit(server if "://" in server else f"https://{server}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Stopped(_("“{server}” is not an address of a server.").format(server=server))
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise Stopped(
            _("A password must not travel in the clear. Use https:// for {host}.").format(host=parts.hostname)
        )
    return f"{parts.scheme}://{parts.netloc}"


def _ask(what: str) -> str:
    if not sys.stdin.isatty():
        raise Stopped(_("“{what}” is missing, and there is no terminal to ask for it.").format(what=what))
    return input(f"{what}: ").strip()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise Stopped(_("There is no terminal to ask for the password. Use --password-stdin."))
    return getpass.getpass(_("Password: "))


def logout(*, context: Given) -> None:
    known = profile.stored()
    if known.server and known.token:
        with Client(known.server, known.token, current(), transport=context.transport) as client:
            _revoke(client, known.token)
    profile.forget_token()
    context.output.done(_("Signed out."))


def _revoke(client: Client, token: str) -> None:
    """Make the token worthless at the server too; a server that is gone or knows it no more is no obstacle."""
    try:
        for row in client.list_tokens():
            if token.endswith(row["hint"]) and row["name"].startswith("souk@"):
                client.revoke_token(row["id"])
                return
    except Failed:
        return


def whoami(*, context: Given) -> None:
    me = context.client.me()
    if context.output.as_json:
        context.output.data(me)
        return
    names = {row["id"]: row["legal_name"] for row in context.client.list_organizations()}
    organizations = ", ".join(
        f"{names.get(key, key)} ({formats.word(role)})" for key, role in me["organizations"].items()
    )
    context.output.fields(
        [
            (_("E-mail"), me["email"]),
            (_("Name"), me["full_name"]),
            (_("Organizations"), organizations),
            (_("Operator"), _("yes") if me["is_operator"] else ""),
            (_("Server"), context.client.server),
        ]
    )


def signup(
    server: Server = "",
    *,
    email: Email = "",
    name: Annotated[str, Parameter(help=_("Your full name."))],
    password_stdin: FromStdin = False,
    context: Given,
) -> None:
    server = _address(server or context.profile.server)
    email = email or _ask(_("E-mail"))
    body: SignUp = {
        "email": email,
        "password": _password(password_stdin),
        "full_name": name,
        "language": current(),
    }
    made = context.connect(server).sign_up(body)
    profile.save(replace(profile.stored(), server=server))
    context.output.done(_("Signed up. Go on with: souk login --email {email}").format(email=email), made)


def tokens(*, context: Given) -> None:
    rows = context.client.list_tokens()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("Ends with"), _("Scopes"), _("Made"), _("Expires"), "id"],
        (
            (
                row["name"],
                row["hint"],
                ", ".join(row["scopes"]),
                formats.moment(row["created_at"]),
                formats.moment(row["expires_at"]),
                row["id"],
            )
            for row in rows
        ),
        empty=_("You have no token."),
    )


def revoke_token(token: Annotated[str, Parameter(help=_("The token's id."))], /, *, context: Given) -> None:
    context.client.revoke_token(token)
    context.output.done(_("The token is worthless now."))
