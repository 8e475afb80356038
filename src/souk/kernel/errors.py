"""Errors a reader meets: an RFC 9457 problem type, a status and a sentence that can be translated.

A context's `errors.py` subclasses `Problem`; the class's docstring is the sentence, in English, with
`{placeholders}` filled from the keyword arguments. The same sentence, translated, is shown on pages,
in API answers and by the command line.
"""

from __future__ import annotations

import inspect
import re

from django.utils.translation import gettext


class Problem(Exception):
    """Something went wrong. Try again; if it goes wrong again, tell support."""

    status = 400
    #: The JSON pointer or form field that is at fault, when one is.
    field: str | None = None

    def __init__(self, field: str | None = None, **details: object) -> None:
        self.details = details
        if field is not None:
            self.field = field
        super().__init__(self.code)

    @property
    def code(self) -> str:
        """The problem type's last path segment: the class name in kebab case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def sentence(self) -> str:
        """What happened and what to do next, in the reader's language."""
        message = " ".join(inspect.cleandoc(type(self).__doc__ or "").split())
        return gettext(message).format(**self.details)

    def __str__(self) -> str:
        return self.sentence


class NotFound(Problem):
    """This does not exist, or you may not see it. Check the address, and which organization you act for."""

    status = 404


class Forbidden(Problem):
    """Your role does not allow this. Ask an administrator of your organization."""

    status = 403


class Conflict(Problem):
    """Someone changed this in the meantime. Reload it and try again."""

    status = 409


class Unavailable(Problem):
    """This part of the platform cannot answer right now. Nothing was lost; try again in a minute."""

    status = 503
