"""What is for sale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.context import Given
from souk.cli.language import _
from souk.cli.output import Right

Marketplace = Annotated[str, Parameter(help=_("The market place's name."))]


def listing(
    *,
    words: Annotated[str, Parameter(name=["--search", "-s"], help=_("Words to look for."))] = "",
    category: Annotated[str, Parameter(help=_("Only this category."))] = "",
    marketplace: Marketplace = "public",
    context: Given,
) -> None:
    rows = list(context.client.list_offerings(marketplace, q=words or None, category=category or None))
    if context.output.as_json:
        context.output.data({"items": rows, "next": None})
        return
    context.output.table(
        [_("Offering"), _("Name"), _("Summary"), Right(_("From, per hour")), Right(_("From, per month"))],
        (
            (
                row["slug"],
                row["name"],
                row["summary"],
                formats.price(row["from_per_hour"], row["currency"]),
                formats.price(row["from_per_month"], row["currency"]),
            )
            for row in rows
        ),
        empty=_("Nothing is for sale here."),
    )


def show(
    offering: Annotated[str, Parameter(help=_("The offering, as `souk market` lists it."))],
    /,
    *,
    marketplace: Marketplace = "public",
    context: Given,
) -> None:
    row = context.client.get_offering(marketplace, offering)
    output = context.output
    if output.as_json:
        output.data(row)
        return
    output.text(f"{row['name']} — {row['summary']}\n\n{row['description']}\n")
    output.table(
        [
            _("Plan"),
            Right(_("vCPU")),
            Right(_("Memory")),
            Right(_("Disk")),
            Right(_("Machines")),
            Right(_("Per hour")),
            Right(_("Per month")),
        ],
        (
            (
                plan["key"],
                str(plan["vcpus"]),
                formats.size(plan["memory"]),
                formats.size(plan["disk"]),
                str(plan["members"]),
                formats.price(plan["per_hour"], row["currency"]),
                formats.price(plan["per_month"], row["currency"]),
            )
            for plan in row["plans"]
        ),
        empty=_("Nothing is for sale here."),
    )
    output.table(
        [_("Parameter"), _("Type"), _("Default"), _("What it is")],
        _parameters(row["parameters"]),
        empty=_("It has no parameters."),
    )
    output.text(_("Prices are without tax. Order it with: souk order {offering} --plan …").format(offering=offering))


def _parameters(schema: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for key, rule in schema.get("properties", {}).items():
        choices = rule.get("enum") or rule.get("items", {}).get("enum") or []
        kind = " | ".join(map(str, choices)) if choices else str(rule.get("type", ""))
        yield key, kind, _default(rule.get("default")), str(rule.get("description") or rule.get("title") or "")


def _default(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def regions(*, context: Given) -> None:
    rows = context.client.list_regions()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Region"), _("Name"), _("Country")],
        ((row["code"], row["name"], row["country"]) for row in rows),
        empty=_("There is no region yet."),
    )
