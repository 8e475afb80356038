"""From a stranger to an order that is fulfilled."""

from __future__ import annotations

from django.utils.translation import gettext as _

from souk.cli import formats
from souk.client import Refused
from souk.client.models import OrderIn, ServiceRow, SignUp
from souk.settings import operators
from souk.settings.first_sale import story
from souk.settings.first_sale.sale import Sale, StepFailed

READY_WITHIN = 300.0


def sign_up(sale: Sale) -> str:
    """A person signs up and signs in."""
    sign_in = sale.sign_ins["customer"]
    body: SignUp = {
        "email": sign_in.email,
        "password": sign_in.password,
        "full_name": story.CUSTOMER_NAME,
        "language": "fr",
    }
    try:
        sale.customer.sign_up(body)
    except Refused as refused:
        if refused.type != "email-taken":
            raise
        # Signed up by a run whose sign-ins were lost: on this host, its administrator may set the password.
        operators.ensure_person(sign_in.email, story.CUSTOMER_NAME, sign_in.password)
    sale.sign_in("customer")
    return f"{story.CUSTOMER_NAME}, {sign_in.email}"


def register(sale: Sale) -> str:
    """The person registers its company."""
    mine = {row["ice"]: row for row in sale.customer.list_organizations()}
    row = mine.get(story.ORGANIZATION["ice"]) or sale.customer.register_organization(
        story.ORGANIZATION, key=sale.journal.key("organization")
    )
    sale.journal.ids["organization"] = row["id"]
    return f"{row['legal_name']}, TPME, ICE {row['ice']}"


def find(sale: Sale) -> str:
    """A visitor finds the offering."""
    there = sale.customer.list_offerings(story.MARKETPLACE, q="PostgreSQL")
    cards = [card for card in there if card["name"] == story.OFFERING]
    if not cards:
        raise StepFailed(
            _("“%(offering)s” is not for sale.") % {"offering": story.OFFERING},
            _("Run `souk-manage seed`, which writes the starting catalogue."),
        )
    sale.journal.ids["offering"] = cards[0]["slug"]
    offering = sale.customer.get_offering(story.MARKETPLACE, cards[0]["slug"])
    plan = next(plan for plan in offering["plans"] if plan["key"] == story.PLAN)
    return _("plan %(plan)s: %(hour)s an hour, %(month)s a month, without tax") % {
        "plan": story.PLAN,
        "hour": formats.price(plan["per_hour"], offering["currency"]),
        "month": formats.price(plan["per_month"], offering["currency"]),
    }


def order(sale: Sale) -> str:
    """The company orders."""
    body: OrderIn = {
        "offering": sale.journal.ids["offering"],
        "plan": story.PLAN,
        "region": story.REGION,
        "name": story.SERVICE,
        "organization": sale.journal.ids["organization"],
    }
    placed = sale.customer.place_order(body, key=sale.journal.key("order"))
    row = sale.customer.get_order(placed["id"])
    sale.journal.ids |= {"order": row["id"], "service": row["instance_id"], "subscription": row["subscription_id"]}
    sale.journal.figures["ordered_at"] = row["placed_at"]
    return _("order %(number)s, at a price frozen at %(hour)s an hour") % {
        "number": row["number"],
        "hour": formats.price(row["price"]["per_hour"], row["price"]["currency"]),
    }


def ready(sale: Sale) -> str:
    """The order is followed until it is fulfilled and the service is ready."""
    row = sale.wait(lambda: _ready(sale), READY_WITHIN, lambda: _late(sale))
    taken = formats.between(row["created_at"], row["ready_at"])
    sale.journal.figures["ready_at"] = row["ready_at"]
    sale.journal.ids["hostname"] = row["hostname"]
    return _("after %(time)s at %(hostname)s") % {"time": taken, "hostname": row["hostname"]}


def _ready(sale: Sale) -> ServiceRow | None:
    row = sale.customer.get_service(sale.service)
    ordered = sale.customer.get_order(sale.journal.ids["order"])
    if ordered["state"] == "cancelled":
        raise StepFailed(
            _("The order was cancelled before it was fulfilled."),
            _("Run `souk-manage first_sale --again` to make a new sale."),
        )
    if row["ready_at"] and ordered["state"] == "fulfilled":
        return row
    operations = sale.customer.list_operations(sale.service)
    steps = [line["sentence"] for line in operations[-1]["log"]] if operations else []
    sale.telling.doing(row["trouble"] or (steps[-1] if steps else _("waiting for the worker")))
    return None


def _late(sale: Sale) -> StepFailed:
    trouble = sale.customer.get_service(sale.service)["trouble"]
    return StepFailed(
        trouble or _("No worker has taken the order."),
        _("`souk-manage doctor` says what is wrong. Then run this again: it goes on from here."),
    )
