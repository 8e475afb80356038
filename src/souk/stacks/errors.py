"""What a stack can't be. Each docstring is the sentence that is shown."""

from __future__ import annotations

from souk.kernel.errors import Conflict, Problem


class NoParts(Problem):
    """A stack is made of 2 to {most} services. Name its parts."""

    status = 422
    field = "plans"


class InvalidPartName(Problem):
    """A part's name has 1 to 20 lowercase letters and digits, beginning with a letter. “{name}” does not."""

    status = 422
    field = "plans"


class PartsDiffer(Problem):
    """Each plan of a stack has the same parts, so that it can be changed from one to another. “{plan}” has others."""

    status = 422
    field = "plans"


class StackInStack(Problem):
    """The part “{part}” is a stack itself. Name its parts instead."""

    status = 422
    field = "plans"


class InvalidPart(Problem):
    """The part “{part}” can't be ordered like this. {reason}"""

    status = 422
    field = "plans"


class UnknownQuestion(Problem):
    """The question “{question}” is for “{part}.{parameter}”, which is no parameter of that part."""

    status = 422
    field = "questions"


class QuestionsDiffer(Problem):
    """The parameters that the question “{question}” is for don't take the same answers."""

    status = 422
    field = "questions"


class QuestionTaken(Problem):
    """The question “{question}” is asked by itself, of stacks whose parts have names. Call yours otherwise."""

    status = 422
    field = "questions"


class ServesNoZones(Problem):
    """The part “{part}” serves no DNS zones. Give the zone to a part that does."""

    status = 422
    field = "plans"


class NamesWithoutAddress(Problem):
    """The part “{part}” has names, and no public address that they could lead to. Make it public."""

    status = 422
    field = "plans"


class OutsideOfDomain(Problem):
    """“{name}” of the part “{part}” is no name in the customer's domain. Write it like www.{domain}."""

    status = 422
    field = "plans"


class SlugTaken(Conflict):
    """There is an offering “{slug}” already, and it is not a stack of yours. Choose another name."""

    field = "slug"
