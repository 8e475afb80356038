"""What can be wrong about money."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class NothingToBill(Conflict):
    """Nothing was used since the last invoice, so there is nothing to bill."""


class InvoiceMissing(NotFound):
    """There is no such invoice, or it is not one of yours. Check its number in the list of invoices."""


class AmountNotPositive(Problem):
    """The amount must be above zero."""

    status = 422
    field = "amount"


class CreditExceedsLine(Conflict):
    """Of this line {left} can still be credited, and {asked} is more than that. Enter less."""

    field = "amount"


class AllocationExceedsPayment(Conflict):
    """Of this payment {left} can still be allocated, and {asked} is more than that. Enter less."""

    field = "amount"


class AllocationExceedsInvoice(Conflict):
    """Of this invoice {left} is still to be paid, and {asked} is more than that. Enter less."""

    field = "amount"


class PaymentReferenceTaken(Conflict):
    """A payment with the reference “{reference}” is recorded already. Look whether it is the same one."""

    field = "reference"


class InvalidPaymentMethod(Problem):
    """“{method}” is not a way to pay. Choose one of: {choices}."""

    status = 422
    field = "method"


class OtherOrganization(Problem):
    """The payment and the invoice are not of one organization and currency. Choose others."""

    status = 422


class NotCreditable(Conflict):
    """Only a line of an invoice can be credited, and this one is a credit note's. Choose a line of the invoice."""


class DocumentNotReady(Problem):
    """The file is being written. Try again in a few seconds."""

    status = 503
