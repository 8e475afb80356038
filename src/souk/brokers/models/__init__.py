"""Vendors' brokers, what they sell, and what was ordered from them: the tables and their constraints."""

from souk.brokers.models.brokers import Auth, Broker, BrokerHour, Intake
from souk.brokers.models.catalogs import BrokerCatalog, CatalogState, SoldPlan
from souk.brokers.models.orders import BrokeredBinding, BrokeredService, Phase

__all__ = [
    "Auth",
    "Broker",
    "BrokerCatalog",
    "BrokerHour",
    "BrokeredBinding",
    "BrokeredService",
    "CatalogState",
    "Intake",
    "Phase",
    "SoldPlan",
]
