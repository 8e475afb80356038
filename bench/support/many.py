"""Many services, ordered as customers do."""

from __future__ import annotations

_SUBNET, _PREFIX = "10.250.0.0", 20


def order_services(count: int) -> None:
    """Order `count` services for fifty customers, as the API's command does, on a site with room for them."""
    from souk.ordering.commands import OrderDetails, place_order
    from souk.parties.access import by_person
    from souk.sites.models import Site
    from support.customers import customers, endless_capacity

    endless_capacity()
    Site.objects.update(subnet=_SUBNET, prefix_length=_PREFIX)
    buyers = customers(50)
    scopes = [by_person(buyer.person, is_operator=False).member for buyer in buyers]
    for number in range(count):
        buyer, scope = buyers[number % len(buyers)], scopes[number % len(buyers)]
        place_order(scope, OrderDetails(buyer.organization, "public", "postgresql", "s", "ma-temara", f"base{number}"))
