"""Invoices and payments, from both sides of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, ready_service, text
from tests.support.world import Customer, customer, operator

from souk.billing import queries, rendering
from souk.billing.queries import InvoiceRow
from souk.kernel.ids import new_id
from souk.kernel.scope import System

SYSTEM = System("test")


@dataclass
class Books:
    """A customer that was billed, the customer's desk and the operator's."""

    buyer: Customer
    desk: Client
    operator: Client
    invoice: InvoiceRow

    @property
    def customer(self) -> str:
        return f"/operator/customers/{self.buyer.organization}/"

    def pay(self, amount: str, reference: str = "VIR-1", key: UUID | None = None) -> str:
        form = {"amount": amount, "method": "transfer", "reference": reference, "received_on": "2026-11-23"}
        answer = self.operator.post(f"{self.customer}payments/", form | {"key": str(key or new_id())}, follow=True)
        return text(answer)


@pytest.fixture
def books(own_database: str, tmp_path: Path) -> Books:
    buyer = customer()
    ready_service(buyer, tmp_path)
    engineer = at_desk(operator().person)
    engineer.post(f"/operator/customers/{buyer.organization}/bill/", {"key": str(new_id())})
    (invoice,) = queries.invoices(SYSTEM)
    return Books(buyer, at_desk(buyer.person), engineer, invoice)


def test_an_invoice_shows_its_lines_tax_apart_and_what_is_to_pay(books: Books) -> None:
    page = text(books.desk.get(f"/invoices/{books.invoice.id}/"))
    assert f"Facture {books.invoice.number} À payer" in page
    assert "Hors taxes 1,20 MAD TVA 20 % 0,24 MAD TTC 1,44 MAD À payer 1,44 MAD" in page
    assert "Spécimen" in page


def test_the_files_are_announced_while_they_are_written_and_then_there(books: Books) -> None:
    address = f"/invoices/{books.invoice.id}/"
    assert "Les fichiers sont en cours" in text(books.desk.get(address))
    assert books.desk.get(f"{address}pdf").status_code == 503
    rendering.write(books.invoice.id)
    assert "Les fichiers sont en cours" not in text(books.desk.get(address))
    assert books.desk.get(f"{address}pdf").content.startswith(b"%PDF")
    assert books.desk.get(f"{address}xml")["Content-Type"] == "application/xml"


def test_another_organization_sees_neither_the_invoice_nor_its_files(books: Books) -> None:
    other = at_desk(customer("Autre SARL").person)
    for part in ("", "pdf", "xml"):
        assert other.get(f"/invoices/{books.invoice.id}/{part}").status_code == 404
    assert books.invoice.number not in text(other.get("/invoices/"))


def test_a_payment_is_recorded_once_however_often_it_is_sent(books: Books) -> None:
    key = new_id()
    assert "Le paiement est enregistré" in books.pay("1 000,50", key=key)
    books.pay("1 000,50", key=key)
    (payment,) = queries.payments(SYSTEM)
    assert payment.amount_minor == 100_050


def test_a_reference_that_is_taken_is_told_and_nothing_typed_is_lost(books: Books) -> None:
    books.pay("10")
    form = {"amount": "20", "method": "transfer", "reference": "VIR-1", "received_on": "2026-11-23"}
    answer = books.operator.post(f"{books.customer}payments/", form | {"key": str(new_id())})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "VIR-1" in html[html.index('id="id_reference_error"') :][:400]
    assert 'value="20"' in html
    assert len(queries.payments(SYSTEM)) == 1


def test_an_allocated_payment_settles_the_invoice_for_the_customer_too(books: Books) -> None:
    books.pay("٢")
    (payment,) = queries.payments(SYSTEM)
    form = {"payment": str(payment.id), "invoice": str(books.invoice.id)}
    assert "1,44" in text(books.operator.post(f"{books.customer}allocations/", form | {"allocated": "1,50"}))
    books.operator.post(f"{books.customer}allocations/", form | {"allocated": "1,44"})
    assert "Payée" in text(books.desk.get(f"/invoices/{books.invoice.id}/"))
    assert "Réglée par Virement 1,44 MAD" in text(books.desk.get(f"/invoices/{books.invoice.id}/"))


def test_a_part_of_a_line_is_credited_by_a_document_of_its_own(books: Books) -> None:
    (line,) = queries.invoice_lines(SYSTEM, books.invoice.id)
    form = {"line": str(line.id), "amount": "0,50", "reason": "Interruption", "key": str(new_id())}
    address = f"/operator/invoices/{books.invoice.id}/"
    assert "0,50" in text(books.operator.post(address, form, follow=True))
    page = text(books.desk.get(f"/invoices/{books.invoice.id}/"))
    assert "Avoirs" in page
    assert "À payer 0,84 MAD" in page
    assert books.operator.post(address, form | {"amount": "5", "key": str(new_id())}).status_code == 422


def test_billing_when_nothing_was_used_says_so_and_issues_nothing(books: Books) -> None:
    form = {"key": str(new_id())}
    other = customer("Autre SARL")
    answer = books.operator.post(f"/operator/customers/{other.organization}/bill/", form, follow=True)
    assert "rien à facturer" in answer.content.decode().lower()
    assert len(queries.invoices(SYSTEM)) == 1


def test_the_operators_invoice_list_names_the_customer(books: Books) -> None:
    page = text(books.operator.get("/operator/invoices/"))
    assert f"{books.invoice.number} Atelier Zellige SARL Facture" in page


def test_an_empty_desk_has_no_invoice(buyer: Customer, desk: Client) -> None:
    assert "Pas encore de facture" in text(desk.get("/invoices/"))
