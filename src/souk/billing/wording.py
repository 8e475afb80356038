"""The words of invoice lines, in the invoice's language."""

from __future__ import annotations

from django.utils.translation import gettext, override

from souk.billing.models import RatedLine
from souk.ordering.queries import SubscriptionRow


def describe(line: RatedLine, subscription: SubscriptionRow, language: str) -> tuple[str, str]:
    """What a rated line is for, and a second line with the details."""
    with override(language):
        what = gettext("%(offering)s, plan %(plan)s: %(service)s") % {
            "offering": subscription.offering_name,
            "plan": subscription.plan_key,
            "service": subscription.service_name,
        }
        return what, _details(line)


def _details(line: RatedLine) -> str:
    kind = line.meter.partition(".")[0]
    if kind == "egress":
        return gettext("Outgoing traffic, tier %(tier)s") % {"tier": line.meter.partition(".")[2]}
    if kind == "stopped_disk":
        return gettext("Disk kept while stopped, in GiB-hours")
    if kind == "stored":
        return gettext("Data stored, in GiB-hours, tier %(tier)s") % {"tier": line.meter.partition(".")[2]}
    if kind == "extra_disk":
        return gettext("Disk beyond the plan, in GiB-hours")
    if kind == "public_address":
        return gettext("Public address, in hours")
    match line.explanation.get("why"):
        case "tier":
            return gettext("Use, as its vendor counts it: %(meter)s") % {"meter": kind}
        case "month":
            return gettext("Full month")
        case "rest of the month's price":
            return gettext("Up to the price of the full month")
        case _:
            return gettext("Hours of service")
