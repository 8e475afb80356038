"""The little of XML that writing UBL 2.1 takes: its namespaces, two makers and the form of its values."""

from __future__ import annotations

import re
from decimal import Decimal

from lxml import etree

from souk.kernel.money import Money

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"

_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def root_of(document_type: str) -> etree._Element:
    """The document element, `Invoice` or `CreditNote`, with the prefixes everyone expects to see."""
    namespace = f"urn:oasis:names:specification:ubl:schema:xsd:{document_type}-2"
    return etree.fromstring(f'<{document_type} xmlns="{namespace}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}"/>')


def group(parent: etree._Element, *path: str) -> etree._Element:
    """Append nested aggregates (`cac:` elements), and return the innermost."""
    for name in path:
        parent = etree.SubElement(parent, f"{{{CAC}}}{name}")
    return parent


def value(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """Append a basic element (`cbc:`). Nothing is written for empty text: UBL forbids empty elements."""
    cleaned = _NOT_XML.sub("", text).strip()
    if cleaned:
        element = etree.SubElement(parent, f"{{{CBC}}}{name}", attrib=attributes)
        element.text = cleaned


def prune(root: etree._Element) -> None:
    """Remove the aggregates in which nothing was written: UBL forbids those too."""
    for element in reversed(list(root.iter())):
        parent = element.getparent()
        if parent is not None and not len(element) and not element.text:
            parent.remove(element)


def amount(parent: etree._Element, name: str, money: Money) -> None:
    """Append an amount in major units with its currency."""
    value(parent, name, f"{money.amount:f}", currencyID=money.currency)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without idle zeros: 0.0347, 20, 7200."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
