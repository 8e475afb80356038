"""`souk-manage first_sale`: sell, run, bill and delete a first database, through the public API. Safe to repeat."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from souk.cli.language import choose
from souk.settings.first_sale import ending
from souk.settings.first_sale.journal import Journal
from souk.settings.first_sale.run import run
from souk.settings.first_sale.sign_ins import SignIns
from souk.settings.first_sale.telling import Telling


class Command(BaseCommand):
    """Runs the first sale against the web process of this namespace and tells how it went."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="Make a new sale, though one was made already.")
        parser.add_argument("--server", default=f"http://127.0.0.1:{settings.NAMESPACE.web_port}")

    def handle(self, *args: Any, **options: Any) -> None:
        telling = Telling()
        with translation.override(choose([])):
            if not run(telling, options["server"].rstrip("/"), again=options["again"]):
                sys.exit(1)
            state = settings.NAMESPACE.state
            ending.tell(telling, Journal.load(state / "first-sale.json"), SignIns(state / "sign-ins.json"))
