"""Invoices on the screen and on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

INVOICE = {
    "id": "invoice1",
    "number": "F-2026-000001",
    "kind": "invoice",
    "issue_date": "2026-01-31",
    "due_date": "2026-04-01",
    "currency": "MAD",
    "net_minor": 110,
    "tax_minor": 22,
    "gross_minor": 132,
    "allocated_minor": 0,
}
NOTE = {**INVOICE, "id": "note1", "number": "FA-2026-000001", "kind": "credit_note"}
pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture(autouse=True)
def _invoices(server) -> None:
    server.says("GET", "/invoices", {"items": [NOTE, INVOICE], "next": None})


def test_a_credit_note_is_negative_and_an_open_invoice_says_what_is_left(souk) -> None:
    out = souk("invoices").out
    assert "-1.32 MAD" in out
    assert "credit note" in out
    assert out.count(" 1.32 MAD") == 2


def test_a_paid_invoice_says_so(server, souk) -> None:
    server.answers[("GET", "/invoices")] = []
    server.says("GET", "/invoices", {"items": [{**INVOICE, "allocated_minor": 132}], "next": None})
    assert "paid" in souk("invoices").out


def test_a_pdf_is_waited_for_while_it_is_written(server, souk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.client.transport.time.sleep", lambda _: None)
    server.refuses("GET", "/invoices/invoice1/pdf", 503, "document-not-ready", "The file is being written.")
    server.says("GET", "/invoices/invoice1/pdf", b"%PDF-1.7")
    target = tmp_path / "invoice.pdf"
    assert souk("invoices", "F-2026-000001", "--pdf", str(target)).status == 0
    assert target.read_bytes() == b"%PDF-1.7"


def test_without_a_number_the_newest_is_saved(server, souk, tmp_path: Path) -> None:
    server.says("GET", "/invoices/note1/xml", b"<?xml?>")
    target = tmp_path / "note.xml"
    assert "FA-2026-000001" in souk("invoices", "--xml", str(target)).out
    assert target.read_bytes() == b"<?xml?>"


def test_a_folder_that_is_not_there_is_a_sentence(server, souk) -> None:
    server.says("GET", "/invoices/note1/pdf", b"%PDF-1.7")
    ran = souk("invoices", "--pdf", "/nonexistent/x.pdf")
    assert ran.status == 1
    assert "/nonexistent/x.pdf" in ran.err


def test_an_unknown_number_is_a_sentence(souk) -> None:
    assert "There is no invoice F-1." in souk("invoices", "F-1").err
