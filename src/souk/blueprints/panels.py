"""Charts that several kinds of services have, of metrics of the same names."""

from __future__ import annotations

from souk.provisioning.contract import Curve, Panel


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message


TRANSFER = Panel(
    "transfer",
    _("Transferred a second"),
    "bytes",
    (Curve(_("Uploaded"), "received_bytes"), Curve(_("Downloaded"), "sent_bytes")),
)
REQUESTS = Panel(
    "requests",
    _("Requests a second"),
    "",
    (
        Curve(_("Requests"), "requests"),
        Curve(_("Not found or refused"), "requests_refused"),
        Curve(_("Failed"), "requests_failed"),
    ),
)
CONNECTIONS = Panel(
    "connections", _("Connections"), "", (Curve(_("Open"), "connections"), Curve(_("Limit"), "connections_limit"))
)
DATABASES = Panel("databases", _("Size of the databases"), "bytes", (Curve(_("Databases"), "database_bytes"),))
OLDEST_TRANSACTION = Panel("oldest", _("Oldest open transaction"), "s", (Curve(_("Age"), "oldest_transaction"),))
