"""`souk-manage client`: write the typed client (`souk.client`) as the API's document says now, or check that it is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from souk.settings.openapi.generation import generated, stale, write


class Command(BaseCommand):
    """Writes models and operations of `souk.client`."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if something would")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = generated()
        behind = stale(wanted)
        if options["check"] and behind:
            raise CommandError("\n".join([*map(str, behind), "These are not what the API says: souk-manage client"]))
        write(wanted)
        for path in behind:
            self.stdout.write(str(path))
