"""`souk-manage sign_off_rules COUNTRY --by NAME`: counsel has checked a rule pack; its documents lose SPECIMEN."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from souk.kernel import rules
from souk.kernel.errors import Problem


class Command(BaseCommand):
    """Records who signed a rule pack off, and when."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("country")
        parser.add_argument("--by", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rules.sign_off(options["country"].upper(), options["by"])
        except Problem as problem:
            raise CommandError(problem.sentence) from problem
        self.stdout.write(f"{options['country'].upper()} signed off by {options['by']}")
