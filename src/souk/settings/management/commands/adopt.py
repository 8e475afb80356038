"""`souk-manage adopt`: take over, after a restore, what the engine runs. Touches no machine; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from souk.engines.current import engine
from souk.provisioning.reconciler.adoption import adopt


class Command(BaseCommand):
    """Lets the worker visit every service at once, and says what only one side knows."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        found = adopt(engine())
        for title, names in (
            ("orphan", found.orphans),
            ("orphan network", found.orphan_networks),
            ("gone", found.gone),
        ):
            for name in names:
                self.stdout.write(f"{title}: {name}")
        self.stdout.write(f"{len(found.running)} run on, {len(found.orphans)} orphans, {len(found.gone)} gone")
