"""Invoices and credit notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from souk.billing import queries
from souk.doors.rest.auth import either
from souk.doors.rest.document import file
from souk.doors.rest.pages import Limit, Page, page

router = Router(tags=["Invoices"])


class InvoiceOut(Schema):
    """An issued document with its lines; amounts in minor units."""

    invoice: queries.InvoiceRow
    lines: list[queries.InvoiceLineRow]
    outstanding_minor: int
    is_paid: bool


@router.get("/invoices", response=Page[queries.InvoiceRow], operation_id="listInvoices")
def invoices(
    request: HttpRequest,
    organization: UUID | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Invoices and credit notes, newest first."""
    rows = queries.invoices(either(request), organization=organization, after=after, limit=limit + 1)
    return page(rows, limit)


@router.get("/invoices/{invoice}", response=InvoiceOut, operation_id="getInvoice")
def invoice(request: HttpRequest, invoice: UUID) -> dict[str, Any]:
    """One invoice or credit note with its lines."""
    scope = either(request)
    row = queries.invoice(scope, invoice)
    return {
        "invoice": row,
        "lines": queries.invoice_lines(scope, invoice),
        "outstanding_minor": row.outstanding_minor,
        "is_paid": row.is_paid,
    }


@router.get("/invoices/{invoice}/pdf", operation_id="getInvoicePdf", openapi_extra=file("application/pdf"))
def pdf(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The invoice as PDF."""
    return _file(request, invoice, "pdf")


@router.get("/invoices/{invoice}/xml", operation_id="getInvoiceXml", openapi_extra=file("application/xml"))
def xml(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The invoice as UBL 2.1."""
    return _file(request, invoice, "xml")


def _file(request: HttpRequest, invoice: UUID, kind: str) -> HttpResponse:
    document = queries.invoice_file(either(request), invoice, kind)
    response = HttpResponse(document.content, content_type=document.media_type)
    response["Content-Disposition"] = f'attachment; filename="{document.name}"'
    return response
