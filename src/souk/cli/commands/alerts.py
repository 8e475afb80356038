"""Alerts of a service and their rules; webhooks of the organization."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name, Yes
from souk.cli.context import Given
from souk.cli.errors import Stopped
from souk.cli.language import _
from souk.cli.output import Right

Rule = Annotated[str, Parameter(help=_("The rule, such as disk."))]
Webhook = Annotated[str, Parameter(help=_("The webhook's id."))]


def listing(name: Name, /, *, context: Given) -> None:
    found = context.client.list_alerts(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    units = {row["rule"]: row["unit"] for row in found["rules"]}
    context.output.table(
        [_("Alert"), _("State"), Right(_("Value")), Right(_("Threshold")), _("Since"), _("Resolved")],
        (
            (
                row["rule"],
                formats.word(row["state"]),
                f"{formats.exact(format(row['value'], '.1f'))} {units.get(row['rule'], 'GiB')}",
                f"{row['threshold']:g} {units.get(row['rule'], 'GiB')}",
                formats.moment(row["since"]),
                formats.moment(row["resolved_at"]),
            )
            for row in found["alerts"]
        ),
        empty=_("There is no alert."),
    )


def rules(name: Name, /, *, context: Given) -> None:
    found = context.client.list_alerts(context.service(name)["id"])["rules"]
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Rule"), Right(_("Threshold")), Right(_("By default")), _("State")],
        (
            (
                row["rule"],
                f"{row['threshold']:g} {row['unit']}",
                f"{row['standard']:g} {row['unit']}",
                _("on") if row["enabled"] else _("off"),
            )
            for row in found
        ),
        empty="",
    )


def set_rule(
    name: Name,
    rule: Rule,
    threshold: Annotated[float | None, Parameter(help=_("The new threshold, in the rule's unit."))] = None,
    /,
    *,
    off: Annotated[bool, Parameter(help=_("Tell of it no more."))] = False,
    context: Given,
) -> None:
    service = context.service(name)["id"]
    known = {row["rule"]: row for row in context.client.list_alerts(service)["rules"]}
    if rule not in known:
        said = _("There is no rule “{rule}”. Those there are: {rules}")
        raise Stopped(said.format(rule=rule, rules=", ".join(known)))
    wanted = known[rule]["threshold"] if threshold is None else threshold
    row = context.client.set_alert_rule(service, rule, {"threshold": wanted, "enabled": not off})
    context.output.done(_("The rule is changed."), row)


def webhooks(*, context: Given) -> None:
    rows = context.client.list_webhooks(context.organization())
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("Address"), _("Made"), "id"],
        ((row["url"], formats.moment(row["created_at"]), row["id"]) for row in rows),
        empty=_("There is no webhook yet."),
    )


def add(url: Annotated[str, Parameter(help=_("An https address."))], /, *, context: Given) -> None:
    made = context.client.add_webhook(context.organization(), {"url": url})
    if context.output.as_json:
        context.output.data(made)
        return
    context.output.remark(_("What it gets is signed with this secret, which is shown this once:"))
    context.output.text(made["secret"])


def remove(webhook: Webhook, /, *, yes: Yes = False, context: Given) -> None:
    if not yes and not context.output.confirm(_("Remove this webhook? What still waits for it is dropped.")):
        raise Stopped(_("Nothing was changed. Add --yes to go ahead without a question."))
    context.client.remove_webhook(webhook)
    context.output.done(_("It is removed."))


def try_out(webhook: Webhook, /, *, context: Given) -> None:
    asked = context.client.try_webhook(webhook)
    context.output.done(_("A message is sent within a minute. See: souk webhooks deliveries"), asked)


def deliveries(*, context: Given) -> None:
    rows = context.client.list_deliveries(context.organization())
    if context.output.as_json:
        context.output.data(rows)
        return
    context.output.table(
        [_("When"), _("Event"), Right(_("Attempts")), _("Delivered"), _("Last failure")],
        (
            (
                formats.moment(row["created_at"]),
                row["event"],
                str(row["attempts"]),
                formats.moment(row["delivered_at"]),
                row["outcome"] or "—",
            )
            for row in rows
        ),
        empty=_("Nothing was sent yet."),
    )
