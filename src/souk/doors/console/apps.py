"""The Django application that carries the console's templates and translations."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The pages."""

    name = "souk.doors.console"
    label = "console"
