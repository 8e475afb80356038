"""What an issued invoice or credit note says, in full: enough to write it as PDF and as UBL, no more.

A document is a value. It holds no reference into the database, its texts are already in the reader's
language, and the same value always renders to the same bytes. "BT-nn" and "BG-nn" name the business
term of the European semantic model (EN 16931-1) that a field carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from souk.billing.documents.parties import BankAccount, Party
from souk.kernel.money import Money


class DocumentKind(Enum):
    """BT-3, the document's type in UNTDID 1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


class TaxCategory(Enum):
    """BT-118 and BT-151, the tax category in UNTDID 5305."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    NOT_SUBJECT = "O"
    REVERSE_CHARGE = "AE"


class PaymentMeans(Enum):
    """BT-81, how it is to be paid, in UNTDID 4461."""

    CASH = "10"
    CHEQUE = "20"
    TRANSFER = "30"
    CARD = "48"
    SEPA_TRANSFER = "58"
    #: Set against what the other side owes: how a credit note is usually settled.
    CLEARING = "97"


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included (BG-14, BG-26)."""

    start: date
    end: date


@dataclass(frozen=True)
class Tax:
    """A category and its rate in per cent (20, not 0.20). `NOT_SUBJECT` has no rate on paper: give zero."""

    category: TaxCategory
    rate: Decimal


@dataclass(frozen=True)
class Line:
    """One line (BG-25). `net` is `quantity` x `unit_price` / `price_quantity`, rounded once.

    A credit inside an invoice has a negative quantity, never a negative price. `unit` is a UN/ECE
    Recommendation 20 code; `unit_label` replaces its printed name where the code has no word for what is
    measured (gibibyte-hours are counted as C62).
    """

    id: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Money
    tax: Tax
    details: str = ""
    service_instance: str = ""
    period: Period | None = None
    unit_label: str = ""
    price_quantity: Decimal = Decimal(1)


@dataclass(frozen=True)
class Adjustment:
    """A document-level allowance (BG-20), or a charge (BG-21): `amount` is positive either way."""

    reason: str
    amount: Money
    tax: Tax
    is_charge: bool = False


@dataclass(frozen=True)
class TaxSubtotal:
    """The tax of one category and rate, worked out on the sum (BG-23). `reason` where no tax is due."""

    tax: Tax
    taxable: Money
    amount: Money
    reason: str = ""


@dataclass(frozen=True)
class Totals:
    """BG-22. `without_tax` is HT, `tax` TVA, `with_tax` TTC; `payable` is TTC less `prepaid`."""

    lines: Money
    allowances: Money
    charges: Money
    without_tax: Money
    tax: Money
    with_tax: Money
    prepaid: Money
    payable: Money


@dataclass(frozen=True)
class Payment:
    """How to pay (BG-16): `reference` is what the payer should quote (BT-83)."""

    means: PaymentMeans
    reference: str = ""
    account: BankAccount | None = None
    terms: str = ""


@dataclass(frozen=True)
class Preceding:
    """The invoice that a credit note corrects (BG-3)."""

    number: str
    issued: date


@dataclass(frozen=True)
class Withholding:
    """What the buyer keeps for the tax office. It lowers what is transferred, never what is owed."""

    text: str
    amount: Money


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note, whole. A credit note's amounts are positive: they are given back."""

    kind: DocumentKind
    number: str
    issued: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    totals: Totals
    payment: Payment
    due: date | None = None
    period: Period | None = None
    adjustments: tuple[Adjustment, ...] = ()
    buyer_reference: str = ""
    purchase_order: str = ""
    sales_order: str = ""
    contract: str = ""
    preceding: Preceding | None = None
    notes: tuple[str, ...] = ()
    legal_mentions: tuple[str, ...] = ()
    withholdings: tuple[Withholding, ...] = ()
    accounting_tax: Money | None = None
    specimen: bool = False

    @property
    def is_credit_note(self) -> bool:
        """Whether this gives back rather than asks for."""
        return self.kind is DocumentKind.CREDIT_NOTE

    @property
    def transfer(self) -> Money:
        """What will really be transferred: the payable amount less what the buyer withholds."""
        result = self.totals.payable
        for withholding in self.withholdings:
            result = result - withholding.amount
        return result
