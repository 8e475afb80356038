"""`souk-manage messages`: bring the translation files up to date with what the source says, or check that they are."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from souk.settings.messages.catalogs import faults, update
from souk.settings.messages.extraction import template
from souk.settings.messages.rooms import LANGUAGES, rooms


class Command(BaseCommand):
    """Collects each room's messages into its French and Arabic files."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rooms", nargs="*", metavar="room", help="kernel, billing, doors.console …; all if none")
        parser.add_argument("--check", action="store_true", help="change nothing; fail if a translation is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [room for room in rooms() if not options["rooms"] or room.name in options["rooms"]]
        if unknown := set(options["rooms"]) - {room.name for room in chosen}:
            raise CommandError(f"No such room: {', '.join(sorted(unknown))}")
        wanting: list[str] = []
        for room in chosen:
            messages = template(room)
            for language in LANGUAGES:
                if not options["check"] and update(room, language, messages):
                    self.stdout.write(str(room.catalog(language)))
                wanting += faults(room, language, messages)
        if wanting:
            raise CommandError("\n".join([*wanting, f"{len(wanting)} translations to write."]))
