"""`souk-manage create_operator EMAIL`: one of the operator's engineers, made or promoted."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _

from souk.cli.language import choose
from souk.kernel.errors import Problem
from souk.kernel.secrets import new_password
from souk.settings import operators


class Command(BaseCommand):
    """Somebody new gets a password: the first line of standard input, or a generated one that is printed once."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="The person's full name.")
        parser.add_argument("--password-stdin", action="store_true", help="Read the password from standard input.")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(choose([])):
            try:
                self._make(options["email"], options["name"], from_stdin=options["password_stdin"])
            except Problem as problem:
                raise CommandError(problem.sentence) from problem

    def _make(self, email: str, name: str, *, from_stdin: bool) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(_("“%(email)s” is not an e-mail address.") % {"email": email}) from error
        person = operators.find_person(email)
        password = _given(from_stdin)
        generated = ""
        if person is None and not password:
            password = generated = new_password(20)
        if person is None or password:
            person = operators.ensure_person(email, name, password)
        promoted = operators.make_operator(person)
        said = _("%(email)s is an operator's engineer now.") if promoted else _("%(email)s is one already.")
        self.stdout.write(said % {"email": email})
        if generated:
            self.stdout.write(_("Password, shown this once: %(password)s") % {"password": generated})


def _given(from_stdin: bool) -> str:
    if not from_stdin:
        return ""
    if sys.stdin.isatty():
        return getpass.getpass(_("Password: "))
    return sys.stdin.readline().rstrip("\n")
