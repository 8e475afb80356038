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
