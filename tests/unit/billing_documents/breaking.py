"""Ways to break a UBL file: for each rule one mutation of a valid document, and every rule that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

from lxml import etree
from tests.unit.billing_documents import examples

from souk.billing.documents import ubl
from souk.billing.documents.content import Document, TaxCategory
from souk.billing.documents.xml import CAC, CBC
from souk.kernel.money import Money

Mutation = Callable[[etree._Element], None]
PREFIXES = {"cac": CAC, "cbc": CBC}
TAX = "cac:TaxTotal/cac:TaxSubtotal"
LINE = "cac:InvoiceLine"
LINE_TAX = f"{LINE}/cac:Item/cac:ClassifiedTaxCategory"
TOTALS = "cac:LegalMonetaryTotal"
SELLER, BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
ALLOWANCE, CHARGE = "cac:AllowanceCharge[1]", "cac:AllowanceCharge[2]"


@dataclass(frozen=True)
class Case:
    """`mutate` breaks exactly the rules in `breaks` on the document called `document`."""

    rule: str
    document: str
    mutate: Mutation
    breaks: frozenset[str]


def documents() -> dict[str, Document]:
    """The valid documents that cases start from."""
    untaxed = {category.value: examples.untaxed(category) for category in list(TaxCategory)[1:]}
    lines = (examples.line(1, "Database", "1", "MON", "20", currency="EUR"),)
    abroad = examples.document(lines, currency="EUR", accounting_tax=Money.of("43.20", "MAD"))
    rated = examples.document((examples.lines()[0],))
    return {
        "invoice": examples.document(),
        "one line": replace(rated, period=None),
        "credit note": examples.credit_note(),
        "adjusted": examples.adjusted(),
        "abroad": abroad,
        **untaxed,
    }


def broken(case: Case) -> bytes:
    """The case's document, written and then mutated."""
    root = etree.fromstring(ubl.render(documents()[case.document]))
    case.mutate(root)
    return etree.tostring(root)


def drop(path: str) -> Mutation:
    """Remove every element at a path."""

    def mutate(root: etree._Element) -> None:
        found = root.findall(path, PREFIXES)
        assert found, path
        for element in found:
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    return mutate


def put(path: str, text: str) -> Mutation:
    """Replace the text of the first element at a path."""

    def mutate(root: etree._Element) -> None:
        element = root.find(path, PREFIXES)
        assert element is not None, path
        element.text = text

    return mutate


def attribute(path: str, name: str, text: str | None) -> Mutation:
    """Set or remove an attribute of the first element at a path."""

    def mutate(root: etree._Element) -> None:
        element = root.find(path, PREFIXES)
        assert element is not None, path
        element.attrib.pop(name, None)
        if text is not None:
            element.set(name, text)

    return mutate


def add(path: str, name: str, text: str = "", **attributes: str) -> Mutation:
    """Append a `cbc:` or `cac:` element to the first element at a path."""

    def mutate(root: etree._Element) -> None:
        parent = root if path == "." else root.find(path, PREFIXES)
        assert parent is not None, path
        prefix, _, local = name.partition(":")
        etree.SubElement(parent, f"{{{PREFIXES[prefix]}}}{local}", attrib=attributes).text = text or None

    return mutate


def again(path: str) -> Mutation:
    """Put a copy of the first element at a path before it, so that the path now leads to the copy."""

    def mutate(root: etree._Element) -> None:
        element = root.find(path, PREFIXES)
        assert element is not None, path
        element.addprevious(deepcopy(element))

    return mutate


def then(*mutations: Mutation) -> Mutation:
    """One mutation after another."""

    def mutate(root: etree._Element) -> None:
        for mutation in mutations:
            mutation(root)

    return mutate


def case(rule: str, document: str, mutate: Mutation, *also: str) -> Case:
    """A case; `also` are the rules that cannot but break with it, because they ask the same or follow."""
    return Case(rule, document, mutate, frozenset({rule, *also}))
