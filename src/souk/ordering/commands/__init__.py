"""What changes orders and subscriptions."""

from souk.ordering.commands.changing import Changed, change_plan, change_size, give_address, set_ceiling
from souk.ordering.commands.placing import OrderDetails, cancel_order, place_order
from souk.ordering.commands.restoring import RestoreDetails, restore

__all__ = [
    "Changed",
    "OrderDetails",
    "RestoreDetails",
    "cancel_order",
    "change_plan",
    "change_size",
    "give_address",
    "place_order",
    "restore",
    "set_ceiling",
]
