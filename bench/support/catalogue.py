"""A market place of many offerings, made by the catalogue's own commands."""

from __future__ import annotations

from decimal import Decimal

from souk.catalog import commands
from souk.catalog.models import Listing, Marketplace, Offering, Plan, PriceBook, PublishedOffering
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning import registry

_AUTHOR, _REVIEWER = System("bench"), System("bench-review")
_CATEGORIES = ("databases", "storage", "compute", "observability")
_PRICE = commands.PriceDetails(Decimal("1.10"), Decimal("590"))


def publish(count: int) -> None:
    """Have `count` published offerings in the public market place, the seeded one included."""
    marketplace = Marketplace.objects.get(slug="public").id
    blueprint = next(iter(registry.blueprints().values()))
    vendor = Offering.objects.values_list("vendor_id", flat=True)[:1].get()
    book = PriceBook.objects.get(marketplace_id=marketplace, segment="").id
    start = blueprint.starting_offering
    sizes = [commands.PlanDetails(plan.key, plan.size.vcpus, plan.size.memory, plan.size.disk) for plan in start.plans]
    for number in range(PublishedOffering.objects.count(), count):
        slug = f"{start.slug}-{number}"
        texts = {language: {**said, "name": f"{said['name']} {number}"} for language, said in start.texts.items()}
        with acting(_AUTHOR):
            version = commands.draft_version(
                _AUTHOR,
                slug,
                vendor,
                _CATEGORIES[number % len(_CATEGORIES)],
                blueprint.key,
                texts,
                blueprint.schema(),
                sizes,
            )
            for plan in Plan.objects.filter(version_id=version).values_list("id", flat=True):
                commands.set_price(_AUTHOR, book, plan, _PRICE, clock.now())
            commands.move_version(_AUTHOR, version, "submitted")
        with acting(_REVIEWER):
            commands.move_version(_REVIEWER, version, "approved")
        with acting(_AUTHOR):
            commands.move_version(_AUTHOR, version, "published")
            commands.list_offering(_AUTHOR, marketplace, Offering.objects.values_list("id", flat=True).get(slug=slug))
    assert Listing.objects.count() >= count
