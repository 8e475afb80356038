"""Operations that are done to a running service one after another, in the order in which they were asked for.

Each may be killed anywhere and is done again from its beginning: it finds what it made, and makes nothing twice.
"""

from souk.provisioning.reconciler.actions.perform import perform
from souk.provisioning.reconciler.actions.work import Work

__all__ = ["Work", "perform"]
