"""What changes orders and subscriptions."""

from souk.ordering.commands.changing import change_plan
from souk.ordering.commands.placing import OrderDetails, cancel_order, place_order

__all__ = ["OrderDetails", "cancel_order", "change_plan", "place_order"]
