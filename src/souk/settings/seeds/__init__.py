"""What an installation starts with: rules, the operator, its site, and a catalogue of every installed blueprint and of
what is made of them.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.conf import settings

from souk.catalog import commands as catalog
from souk.catalog.models import Marketplace, Offering, PriceBook
from souk.catalog.pricing import Tier
from souk.kernel import clock, rules
from souk.kernel.scope import Scope, System, acting
from souk.parties.models import BankAccount, Organization
from souk.provisioning import registry
from souk.provisioning.contract import Blueprint, StartingOffering, StartingPlan
from souk.sites.commands import DefaultSite, ensure_default_site
from souk.stacks import commands as stacks
from souk.stacks.commands import StackDetails
from souk.stacks.starting import STARTING_STACKS

AUTHOR, REVIEWER = System("seed"), System("seed-review")
OPERATOR_ICE = "001525713000097"


def seed() -> None:
    """Bring a database to where the first customer can order. Safe to repeat."""
    with acting(AUTHOR):
        rules.load_pack("morocco")
        operator = _operator()
        namespace = settings.NAMESPACE
        ensure_default_site(
            operator,
            DefaultSite(
                region_code="ma-temara",
                region_name="Témara",
                site_code="tem1",
                site_name="Témara 1",
                country="MA",
                subnet=namespace.subnet.partition("/")[0],
                prefix_length=int(namespace.subnet.partition("/")[2]),
                domain=namespace.domain,
                private_range=settings.PRIVATE_RANGE,
            ),
        )
        marketplace = _marketplace()
        for blueprint in registry.blueprints().values():
            if blueprint.starting_offering is not None:
                _offering(blueprint, blueprint.starting_offering, operator, marketplace)
        for stack in STARTING_STACKS:
            _stack(stack, operator)


def _operator() -> UUID:
    organization, made = Organization.objects.get_or_create(
        ice=OPERATOR_ICE,
        defaults={
            "legal_name": "Opérateur de démonstration",
            "legal_form": "SA",
            "segment": "large_enterprise",
            "tax_id": "1525713",
            "trade_register": "100001",
            "trade_register_city": "Témara",
            "business_tax": "25100001",
            "cnss": "1000001",
            "capital_minor": 1_000_000_000,
            "address": "Technopole, avenue des Centres de données",
            "city": "Témara",
            "postcode": "12000",
            "email": "facturation@operateur.example",
            "is_vendor": True,
            "created_at": clock.now(),
        },
    )
    if made:
        BankAccount.objects.create(
            organization=organization,
            holder=organization.legal_name,
            bank="Banque de démonstration",
            rib=_demonstration_rib(),
            created_at=clock.now(),
        )
    return organization.id


def _demonstration_rib() -> str:
    from souk.parties.identifiers import rib_key

    account = "0008100000000000000001"
    return account + rib_key(account)


def _marketplace() -> UUID:
    found = Marketplace.objects.filter(slug="public").first()
    if found is not None:
        return found.id
    return catalog.create_marketplace(AUTHOR, "public", "Souk", "public")


def _plan(plan: StartingPlan) -> catalog.PlanDetails:
    size = plan.size
    return catalog.PlanDetails(plan.key, size.vcpus, size.memory, size.disk, size.members)


def _offering(blueprint: Blueprint, start: StartingOffering, operator: UUID, marketplace: UUID) -> None:
    if Offering.objects.filter(slug=start.slug).exists():
        return
    version = catalog.draft_version(
        AUTHOR,
        start.slug,
        operator,
        start.category,
        blueprint.key,
        start.texts,
        blueprint.schema(),
        [_plan(plan) for plan in start.plans],
    )
    _price(start, marketplace, version)
    catalog.move_version(AUTHOR, version, "submitted")
    _as(REVIEWER, version, "approved")
    catalog.move_version(AUTHOR, version, "published")
    catalog.list_offering(AUTHOR, marketplace, Offering.objects.get(slug=start.slug).id)


def _stack(stack: StackDetails, operator: UUID) -> None:
    """Sell a stack, if all that it is made of is sold."""
    parts = {part.offering for plan in stack.plans for part in plan.parts.values()}
    there = set(Offering.objects.filter(slug__in=[stack.slug, *parts]).values_list("slug", flat=True))
    if stack.slug in there or not parts <= there:
        return
    version = stacks.publish(AUTHOR, operator, stack)
    _as(REVIEWER, version, "approved")
    catalog.move_version(AUTHOR, version, "published")


def _as(scope: Scope, version: UUID, verb: str) -> None:
    with acting(scope):
        catalog.move_version(scope, version, verb)


def _price(start: StartingOffering, marketplace: UUID, version: UUID) -> None:
    from souk.catalog.models import Plan

    book = PriceBook.objects.get(marketplace_id=marketplace, segment="")
    tiers = {
        meter: [
            Tier(None if step["up_to"] is None else Decimal(str(step["up_to"])), Decimal(str(step["rate"])))
            for step in steps
        ]
        for meter, steps in start.tiers.items()
    }
    for plan in start.plans:
        catalog.set_price(
            AUTHOR,
            book.id,
            Plan.objects.get(version_id=version, key=plan.key).id,
            catalog.PriceDetails(Decimal(plan.per_hour), Decimal(plan.per_month), tiers=tiers),
            clock.now(),
        )
