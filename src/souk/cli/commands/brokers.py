"""A vendor's brokers: registered, looked at, published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from souk.cli import formats, parameters
from souk.cli.commands.services import Yes
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import BrokerIn, BrokerRow, OfferIn, PublicationIn

Auth = Literal["basic", "bearer", "certificate"]
Broker = Annotated[str, Parameter(help=_("A broker's name or id."))]


def listing(*, context: Given) -> None:
    rows = _rows(context)
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("Address"), _("Last answered"), _("Trouble"), "id"],
        (
            (row["name"], row["url"], formats.moment(row["answered_at"]), row["trouble"] or "—", row["id"])
            for row in rows
        ),
        empty=_("There is no broker yet."),
    )


def register(
    name: Annotated[str, Parameter(help=_("What you call it."))],
    url: Annotated[str, Parameter(help=_("Its https address, without /v2."))],
    /,
    *,
    secret_file: Annotated[
        Path, Parameter(help=_("A file with the password, the token, or the client's certificate and key in PEM."))
    ],
    auth: Annotated[Auth, Parameter(help=_("How it is signed in to: basic, bearer or certificate."))] = "basic",
    username: Annotated[str, Parameter(help=_("The user's name, for basic."))] = "",
    authority: Annotated[
        Path | None, Parameter(help=_("A file with the certificates (PEM) that its own leads to, if not public."))
    ] = None,
    context: Given,
) -> None:
    body: BrokerIn = {
        "name": name,
        "url": url,
        "auth": auth,
        "username": username,
        "secret": _read(secret_file),
        "authority": _read(authority) if authority else "",
    }
    made = context.client.register_broker(context.organization(), body)
    context.output.done(_("It is registered, and looked at within seconds. See: souk brokers show"), made)


def show(broker: Broker, /, *, context: Given) -> None:
    found = context.client.get_broker(_id(context, broker))
    if context.output.as_json:
        context.output.data(found)
        return
    row, measured = found["broker"], found["measured"]
    share = "—" if measured["availability"] is None else f"{float(measured['availability']):.2%}"
    context.output.fields(
        [
            (_("Name"), row["name"]),
            (_("Address"), row["url"]),
            (_("Last answered"), formats.moment(row["answered_at"])),
            (_("Trouble"), row["trouble"] or "—"),
            (_("Answered, of 30 days"), share),
        ]
    )
    context.output.table(
        [_("Offering"), _("Plan"), _("State")],
        ((each["offering"], each["plan"], each["state"]) for each in found["sold"]),
        empty=_("Nothing of it is sold yet."),
    )


def changes(broker: Broker, /, *, context: Given) -> None:
    found = context.client.get_proposed_catalog(_id(context, broker))
    if context.output.as_json:
        context.output.data(found or {})
        return
    if not found:
        context.output.text(_("There is nothing new."))
        return
    context.output.table(
        [_("What changes"), _("Offering"), _("Plan")],
        ((each["kind"], each["service"], each["plan"] or "—") for each in found["changes"]),
        empty="",
    )
    context.output.table(
        [_("Offering"), _("Plan"), Right("id")],
        ((service["title"], plan["title"], plan["id"]) for service in found["services"] for plan in service["plans"]),
        empty="",
    )


def publish(
    broker: Broker,
    /,
    *,
    price: Annotated[list[str], Parameter(help=_("Each plan's price for a full month: PLAN-ID=AMOUNT."))],
    meter: Annotated[list[str] | None, Parameter(help=_("What is metered, for a unit: METER=AMOUNT."))] = None,
    category: Annotated[str, Parameter(help=_("Where it is found on the market place."))] = "partners",
    context: Given,
) -> None:
    identifier = _id(context, broker)
    found = context.client.get_proposed_catalog(identifier)
    if not found:
        raise Stopped(_("There is nothing new."))
    prices, meters = _amounts(price), _amounts(meter or [])
    offers: list[OfferIn] = [
        {
            "service": service["id"],
            "per_month": {plan["id"]: prices[plan["id"]] for plan in service["plans"] if plan["id"] in prices},
            "meters": meters,
        }
        for service in found["services"]
    ]
    body: PublicationIn = {"number": found["number"], "offers": offers, "category": category}
    made = context.client.publish_broker(identifier, body)
    context.output.done(_("It is sold once the operator has approved it."), made)


def try_out(broker: Broker, /, *, context: Given) -> None:
    context.client.try_broker(_id(context, broker))
    context.output.done(_("It is looked at within seconds. See: souk brokers show"))


def usage_key(
    broker: Broker,
    /,
    *,
    key: Annotated[str, Parameter(help=_("An Ed25519 public key in base64; else a secret is made."))] = "",
    context: Given,
) -> None:
    made = context.client.register_usage_key(_id(context, broker), {"key": key})
    if made["secret"] and not context.output.as_json:
        context.output.remark(_("Usage reports are signed with this secret, which is shown this once:"))
        context.output.text(made["secret"])
        return
    context.output.done(_("Usage reports are signed with this key from now on."), made)


def remove(broker: Broker, /, *, yes: Yes = False, context: Given) -> None:
    if not yes and not context.output.confirm(_("Remove this broker? Nothing of it is sold any more.")):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    context.client.remove_broker(_id(context, broker))
    context.output.done(_("It is removed."))


def _amounts(pairs: list[str]) -> dict[str, float | str]:
    return {key: str(value) for key, value in parameters.plain(pairs).items()}


def _id(context: Context, given: str) -> str:
    found = [row for row in _rows(context) if given in {row["name"], row["id"]}]
    if not found:
        raise Stopped(_("There is no broker “{name}”. `souk brokers` lists those there are.").format(name=given))
    return found[0]["id"]


def _rows(context: Context) -> list[BrokerRow]:
    return context.client.list_brokers()


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise Stopped(_("“{path}” can't be read.").format(path=path)) from None
