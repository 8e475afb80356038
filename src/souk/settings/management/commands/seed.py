"""`souk-manage seed`: rule packs, the operator, the default site and the starting catalogue. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from souk.settings.seeds import seed


class Command(BaseCommand):
    """Brings a database to where the first customer can order."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        seed()
