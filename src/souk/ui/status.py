"""States a reader meets, each with its word and its tone. An unknown state is shown as it is, neutral."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Status:
    """A state as shown: its word and its tone (ok, busy, warn, bad, idle)."""

    label: str | Promise
    tone: str
    moving: bool = False


INSTANCE = {
    "pending": Status(pgettext_lazy("service instance", "Waiting"), "busy", True),
    "provisioning": Status(pgettext_lazy("service instance", "Being created"), "busy", True),
    "ready": Status(pgettext_lazy("service instance", "Ready"), "ok"),
    "updating": Status(pgettext_lazy("service instance", "Updating"), "busy", True),
    "starting": Status(pgettext_lazy("service instance", "Starting"), "busy", True),
    "stopping": Status(pgettext_lazy("service instance", "Stopping"), "busy", True),
    "stopped": Status(pgettext_lazy("service instance", "Stopped"), "idle"),
    "deleting": Status(pgettext_lazy("service instance", "Being deleted"), "warn", True),
    "soft_deleted": Status(pgettext_lazy("service instance", "Deleted, can be recovered"), "idle"),
    "deleted": Status(pgettext_lazy("service instance", "Deleted"), "idle"),
    "degraded": Status(pgettext_lazy("service instance", "Degraded"), "warn"),
    "suspended": Status(pgettext_lazy("service instance", "Suspended"), "warn"),
    "failed": Status(pgettext_lazy("service instance", "Failed"), "bad"),
}

OPERATION = {
    "pending": Status(pgettext_lazy("operation", "Waiting"), "busy", True),
    "queued": Status(pgettext_lazy("operation", "Waiting"), "busy", True),
    "running": Status(pgettext_lazy("operation", "In progress"), "busy", True),
    "done": Status(pgettext_lazy("operation", "Done"), "ok"),
    "succeeded": Status(pgettext_lazy("operation", "Done"), "ok"),
    "failed": Status(pgettext_lazy("operation", "Failed"), "bad"),
    "cancelled": Status(pgettext_lazy("operation", "Cancelled"), "idle"),
}

BACKUP = {
    "running": Status(pgettext_lazy("backup", "Being made"), "busy", True),
    "available": Status(pgettext_lazy("backup", "Kept"), "ok"),
    "expired": Status(pgettext_lazy("backup", "Expired"), "idle"),
    "failed": Status(pgettext_lazy("backup", "Failed"), "bad"),
}

NETWORK = {
    "attaching": Status(pgettext_lazy("private network", "Being put in"), "busy", True),
    "ready": Status(pgettext_lazy("private network", "Reached in it"), "ok"),
    "detaching": Status(pgettext_lazy("private network", "Being taken out"), "busy", True),
}

ADDRESS = {
    "attaching": Status(pgettext_lazy("public address", "Being given"), "busy", True),
    "ready": Status(pgettext_lazy("public address", "Leads to the service"), "ok"),
    "detaching": Status(pgettext_lazy("public address", "Being taken away"), "busy", True),
    "kept": Status(pgettext_lazy("public address", "Kept, leads nowhere"), "warn"),
}

ORDER = {
    "draft": Status(pgettext_lazy("order", "Draft"), "idle"),
    "submitted": Status(pgettext_lazy("order", "Submitted"), "busy"),
    "placed": Status(pgettext_lazy("order", "Placed"), "busy", True),
    "provisioning": Status(pgettext_lazy("order", "Being made"), "busy", True),
    "fulfilled": Status(pgettext_lazy("order", "Fulfilled"), "ok"),
    "awaiting_approval": Status(pgettext_lazy("order", "Awaiting approval"), "warn"),
    "accepted": Status(pgettext_lazy("order", "Accepted"), "ok"),
    "in_progress": Status(pgettext_lazy("order", "In progress"), "busy", True),
    "completed": Status(pgettext_lazy("order", "Completed"), "ok"),
    "waiting": Status(pgettext_lazy("order", "Waiting for capacity"), "warn"),
    "refused": Status(pgettext_lazy("order", "Refused"), "bad"),
    "cancelled": Status(pgettext_lazy("order", "Cancelled"), "idle"),
    "failed": Status(pgettext_lazy("order", "Failed"), "bad"),
}

SUBSCRIPTION = {
    "pending": Status(pgettext_lazy("subscription", "Not started"), "idle"),
    "active": Status(pgettext_lazy("subscription", "Active"), "ok"),
    "suspended": Status(pgettext_lazy("subscription", "Suspended"), "warn"),
    "ended": Status(pgettext_lazy("subscription", "Ended"), "idle"),
    "cancelled": Status(pgettext_lazy("subscription", "Cancelled"), "idle"),
}

INVOICE = {
    "draft": Status(pgettext_lazy("invoice", "Draft"), "idle"),
    "issued": Status(pgettext_lazy("invoice", "To pay"), "busy"),
    "partly_paid": Status(pgettext_lazy("invoice", "Partly paid"), "warn"),
    "paid": Status(pgettext_lazy("invoice", "Paid"), "ok"),
    "overdue": Status(pgettext_lazy("invoice", "Overdue"), "bad"),
    "credited": Status(pgettext_lazy("invoice", "Credited"), "idle"),
    "cancelled": Status(pgettext_lazy("invoice", "Cancelled"), "idle"),
}

PAYMENT = {
    "pending": Status(pgettext_lazy("payment", "Expected"), "busy"),
    "recorded": Status(pgettext_lazy("payment", "Recorded"), "ok"),
    "allocated": Status(pgettext_lazy("payment", "Allocated"), "ok"),
    "returned": Status(pgettext_lazy("payment", "Returned"), "bad"),
}

OFFERING = {
    "draft": Status(pgettext_lazy("offering", "Draft"), "idle"),
    "in_review": Status(pgettext_lazy("offering", "In review"), "busy"),
    "approved": Status(pgettext_lazy("offering", "Approved"), "ok"),
    "published": Status(pgettext_lazy("offering", "Published"), "ok"),
    "suspended": Status(pgettext_lazy("offering", "Suspended"), "warn"),
    "retired": Status(pgettext_lazy("offering", "Retired"), "idle"),
}

HOST = {
    "online": Status(pgettext_lazy("host", "Online"), "ok"),
    "offline": Status(pgettext_lazy("host", "Offline"), "bad"),
    "evacuated": Status(pgettext_lazy("host", "Evacuated"), "warn"),
    "closed": Status(pgettext_lazy("host", "Closed"), "warn"),
    "unreachable": Status(pgettext_lazy("host", "Out of reach"), "bad"),
}

BROKER = {
    "waiting": Status(pgettext_lazy("broker", "Not looked at yet"), "busy", True),
    "answering": Status(pgettext_lazy("broker", "Answers"), "ok"),
    "silent": Status(pgettext_lazy("broker", "Not usable"), "bad"),
    "left_alone": Status(pgettext_lazy("broker", "Left alone for a while"), "bad"),
}

ZONE = {
    "awaiting": Status(pgettext_lazy("zone", "Awaiting delegation"), "warn"),
    "ready": Status(pgettext_lazy("zone", "Leads here"), "ok"),
    "strayed": Status(pgettext_lazy("zone", "Leads elsewhere now"), "bad"),
}

KINDS = {
    "zone": ZONE,
    "broker": BROKER,
    "instance": INSTANCE,
    "operation": OPERATION,
    "backup": BACKUP,
    "network": NETWORK,
    "address": ADDRESS,
    "order": ORDER,
    "subscription": SUBSCRIPTION,
    "invoice": INVOICE,
    "payment": PAYMENT,
    "offering": OFFERING,
    "host": HOST,
}


def describe(state: str, kind: str = "instance") -> Status:
    """The word and tone of a state; a state nobody described keeps its own name, in the neutral tone."""
    return KINDS[kind].get(state) or Status(state.replace("_", " "), "idle")
