"""From a binding's name to the names that S3 allows."""

from __future__ import annotations

import re

from souk.provisioning.contract import Declined

OWNER = "souk"
"""The access key of an instance's own credentials, which may do everything."""

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_]{0,58}[a-z0-9])?")


def bucket(name: str) -> str:
    """The bucket of a binding: no two names have the same, and it is none that S3 reserves.

    Raises:
        Declined: the name is the instance's own, or can't become a bucket's.
    """
    if name == OWNER:
        raise Declined(_("This name is reserved. Choose another one."))
    if not _NAME.fullmatch(name):
        raise Declined(
            _(
                "A name has at most 60 lowercase letters, digits and underscores, "
                "and starts and ends with a letter or a digit."
            )
        )
    return "b-" + name.replace("_", "-")


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
