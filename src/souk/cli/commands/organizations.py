"""For whom I act."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats, profile
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.client.models import OrganizationIn


def listing(*, context: Given) -> None:
    rows = context.client.list_organizations()
    if context.output.as_json:
        context.output.data(rows)
        return
    chosen = context.profile.organization
    context.output.table(
        ["", _("Name"), _("Segment"), "ICE", _("City"), "id"],
        (
            (
                "*" if row["id"] == chosen else "",
                row["legal_name"],
                formats.word(row["segment"]),
                row["ice"] or "",
                row["city"],
                row["id"],
            )
            for row in rows
        ),
        empty=_("You belong to no organization yet. Register one with: souk organizations register"),
    )


def register(
    *,
    name: Annotated[str, Parameter(help=_("The legal name."))],
    segment: Annotated[str, Parameter(help="tpme, large_enterprise, public_body, auto_entrepreneur")],
    ice: Annotated[str, Parameter(help=_("The ICE: 15 digits."))] = "",
    legal_form: Annotated[str, Parameter(help=_("The legal form: SARL, SA …"))] = "",
    tax_id: Annotated[str, Parameter(help=_("The tax number (IF)."))] = "",
    trade_register: Annotated[str, Parameter(help=_("The number in the trade register (RC)."))] = "",
    trade_register_city: Annotated[str, Parameter(help=_("The city of the trade register."))] = "",
    business_tax: Annotated[str, Parameter(help=_("The business tax number (TP)."))] = "",
    cnss: Annotated[str, Parameter(help=_("The CNSS number."))] = "",
    address: Annotated[str, Parameter(help=_("Street and number."))] = "",
    city: Annotated[str, Parameter(help=_("City."))] = "",
    postcode: Annotated[str, Parameter(help=_("Postal code."))] = "",
    country: Annotated[str, Parameter(help=_("Two letters."))] = "MA",
    email: Annotated[str, Parameter(help=_("Where invoices are announced."))] = "",
    context: Given,
) -> None:
    body: OrganizationIn = {
        "legal_name": name,
        "segment": segment,
        "ice": ice,
        "legal_form": legal_form,
        "tax_id": tax_id,
        "trade_register": trade_register,
        "trade_register_city": trade_register_city,
        "business_tax": business_tax,
        "cnss": cnss,
        "address": address,
        "city": city,
        "postcode": postcode,
        "country": country,
        "email": email,
    }
    made = context.client.register_organization(body, key=f"register:{ice}" if ice else None)
    profile.save(replace(profile.stored(), organization=made["id"]))
    context.output.done(_("{name} is registered, and you act for it.").format(name=made["legal_name"]), made)


def use(
    organization: Annotated[str, Parameter(help=_("Its name, ICE or id."))],
    /,
    *,
    context: Given,
) -> None:
    rows = context.client.list_organizations()
    found = [row for row in rows if organization in {row["legal_name"], row["ice"], row["id"]}]
    if len(found) != 1:
        raise Stopped(_("“{name}” is not one of your organizations.").format(name=organization))
    profile.save(replace(profile.stored(), organization=found[0]["id"]))
    context.output.done(_("You act for {name} from now on.").format(name=found[0]["legal_name"]), found[0])
