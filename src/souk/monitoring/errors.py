"""What can be wrong with a question about what was seen: the docstring is the sentence."""

from __future__ import annotations

from souk.kernel.errors import Problem


class PeriodTooLong(Problem):
    """The period must end after it begins, and be no longer than 31 days."""

    status = 422
    field = "since"


class ThresholdOutOfRange(Problem):
    """The threshold must be more than 0 and at most {most} {unit}."""

    status = 422
    field = "threshold"


class WebhookRefused(Problem):
    """Alerts are sent to https addresses outside of the platform's own networks only. Give another one."""

    status = 422
    field = "url"


class TooManyWebhooks(Problem):
    """An organization has at most {most} webhooks. Remove one first."""

    status = 409
