"""Private networks, and services in them."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Wait, finish
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import AttachmentIn, NetworkIn, NetworkRow

DEFAULT = "default"
Network = Annotated[str, Parameter(help=_("A private network's name or id."))]


def listing(*, context: Given) -> None:
    rows = _rows(context)
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("Region"), _("Addresses"), _("Services"), "id"],
        (
            (
                row["name"],
                row["region_code"],
                row["subnet"],
                ", ".join(f"{each['name']} ({each['address']})" for each in row["services"]) or "—",
                row["id"],
            )
            for row in rows
        ),
        empty=_("There is no private network yet."),
    )


def create(
    name: Annotated[str, Parameter(help=_("What you call it."))],
    /,
    *,
    region: Annotated[str, Parameter(help=_("Where the services run that shall be in it."))],
    organization: Annotated[str, Parameter(help=_("Whose it is, if you belong to several: an id."))] = "",
    project: Annotated[str, Parameter(help=_("The project's id, if not the first."))] = "",
    context: Given,
) -> None:
    body: NetworkIn = {
        "name": name,
        "region": region,
        "organization": organization or context.profile.organization or None,
        "project": project or None,
    }
    made = context.client.create_network(body)
    context.output.done(_("“{name}” is made, with addresses of {subnet}.").format(**made), made)


def rename(network: Network, name: Annotated[str, Parameter(help=_("Its new name."))], /, *, context: Given) -> None:
    row = context.client.change_network(_network(context, network)["id"], {"name": name})
    context.output.done(_("It is called “{name}” now.").format(name=row["name"]), row)


def delete(network: Network, /, *, context: Given) -> None:
    row = _network(context, network)
    context.client.delete_network(row["id"])
    context.output.done(_("“{name}” is deleted.").format(name=row["name"]))


def show(name: Name, /, *, context: Given) -> None:
    row = context.client.get_service_network(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(row)
    elif row["state"] == "none":
        context.output.text(_("This service is in no private network."))
    else:
        context.output.fields(
            [
                (_("Network"), row["network_name"]),
                (_("State"), formats.state(row["state"])),
                (_("Address"), row["address"]),
                (_("Host"), row["hostname"] or "—"),
                (_("Outside of it"), _("nobody reaches it") if row["only"] else _("it is reached as its list says")),
            ]
        )


def attach(
    name: Name,
    /,
    *,
    network: Annotated[
        str, Parameter(help=_("Its name or id; else the project's first, which is made where there is none."))
    ] = DEFAULT,
    wait: Wait = False,
    context: Given,
) -> None:
    body: AttachmentIn = {"network": identifier(context, network)}
    finish(context, name, context.client.attach_service(context.service(name)["id"], body), wait)


def detach(name: Name, /, *, wait: Wait = False, context: Given) -> None:
    finish(context, name, context.client.detach_service(context.service(name)["id"]), wait)


def identifier(context: Context, given: str) -> str:
    """A network's id by its name; `default` stays what it is."""
    return DEFAULT if given == DEFAULT else str(_network(context, given)["id"])


def _network(context: Context, given: str) -> NetworkRow:
    found = [row for row in _rows(context) if given in {row["name"], row["id"]}]
    if len(found) > 1:
        ids = ", ".join(row["id"] for row in found)
        raise Stopped(_("Several networks are called “{name}”. Use an id: {ids}").format(name=given, ids=ids))
    if not found:
        raise Stopped(_("There is no network “{name}”. `souk networks` lists those there are.").format(name=given))
    return found[0]


def _rows(context: Context) -> list[NetworkRow]:
    return context.client.list_networks(organization=context.profile.organization or None)
