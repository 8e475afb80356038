"""How a rule reads a UBL file, and the register of all rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from lxml import etree

from souk.billing.documents.xml import CAC, CBC

_PREFIXES = {"cac": CAC, "cbc": CBC}
Element = etree._Element


@dataclass(frozen=True)
class Violation:
    """A rule that a file breaks: its id in EN 16931, what it asks, and the path of the element at fault."""

    rule: str
    sentence: str
    where: str


@dataclass(frozen=True)
class Reading:
    """A parsed Invoice or CreditNote."""

    root: Element

    def all(self, path: str) -> list[Element]:
        """Elements by path from the root, with the usual `cac:` and `cbc:` prefixes."""
        return every(self.root, path)

    @property
    def lines(self) -> list[Element]:
        """Lines, whichever document it is."""
        return self.all("cac:InvoiceLine") + self.all("cac:CreditNoteLine")

    @property
    def subtotals(self) -> list[Element]:
        """The tax breakdown, one element per category and rate."""
        return self.all("cac:TaxTotal/cac:TaxSubtotal")

    @property
    def allowances(self) -> list[Element]:
        """Document-level allowances."""
        return [item for item in self.all("cac:AllowanceCharge") if text(item, "cbc:ChargeIndicator") == "false"]

    @property
    def charges(self) -> list[Element]:
        """Document-level charges."""
        return [item for item in self.all("cac:AllowanceCharge") if text(item, "cbc:ChargeIndicator") == "true"]

    @property
    def seller(self) -> Element | None:
        """The seller's party."""
        return self.root.find("cac:AccountingSupplierParty/cac:Party", _PREFIXES)

    @property
    def buyer(self) -> Element | None:
        """The buyer's party."""
        return self.root.find("cac:AccountingCustomerParty/cac:Party", _PREFIXES)

    @property
    def totals(self) -> Element | None:
        """The document's totals."""
        return self.root.find("cac:LegalMonetaryTotal", _PREFIXES)

    def _adjustments(self, indicator: str) -> list[Element]:
        found = self.all("cac:AllowanceCharge")
        return [item for item in found if text(item, "cbc:ChargeIndicator") == indicator]


Check = Callable[[Reading], Iterable[Element]]
RULES: dict[str, tuple[str, Check]] = {}


def rule(identifier: str) -> Callable[[Check], Check]:
    """Register a check under its EN 16931 id. It yields the elements at fault; its docstring says why."""

    def register(check: Check) -> Check:
        enroll(identifier, inspect.getdoc(check) or "", check)
        return check

    return register


def enroll(identifier: str, sentence: str, check: Check) -> None:
    """Register a check that was made from a table; the sentence opens with the id it enforces."""
    if identifier in RULES:
        raise ValueError(f"{identifier} is registered twice")
    RULES[identifier] = (sentence.removeprefix(f"{identifier}: "), check)


def every(element: Element | None, path: str) -> list[Element]:
    """All elements at a path below one, which may be missing itself."""
    return [] if element is None else element.findall(path, _PREFIXES)


def text(element: Element | None, path: str) -> str:
    """The first such element's text without surrounding space; empty where there is none."""
    found = None if element is None else element.find(path, _PREFIXES)
    return "" if found is None or found.text is None else found.text.strip()


def number(element: Element | None, path: str = ".") -> Decimal | None:
    """The first such element as a number; nothing where it is missing or is none."""
    try:
        return Decimal(text(element, path))
    except InvalidOperation:
        return None


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals, half away from zero."""
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def total(elements: Iterable[Element], path: str) -> Decimal:
    """The sum of a number over elements; what is missing counts as nothing."""
    return sum((number(element, path) or Decimal(0) for element in elements), Decimal(0))
