"""What the operator's engineers do: bill, record payments, correct, look across organizations."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import islice
from typing import Annotated, Literal

from cyclopts import App, Parameter

from souk.cli import formats
from souk.cli.commands import ground, versions
from souk.cli.commands.services import Yes
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import CapacityRow, CreditIn, PaymentIn, PoolRow

Organization = Annotated[str, Parameter(help=_("The organization's id."))]
Service = Annotated[str, Parameter(help=_("The service's id."))]
Amount = Annotated[str, Parameter(help=_("A decimal amount: 120.50"))]
Key = Annotated[str, Parameter(help=_("An idempotency key: with the same one, it happens once."))]

_MOST = 200
"""How many rows the server gives at once."""
_NOTHING: CapacityRow = {"vcpus": 0, "vcpu_limit": 0, "memory": 0, "memory_limit": 0, "disk": 0, "disk_limit": 0}


def register(app: App) -> None:
    """Add the operator's commands."""
    branch = App(name="operator", help=_("For the operator's engineers."), help_format="plaintext")
    branch.command(organizations, name="organizations", help=_("Every organization."))
    branch.command(machines, name="machines", help=_("Every machine that should exist."))
    branch.command(images, name="images", help=_("What new machines are made from, and what changed in it."))
    branch.command(pools, name="pools", help=_("Machines that wait ready for orders, by size."))
    branch.command(pool, name="pool", help=_("Change how many machines of a size wait ready."))
    branch.command(versions.by_version, name="versions", help=_("How many services have which version."))
    branch.command(sites, name="sites", help=_("Sites with what they have and have promised."))
    branch.command(suspend, name="suspend", help=_("Stop a customer's service, and keep it so."))
    branch.command(forget, name="forget", help=_("Have done with a service whose vendor is gone."))
    branch.command(resume, name="resume", help=_("Let a suspended service be as it was before."))
    ground.register(branch)
    branch.command(bill, name="bill", help=_("Invoice what an organization used until now."))
    branch.command(payment, name="payment", help=_("Record money that came in."))
    branch.command(allocate, name="allocate", help=_("Settle a part of an invoice with a payment."))
    branch.command(credit, name="credit", help=_("Correct a part of an invoice line by a credit note."))
    branch.command(audit, name="audit", help=_("Search the audit trail."))
    app.command(branch)


def organizations(*, context: Given) -> None:
    rows = context.client.operator_organizations()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Name"), _("Segment"), "ICE", _("City"), "id"],
        ((row["legal_name"], formats.word(row["segment"]), row["ice"] or "", row["city"], row["id"]) for row in rows),
        empty=_("Nobody is registered yet."),
    )


def suspend(
    service: Service,
    /,
    *,
    reason: Annotated[Literal["unpaid", "abuse", "other"], Parameter(help=_("Why; its customer sees it."))],
    note: Annotated[str, Parameter(help=_("What its customer is told beside that."))] = "",
    context: Given,
) -> None:
    asked = context.client.suspend_service(service, {"reason": reason, "note": note})
    context.output.done(_("Asked for: {identifier}").format(identifier=asked["operation"]), asked)


def resume(service: Service, /, *, context: Given) -> None:
    asked = context.client.resume_service(service)
    context.output.done(_("Asked for: {identifier}").format(identifier=asked["operation"]), asked)


def forget(
    service: Service,
    /,
    *,
    note: Annotated[str, Parameter(help=_("What its customer is told beside that."))] = "",
    yes: Yes = False,
    context: Given,
) -> None:
    question = _("Have done with this service? Its vendor is asked for nothing more, and there is no way back.")
    if not yes and not context.output.confirm(question):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    asked = context.client.forget_service(service, {"note": note})
    context.output.done(_("Asked for: {identifier}").format(identifier=asked["operation"]), asked)


def machines(*, context: Given) -> None:
    rows = context.client.operator_machines()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Machine"), _("Host"), _("Address"), _("Image"), _("Made"), _("Service")],
        (
            (
                row["name"],
                row["host"],
                row["address"],
                row["image"],
                formats.moment(row["created_at"]),
                row["instance_id"] or "—",
            )
            for row in rows
        ),
        empty=_("There is no machine."),
    )


def images(*, context: Given) -> None:
    rows = context.client.operator_images()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Image"), _("Version"), _("Since"), Right(_("Packages")), Right(_("Changed")), Right(_("Machines"))],
        (
            (
                row["alias"],
                row["version"],
                formats.moment(row["since"]),
                "—" if row["packages"] is None else str(row["packages"]),
                "—" if row["changes"] is None else str(len(row["changes"])),
                f"{row['machines']} (+{row['behind']})" if row["behind"] else str(row["machines"]),
            )
            for row in rows
        ),
        empty=_("No image has been built yet."),
    )
    for row in rows:
        for change in row["changes"] or ():
            context.output.text(
                f"{row['alias']}: {change['name']} {change['before'] or '—'} → {change['after'] or '—'}"
            )


def pools(*, context: Given) -> None:
    rows = context.client.operator_pools()
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Blueprint"), _("Size"), Right(_("Waiting")), Right(_("At least")), Right(_("At most")), "id"],
        (
            (row["blueprint"], _size(row), str(row["waiting"]), str(row["least"]), str(row["most"]), row["id"])
            for row in rows
        ),
        empty=_("No size has been ordered yet."),
    )


def pool(
    pool: Annotated[str, Parameter(help=_("The pool's id, as `souk operator pools` shows it."))],
    /,
    *,
    least: Annotated[int, Parameter(help=_("How many wait at least."))],
    most: Annotated[int, Parameter(help=_("How many wait at most; 0: none."))],
    context: Given,
) -> None:
    context.client.change_pool(pool, {"least": least, "most": most})
    context.output.done(_("Changed."), {"least": least, "most": most})


def _size(row: PoolRow) -> str:
    return f"{row['vcpus']} vCPU · {formats.size(row['memory'])} · {formats.size(row['disk'])}"


def sites(*, context: Given) -> None:
    ground = context.client.operator_sites()
    if context.output.as_json:
        context.output.data(ground)
        return
    rows = []
    for site in ground["sites"]:
        has = ground["capacities"].get(site["id"], _NOTHING)
        shares = (
            f"{has['vcpus']} / {has['vcpu_limit']}",
            f"{formats.size(has['memory'])} / {formats.size(has['memory_limit'])}",
            f"{formats.size(has['disk'])} / {formats.size(has['disk_limit'])}",
        )
        rows.append((site["code"], site["region_code"], _("yes") if site["engine_available"] else _("no"), *shares))
    context.output.table(
        [
            _("Site"),
            _("Region"),
            _("Engine answers"),
            Right(_("vCPU promised")),
            Right(_("Memory promised")),
            Right(_("Disk promised")),
        ],
        rows,
        empty=_("There is no site."),
    )


def bill(organization: Organization, /, *, key: Key = "", context: Given) -> None:
    made = context.client.bill({"organization": organization}, key=key or str(uuid.uuid4()))
    context.output.done(_("Invoiced: {identifier}").format(identifier=made["id"]), made)


def payment(
    organization: Organization,
    /,
    *,
    issuer: Annotated[str, Parameter(help=_("The issuer's id, as the invoice carries it."))],
    amount: Amount,
    reference: Annotated[str, Parameter(help=_("The bank's or the cheque's."))],
    method: Annotated[str, Parameter(help="transfer, cheque, cash")] = "transfer",
    received_on: Annotated[str, Parameter(help=_("The day it came in; else today."))] = "",
    key: Key = "",
    context: Given,
) -> None:
    body: PaymentIn = {
        "organization": organization,
        "issuer": issuer,
        "method": method,
        "reference": reference,
        "received_on": received_on or date.today().isoformat(),  # noqa: DTZ011 (the clerk's own day)
        "amount": amount,
    }
    made = context.client.record_payment(body, key=key or str(uuid.uuid4()))
    context.output.done(_("Recorded: {identifier}").format(identifier=made["id"]), made)


def allocate(
    payment: Annotated[str, Parameter(help=_("The payment's id."))],
    invoice: Annotated[str, Parameter(help=_("The invoice's id."))],
    /,
    *,
    amount: Amount,
    context: Given,
) -> None:
    made = context.client.allocate_payment(payment, {"invoice": invoice, "amount": amount})
    context.output.done(_("Allocated: {identifier}").format(identifier=made["id"]), made)


def credit(
    line: Annotated[str, Parameter(help=_("The line's id, as `souk invoices NUMBER` shows it."))],
    /,
    *,
    amount: Amount,
    reason: Annotated[str, Parameter(help=_("Why, as the note will say."))],
    key: Key = "",
    context: Given,
) -> None:
    body: CreditIn = {"amount": amount, "reason": reason}
    made = context.client.credit_line(line, body, key=key or str(uuid.uuid4()))
    context.output.done(_("Credited: {identifier}").format(identifier=made["id"]), made)


def audit(
    *,
    action: Annotated[str, Parameter(help=_("Only this action, as order.placed"))] = "",
    organization: Organization = "",
    limit: Annotated[int, Parameter(help=_("How many, newest first."))] = 50,
    context: Given,
) -> None:
    found = context.client.search_audit(
        action=action or None, organization=organization or None, limit=min(limit, _MOST)
    )
    rows = list(islice(found, limit))
    if context.output.as_json:
        context.output.data({"items": rows, "next": None})
        return
    context.output.table(
        [_("At"), _("Action"), _("Who"), _("What")],
        (
            (formats.moment(row["at"]), row["action"], row["actor"], f"{row['subject_kind']} {row['subject_id']}")
            for row in rows
        ),
        empty=_("Nothing happened yet."),
    )
