"""Which fixed words an invoice needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from souk.billing.documents.content import PaymentMeans


@dataclass(frozen=True)
class Labels:
    """One language's words. `{...}` is filled by the caller.

    `units` gives singular and plural. `only_one_is_singular` as in English ("0.5 months"); in French all
    below two is ("1,5 mois").
    """

    direction: str
    invoice: str
    credit_note: str
    number: str
    issued: str
    due: str
    period: str
    buyer_reference: str
    purchase_order: str
    sales_order: str
    contract: str
    preceding: str
    billed_to: str
    ice: str
    tax_id: str
    trade_register: str
    business_tax: str
    cnss: str
    capital: str
    description: str
    quantity: str
    unit_price: str
    tax: str
    net: str
    lines_total: str
    without_tax: str
    tax_total: str
    with_tax: str
    prepaid: str
    payable: str
    credited: str
    transfer: str
    tax_rate: str
    tax_base: str
    tax_amount: str
    accounting_tax: str
    amounts_in: str
    invoice_words: str
    credit_note_words: str
    payment: str
    means: dict[PaymentMeans, str]
    pay_by: str
    settled: str
    holder: str
    bank: str
    reference: str
    page: str
    specimen: str
    specimen_note: str
    units: dict[str, tuple[str, str]]
    only_one_is_singular: bool

    def unit(self, code: str, quantity: Decimal) -> str:
        """The printed name of a UN/ECE Recommendation 20 code; the code itself when we have no word."""
        one, many = self.units.get(code, (code, code))
        size = abs(quantity)
        return one if size == 1 or (size < 2 and not self.only_one_is_singular) else many
