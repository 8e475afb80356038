"""Deleting the service, and looking whether anything of it is left."""

from __future__ import annotations

from django.utils.translation import gettext as _

from souk.cli import formats
from souk.client import Refused
from souk.client.models import OperationOut
from souk.engines.contract import EngineError
from souk.engines.current import engine
from souk.settings.first_sale.sale import Sale, StepFailed

GONE_WITHIN = 120.0


def delete(sale: Sale) -> str:
    """The customer deletes the service, and follows the operation to its end."""
    try:
        sale.customer.delete_service(sale.service, erase=True)
    except Refused as refused:
        if refused.type != "service-gone":
            raise
    operation = sale.wait(lambda: _deletion(sale), GONE_WITHIN, lambda: _late(sale))
    if operation["state"] != "succeeded" or sale.customer.get_service(sale.service)["state"] != "deleted":
        raise _late(sale)
    sale.journal.ids["deletion"] = operation["id"]
    return _("the operation took %(time)s") % {
        "time": formats.between(operation["created_at"], operation["finished_at"])
    }


def _deletion(sale: Sale) -> OperationOut | None:
    operations = sale.customer.list_operations(sale.service)
    deletion = next(row for row in operations if row["kind"] == "delete")
    if deletion["log"]:
        sale.telling.doing(deletion["log"][-1]["sentence"])
    return deletion if deletion["finished_at"] else None


def _late(sale: Sale) -> StepFailed:
    trouble = sale.customer.get_service(sale.service)["trouble"]
    return StepFailed(
        trouble or _("The service is not deleted yet."),
        _("`souk-manage doctor` says what is wrong. Then run this again: it goes on from here."),
    )


def nothing_left(sale: Sale) -> str:
    """Neither Souk nor the engine knows a machine of it any more."""
    sale.sign_in("operator")
    service = sale.journal.ids["service"]
    if any(row["instance_id"] == service for row in sale.operator.operator_machines()):
        raise StepFailed(_("Souk still counts on a machine of the deleted service."))
    if sale.simulation:
        return _("no machine in Souk's books; the engine is a simulation")
    try:
        left = [machine.name for machine in engine().machines() if machine.labels.get("instance") == service]
    except EngineError:
        return _("no machine in Souk's books; the engine can't be read from here")
    if left:
        raise StepFailed(_("The engine still has %(machines)s.") % {"machines": ", ".join(left)})
    return _("no machine in Souk's books, none on the engine")
