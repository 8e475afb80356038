"""Operations of the API: invoices. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from collections.abc import Iterator

from souk.client import models
from souk.client.transport import Download, Transport, path


class Invoices(Transport):
    """Invoices."""

    def list_invoices(self, *, organization: str | None = None, limit: int = 100) -> Iterator[models.InvoiceRow]:
        """Invoices and credit notes, newest first."""
        return self._rows(path("invoices"), limit, {"organization": organization})

    def get_invoice(self, invoice: str) -> models.InvoiceOut:
        """One invoice or credit note with its lines."""
        found: models.InvoiceOut = self._call("GET", path("invoices", invoice))
        return found

    def get_invoice_pdf(self, invoice: str) -> Download:
        """The invoice as PDF."""
        return self._file(path("invoices", invoice, "pdf"))

    def get_invoice_xml(self, invoice: str) -> Download:
        """The invoice as UBL 2.1."""
        return self._file(path("invoices", invoice, "xml"))
