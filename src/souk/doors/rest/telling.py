"""What the rooms keep as message ids, told in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from souk.ordering.queries import OrderRow
from souk.provisioning.queries import OperationRow, ServiceRow


def service(row: ServiceRow) -> ServiceRow:
    """A service with its trouble as a sentence."""
    return replace(row, trouble=gettext(row.trouble)) if row.trouble else row


def operation(row: OperationRow) -> OperationRow:
    """An operation with its log and its trouble as sentences."""
    return replace(row, log=log(row.log), trouble=row.why)


def order(row: OrderRow) -> OrderRow:
    """An order with the reason of its end as a sentence."""
    return replace(row, reason=gettext(row.reason)) if row.reason else row


def log(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An operation's log with its sentences."""
    return [{**entry, "sentence": gettext(entry["sentence"])} for entry in entries]
