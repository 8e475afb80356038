"""The seller and the buyer as an issued document names them."""

from __future__ import annotations

from dataclasses import dataclass

from souk.kernel.money import Money


@dataclass(frozen=True)
class Address:
    """A postal address (BG-5, BG-8); `country` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...]
    city: str
    postcode: str = ""
    country: str = "MA"


@dataclass(frozen=True)
class BankAccount:
    """Where to pay (BG-17). A Moroccan RIB has 24 digits; the IBAN is preferred in the XML where known."""

    rib: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    holder: str = ""

    @property
    def identifier(self) -> str:
        """BT-84: the IBAN, else the RIB, without spaces."""
        return "".join((self.iban or self.rib).split())


@dataclass(frozen=True)
class Party:
    """A legal person on a document (BG-4, BG-7), with the identifiers Moroccan invoices carry.

    `tax_id` is the *identifiant fiscal* (IF), `trade_register` the RC number and its city,
    `business_tax` the *taxe professionnelle* (TP) article.
    """

    legal_name: str
    address: Address
    trading_name: str = ""
    legal_form: str = ""
    capital: Money | None = None
    ice: str = ""
    tax_id: str = ""
    trade_register: str = ""
    trade_register_city: str = ""
    business_tax: str = ""
    cnss: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""

    @property
    def vat_identifier(self) -> str:
        """BT-31, BT-48: the tax identifier behind its country's prefix, as EN 16931's BR-CO-09 wants it."""
        if not self.tax_id or self.tax_id.startswith(self.address.country):
            return self.tax_id
        return self.address.country + self.tax_id

    @property
    def registration(self) -> str:
        """BT-30, BT-47: the trade register number with its city, without which it is not unique."""
        return " ".join(part for part in (self.trade_register_city, self.trade_register) if part)
