"""What vendors do with their brokers: each command is one transaction."""

from souk.brokers.commands.publishing import Offer, Publication, publish
from souk.brokers.commands.registering import (
    BrokerDetails,
    change_broker,
    register_broker,
    register_usage_key,
    remove_broker,
    try_broker,
)

__all__ = [
    "BrokerDetails",
    "Offer",
    "Publication",
    "change_broker",
    "publish",
    "register_broker",
    "register_usage_key",
    "remove_broker",
    "try_broker",
]
