"""What changes orders and subscriptions."""

from souk.ordering.commands.changing import change_plan
from souk.ordering.commands.placing import OrderDetails, cancel_order, place_order
from souk.ordering.commands.restoring import RestoreDetails, restore

__all__ = ["OrderDetails", "RestoreDetails", "cancel_order", "change_plan", "place_order", "restore"]
