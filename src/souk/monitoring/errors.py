"""What can be wrong with a question about what was seen: the docstring is the sentence."""

from __future__ import annotations

from souk.kernel.errors import Problem


class PeriodTooLong(Problem):
    """The period must end after it begins, and be no longer than 31 days."""

    status = 422
    field = "since"
