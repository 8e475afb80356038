"""`souk-manage worker`: run the worker in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from souk.settings import worker


class Command(BaseCommand):
    """Runs the reconciler, the followers of events and the background jobs."""

    help = __doc__ or ""
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        worker.run()
