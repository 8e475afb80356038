"""What a service used, and what was invoiced."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name
from souk.cli.context import Context, Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import InvoiceRow


def usage(
    name: Name,
    /,
    *,
    since: Annotated[str, Parameter(help=_("From when, as 2026-01-31 or with a time. Else 30 days ago."))] = "",
    until: Annotated[str, Parameter(help=_("Until when. Else now."))] = "",
    context: Given,
) -> None:
    row = context.service(name)
    query = {"since": since or None, "until": until or None}
    used = context.client.get_usage(row["id"], **query)
    if context.output.as_json:
        context.output.data(used)
        return
    context.output.table(
        [_("Meter"), _("Since"), _("Until"), Right(_("Duration"))],
        (
            (
                formats.word(interval["meter"]),
                formats.moment(interval["since"]),
                formats.moment(interval["until"]),
                formats.between(interval["since"], interval["until"]),
            )
            for interval in used["intervals"]
        ),
        empty=_("Nothing was used in this period."),
    )
    samples = used["samples"]
    context.output.fields(
        [
            (_("Disk in use"), formats.size(samples[-1]["disk"]) if samples else ""),
            (_("Sent"), formats.size(sum(sample["egress"] for sample in samples)) if samples else ""),
            (_("Cost since the last invoice, without tax"), formats.amount(used["cost_minor"], used["currency"])),
        ]
    )


def invoices(
    number: Annotated[str, Parameter(help=_("Only this one: its number or id."))] = "",
    /,
    *,
    pdf: Annotated[Path | None, Parameter(help=_("Save it as PDF here. Without a number: the newest."))] = None,
    xml: Annotated[Path | None, Parameter(help=_("Save it as UBL here. Without a number: the newest."))] = None,
    context: Given,
) -> None:
    rows = list(context.client.list_invoices(organization=context.profile.organization or None))
    if number:
        rows = [row for row in rows if number in {row["number"], row["id"]}]
        if not rows:
            raise Stopped(_("There is no invoice {number}.").format(number=number))
    if pdf or xml:
        if not rows:
            raise Stopped(_("There is no invoice yet."))
        _save(context, rows[0], pdf, xml)
    elif number:
        _show(context, rows[0])
    else:
        _listing(context, rows)


def _save(context: Context, row: InvoiceRow, pdf: Path | None, xml: Path | None) -> None:
    for fetch, target in ((context.client.get_invoice_pdf, pdf), (context.client.get_invoice_xml, xml)):
        if target is None:
            continue
        content = fetch(row["id"]).content
        try:
            target.write_bytes(content)
        except OSError as error:
            raise Stopped(_("{path} can't be written: {reason}.").format(path=target, reason=error.strerror)) from error
        if not context.output.as_json:
            context.output.text(_("{number} is saved as {path}.").format(number=row["number"], path=target))
    if context.output.as_json:
        context.output.data(row)


def _listing(context: Context, rows: list[InvoiceRow]) -> None:
    if context.output.as_json:
        context.output.data({"items": rows, "next": None})
        return
    context.output.table(
        [
            _("Number"),
            _("Kind"),
            _("Date"),
            _("Due"),
            Right(_("Without tax")),
            Right(_("Tax")),
            Right(_("Total")),
            Right(_("Left to pay")),
        ],
        (
            (
                row["number"],
                formats.word(row["kind"]),
                row["issue_date"],
                row["due_date"] if row["kind"] == "invoice" else "",
                formats.amount(_sign(row) * row["net_minor"], row["currency"]),
                formats.amount(_sign(row) * row["tax_minor"], row["currency"]),
                formats.amount(_sign(row) * row["gross_minor"], row["currency"]),
                _left(row),
            )
            for row in rows
        ),
        empty=_("There is no invoice yet."),
    )


def _sign(row: InvoiceRow) -> int:
    return 1 if row["kind"] == "invoice" else -1


def _left(row: InvoiceRow) -> str:
    if row["kind"] != "invoice":
        return ""
    left = row["gross_minor"] - row["allocated_minor"]
    return formats.amount(left, row["currency"]) if left > 0 else _("paid")


def _show(context: Context, row: InvoiceRow) -> None:
    found = context.client.get_invoice(row["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    _listing(context, [row])
    context.output.table(
        [
            Right(_("Line")),
            _("Description"),
            Right(_("Quantity")),
            Right(_("Unit price")),
            Right(_("Without tax")),
            "id",
        ],
        (
            (
                str(line["position"]),
                line["description"],
                formats.exact(line["quantity"]),
                formats.price(line["unit_price"], row["currency"]),
                formats.amount(line["net_minor"], row["currency"]),
                line["id"],
            )
            for line in found["lines"]
        ),
        empty="",
    )
