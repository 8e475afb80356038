"""Who buys what in the first sale."""

from __future__ import annotations

from souk.client.models import OrganizationIn

OFFERING = "PostgreSQL géré"
MARKETPLACE = "public"
PLAN = "s"
REGION = "ma-temara"
SERVICE = "boutique"
ROWS = 10_000
CORRECTED = "0.10"

CUSTOMER_NAME = "Salma Bennani"
CUSTOMER = "salma@atelier-zellige.example"
OPERATOR = "exploitation@operateur.example"
VENDOR = "ventes@operateur.example"

ORGANIZATION: OrganizationIn = {
    "legal_name": "Atelier Zellige SARL",
    "segment": "tpme",
    "legal_form": "SARL",
    "ice": "002000012000061",
    "tax_id": "20000123",
    "trade_register": "54321",
    "trade_register_city": "Salé",
    "business_tax": "25712345",
    "cnss": "7654321",
    "capital_minor": 10_000_000,
    "address": "12, rue des Potiers, quartier Tabriquet",
    "city": "Salé",
    "postcode": "11000",
    "country": "MA",
    "email": "compta@atelier-zellige.example",
    "phone": "+212 5 37 00 00 00",
}
