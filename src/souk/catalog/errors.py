"""What can be wrong about the catalogue."""

from __future__ import annotations

from souk.kernel.errors import Conflict, NotFound, Problem


class MarketplaceMissing(NotFound):
    """There is no market place “{slug}”. Check its name."""


class OfferingMissing(NotFound):
    """The market place has no offering “{slug}”. It may have been withdrawn; look for another one."""


class UnknownPlan(Problem):
    """The offering “{offering}” has no plan “{plan}”. Its plans are: {plans}."""

    status = 422
    field = "plan"


class NotForSale(Conflict):
    """“{offering}” has no price for you today, so it can't be ordered. Ask the operator for one."""


class WrongState(Conflict):
    """The version's state is “{state}”, which does not allow this step. Reload it to see which steps are open."""


class ReviewsItself(Conflict):
    """Whoever wrote a version can't review it. Ask a colleague to."""


class PriceNotPositive(Problem):
    """A price must be above zero, and a tier's rate not below it."""

    status = 422


class PriceOverlap(Conflict):
    """This plan already has a price in this book for part of that time. Choose a later start."""


class MonthBelowHours(Problem):
    """The monthly price may not exceed 672 times the hourly one: a month of 28 days could not reach it. Change one of
    the two."""

    status = 422


class TiersWithGap(Problem):
    """The tiers of “{meter}” must have rising limits, and the last one none. Correct their limits."""

    status = 422
