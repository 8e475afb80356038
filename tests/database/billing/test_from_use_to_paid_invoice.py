"""Billing: what really ran, numbered without gaps, taxed on the sum, booked, paid, corrected."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from tests.support import world
from tests.support.following import catch_up
from tests.support.world import Customer, customer

from souk.billing import errors, invoicing, ledger, queries, settling
from souk.billing.models import InvoiceLine
from souk.billing.rendering import write
from souk.kernel import clock, events
from souk.kernel.money import Money
from souk.kernel.scope import System, acting
from souk.metering import queries as usage
from souk.ordering import commands as ordering

BILLING = System("billing")
START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def _event(instance: UUID, organization: UUID, action: str, at: datetime) -> None:
    with clock.at(at), acting(System("reconciler")):
        events.record(action, ("service", instance), organization=organization, data={"at": at.isoformat()})
    catch_up()


def _running(buyer: Customer, since: datetime = START, name: str = "compta") -> UUID:
    details = ordering.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", name)
    order = ordering.place_order(buyer.scope, details)
    from souk.ordering.queries import order as find

    instance = find(buyer.scope, order).instance_id
    _event(instance, buyer.organization, "service.ready", since)
    return instance


def _bill(buyer: Customer, until: datetime) -> queries.InvoiceRow:
    with clock.at(until):
        return queries.invoice(buyer.scope, invoicing.bill(BILLING, buyer.organization, until))


def test_half_an_hour_is_billed_as_the_first_hour_with_tva_apart(own_database: str) -> None:
    buyer = customer()
    _running(buyer)
    invoice = _bill(buyer, START + timedelta(minutes=30))
    assert (invoice.net_minor, invoice.tax_minor, invoice.gross_minor) == (120, 24, 144)
    assert invoice.number.endswith("-2026-000001")
    assert invoice.buyer["legal_name"] == "Atelier Zellige SARL"
    assert invoice.specimen


def test_a_full_calendar_month_costs_exactly_the_listed_price(own_database: str) -> None:
    buyer = customer()
    _running(buyer, since=datetime(2026, 5, 31, 12, tzinfo=UTC))
    first = _bill(buyer, datetime(2026, 5, 31, 23, tzinfo=UTC))
    invoice = _bill(buyer, datetime(2026, 6, 30, 23, tzinfo=UTC))
    assert first.net_minor == round(11 * 1.20 * 100)
    assert invoice.net_minor == 49000


def test_a_month_in_which_the_clock_is_moved_for_ramadan_costs_its_listed_price_too(own_database: str) -> None:
    buyer = customer()
    _running(buyer, since=datetime(2026, 3, 1, 0, tzinfo=UTC))
    assert _bill(buyer, datetime(2026, 3, 31, 23, tzinfo=UTC)).net_minor == 49000


def test_interim_bills_add_up_to_the_month(own_database: str) -> None:
    buyer = customer()
    _running(buyer, since=datetime(2026, 5, 31, 23, tzinfo=UTC))
    nets = [_bill(buyer, datetime(2026, 6, day, 7, 13, tzinfo=UTC)).net_minor for day in (3, 9, 12)]
    nets.append(_bill(buyer, datetime(2026, 6, 30, 23, tzinfo=UTC)).net_minor)
    assert sum(nets) == 49000


def test_use_ends_with_the_accepted_delete_not_with_the_machine(own_database: str) -> None:
    buyer = customer()
    instance = _running(buyer)
    _event(instance, buyer.organization, "service.delete_requested", START + timedelta(hours=2))
    _event(instance, buyer.organization, "service.deleted", START + timedelta(hours=9))
    assert _bill(buyer, START + timedelta(days=5)).net_minor == 240


def test_what_was_never_ready_is_never_billed(own_database: str) -> None:
    buyer = customer()
    details = ordering.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", "compta")
    order = ordering.place_order(buyer.scope, details)
    ordering.cancel_order(buyer.scope, order)
    catch_up()
    with pytest.raises(errors.NothingToBill):
        _bill(buyer, clock.now() + timedelta(days=40))


def test_a_ready_that_arrives_after_the_delete_starts_no_metering(own_database: str) -> None:
    buyer = customer()
    instance = _running(buyer)
    _event(instance, buyer.organization, "service.delete_requested", START + timedelta(hours=1))
    with connection.cursor() as cursor, acting(System("test")):
        cursor.execute("select count(*) from metering_usageinterval where upper_inf(during)")
        assert cursor.fetchone() == (0,)


def test_billing_twice_bills_once(own_database: str) -> None:
    buyer = customer()
    _running(buyer)
    _bill(buyer, START + timedelta(hours=3))
    with pytest.raises(errors.NothingToBill):
        _bill(buyer, START + timedelta(hours=3))


def test_billing_raced_by_eight_bills_once(own_database: str) -> None:
    buyer = customer()
    _running(buyer)
    outcomes: list[str] = []

    def work() -> None:
        try:
            invoicing.bill(BILLING, buyer.organization, START + timedelta(hours=3))
            outcomes.append("billed")
        except errors.NothingToBill:
            outcomes.append("nothing")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["billed", *["nothing"] * 7]


def test_numbers_have_no_gap_under_concurrency_and_rollback(own_database: str) -> None:
    buyers = [customer(f"Client {number}") for number in range(8)]
    for buyer in buyers:
        _running(buyer)

    def work(number: int) -> None:
        try:
            with acting(BILLING):
                invoicing.bill(BILLING, buyers[number].organization, START + timedelta(hours=1))
                if number % 2:
                    raise RuntimeError("rolled back")
        except RuntimeError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(row.number for row in queries.invoices(world.operator()))
    year = clock.now().year
    assert [number[-6:] for number in numbers] == ["000001", "000002", "000003", "000004"]
    assert all(f"-{year}-" in number for number in numbers)


def test_a_transfer_pays_an_invoice_and_the_ledger_balances(own_database: str) -> None:
    buyer, engineer = customer(), world.operator()
    _running(buyer)
    invoice = _bill(buyer, START + timedelta(hours=10))
    gross = Money(invoice.gross_minor, "MAD")
    details = settling.PaymentDetails(
        buyer.organization, invoice.issuer_id, "transfer", "VIR-1", date(2026, 3, 5), gross
    )
    payment = settling.record_payment(engineer, details, key="p1")
    assert settling.record_payment(engineer, details, key="p1") == payment
    settling.allocate(engineer, payment, invoice.id, gross)
    assert queries.invoice(buyer.scope, invoice.id).is_paid
    with acting(System("test")):
        assert ledger.balance(ledger.RECEIVABLE, "MAD", buyer.organization) == Money.zero("MAD")
        assert ledger.balance("bank", "MAD") == gross
        assert ledger.balance(ledger.TAX_COLLECTED, "MAD") == Money(-invoice.tax_minor, "MAD")


def test_more_than_is_owed_or_was_paid_is_never_allocated(own_database: str) -> None:
    buyer, engineer = customer(), world.operator()
    _running(buyer)
    invoice = _bill(buyer, START + timedelta(hours=10))
    details = settling.PaymentDetails(
        buyer.organization, invoice.issuer_id, "cheque", "C-1", date(2026, 3, 5), Money.of("5", "MAD")
    )
    payment = settling.record_payment(engineer, details)
    with pytest.raises(errors.AllocationExceedsPayment):
        settling.allocate(engineer, payment, invoice.id, Money.of("5.01", "MAD"))
    with pytest.raises(errors.AmountNotPositive):
        settling.allocate(engineer, payment, invoice.id, Money.zero("MAD"))


def test_a_credit_note_corrects_a_line_and_never_more_than_it(own_database: str) -> None:
    buyer, engineer = customer(), world.operator()
    _running(buyer)
    invoice = _bill(buyer, START + timedelta(hours=10))
    (line,) = queries.invoice_lines(engineer, invoice.id)
    note = queries.invoice(
        buyer.scope, invoicing.credit_line(engineer, line.id, Money.of("2", "MAD"), "Geste commercial")
    )
    assert (note.kind, note.net_minor, note.tax_minor, note.credited_number) == ("credit_note", 200, 40, invoice.number)
    assert queries.invoice(buyer.scope, invoice.id).outstanding_minor == invoice.gross_minor - 240
    with pytest.raises(errors.CreditExceedsLine):
        invoicing.credit_line(engineer, line.id, Money.of("10.01", "MAD"), "Trop")


def test_an_issued_document_cannot_be_changed_even_by_sql(own_database: str) -> None:
    buyer = customer()
    _running(buyer)
    _bill(buyer, START + timedelta(hours=10))
    for statement in (
        "update billing_invoice set gross_minor = 0, net_minor = 0, tax_minor = 0",
        "update billing_invoiceline set net_minor = 0",
        "delete from billing_invoiceline",
        "delete from billing_ledgerentry",
    ):
        with pytest.raises(Exception, match="permission denied"), acting(System("test")), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_refuses_an_unbalanced_transaction(own_database: str) -> None:
    buyer = customer()
    _running(buyer)
    invoice = _bill(buyer, START + timedelta(hours=10))
    with pytest.raises(Exception, match="does not balance"), acting(System("test")):
        ledger.post(
            invoice.issuer_id,
            date(2026, 3, 1),
            ("test", invoice.id),
            [ledger.Posting("bank", Money.of("1", "MAD")), ledger.Posting(ledger.REVENUE, Money.of("-0.99", "MAD"))],
        )


def test_the_documents_are_written_and_conform(own_database: str) -> None:
    buyer, engineer = customer(), world.operator()
    _running(buyer)
    invoice = _bill(buyer, START + timedelta(hours=10))
    (line,) = queries.invoice_lines(engineer, invoice.id)
    note = invoicing.credit_line(engineer, line.id, Money.of("2", "MAD"), "Geste commercial")
    for identifier in (invoice.id, note):
        write(identifier)
        assert queries.invoice_file(buyer.scope, identifier, "pdf").content.startswith(b"%PDF-")
        assert b"Atelier Zellige" in queries.invoice_file(buyer.scope, identifier, "xml").content
    with pytest.raises(errors.InvoiceMissing):
        queries.invoice_file(customer("Autre").scope, invoice.id, "pdf")


def test_each_line_is_quantity_times_price(own_database: str) -> None:
    buyer = customer()
    _running(buyer)
    _bill(buyer, START + timedelta(hours=7, minutes=13, seconds=7))
    with acting(System("test")):
        for line in InvoiceLine.objects.all():
            assert Money.of(line.quantity * line.unit_price, "MAD").minor == line.net_minor
            assert line.tax_rate == Decimal("0.20")


def test_a_clock_that_jumps_back_never_makes_use_negative(own_database: str) -> None:
    buyer = customer()
    instance = _running(buyer)
    _event(instance, buyer.organization, "service.delete_requested", START - timedelta(hours=3))
    with acting(System("test")):
        assert (
            usage.seconds(System("test"), instance, "running", START - timedelta(days=1), START + timedelta(days=1))
            == 0
        )
    with pytest.raises(errors.NothingToBill):
        _bill(buyer, START + timedelta(days=1))
