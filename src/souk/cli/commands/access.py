"""Who may reach a service. The list is read, changed and replaced as a whole."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import AccessIn, AccessRow, AllowedIn

Network = Annotated[str, Parameter(help=_("An address or a network: 203.0.113.7 or 203.0.113.0/24."))]
Confirm = Annotated[bool, Parameter(help=_("Even if I lock myself out."))]


def listing(name: Name, /, *, context: Given) -> None:
    found = _read(context, name)
    if context.output.as_json:
        context.output.data(found)
    elif found["networks"] is None:
        context.output.text(_("Everyone may reach it who knows a password."))
    else:
        context.output.table(
            [_("Network"), _("Note")],
            ((row["network"], row["note"]) for row in found["networks"]),
            empty=_("Nobody may reach it."),
        )


def allow(
    name: Name,
    network: Network,
    /,
    *,
    note: Annotated[str, Parameter(help=_("Whose it is."))] = "",
    confirm: Confirm = False,
    wait: Wait = False,
    context: Given,
) -> None:
    networks: list[AllowedIn] = [*_listed(context, name), {"network": network, "note": note}]
    _replace(context, name, {"networks": networks, "confirm": confirm}, wait, context.client.etag)


def forbid(name: Name, network: Network, /, *, confirm: Confirm = False, wait: Wait = False, context: Given) -> None:
    before = _listed(context, name)
    seen = context.client.etag
    after = [row for row in before if network not in {row["network"], row["network"].removesuffix("/32")}]
    if len(after) == len(before):
        raise Stopped(_("{network} is not in the list.").format(network=network))
    _replace(context, name, {"networks": after, "confirm": confirm}, wait, seen)


def everyone(name: Name, /, *, wait: Wait = False, context: Given) -> None:
    _replace(context, name, {"networks": None}, wait)


def nobody(name: Name, /, *, confirm: Confirm = False, wait: Wait = False, context: Given) -> None:
    _replace(context, name, {"networks": [], "nobody": True, "confirm": confirm}, wait)


def private(name: Name, /, *, confirm: Confirm = False, wait: Wait = False, context: Given) -> None:
    _replace(context, name, {"networks": [], "private_only": True, "confirm": confirm}, wait)


def _read(context: Context, name: str) -> AccessRow:
    return context.client.get_access(context.service(name)["id"])


def _listed(context: Context, name: str) -> list[AllowedIn]:
    networks = _read(context, name)["networks"] or []
    return [{"network": row["network"], "note": row["note"]} for row in networks]


def _replace(context: Context, name: str, body: AccessIn, wait: bool, seen: str = "") -> None:
    """Replace the list; if it was `seen` before, only that one."""
    service = context.service(name)["id"]
    finish(context, name, context.client.set_access(service, body, if_match=seen or None), wait)
