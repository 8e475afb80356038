"""Running every rule over a file."""

from __future__ import annotations

from lxml import etree

from souk.billing.documents import ubl
from souk.billing.documents.content import Document
from souk.billing.documents.rules.reading import RULES, Reading, Violation


def check(document: Document) -> list[Violation]:
    """What the document, written as UBL, breaks of EN 16931; empty when it may be issued."""
    return judge(ubl.render(document))


def judge(xml: bytes) -> list[Violation]:
    """What a UBL 2.1 Invoice or CreditNote breaks, by rule and then by place. Raises on broken XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    reading = Reading(etree.fromstring(xml, parser))
    tree = reading.root.getroottree()
    return [
        Violation(identifier, sentence, tree.getelementpath(element) or ".")
        for identifier, (sentence, rule) in sorted(RULES.items())
        for element in rule(reading)
    ]
