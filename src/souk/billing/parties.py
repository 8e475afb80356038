"""Seller and buyer as an issued document keeps them: as they were on that day."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from souk.kernel.scope import System
from souk.parties import queries as parties

_KEPT = (
    "legal_name",
    "legal_form",
    "ice",
    "tax_id",
    "trade_register",
    "trade_register_city",
    "business_tax",
    "cnss",
    "capital_minor",
    "address",
    "city",
    "postcode",
    "country",
    "email",
    "phone",
)


def snapshot(organization: UUID, *, with_account: bool = False) -> dict[str, Any]:
    """An organization's details for a document; with its newest bank account if it is the seller."""
    scope = System("billing")
    details = asdict(parties.organization(scope, organization))
    kept = {key: details[key] for key in _KEPT}
    if with_account:
        accounts = parties.bank_accounts(scope, organization)
        if accounts:
            kept["account"] = {
                "holder": accounts[0].holder,
                "bank": accounts[0].bank,
                "rib": accounts[0].rib,
                "bic": accounts[0].bic,
            }
    return kept
