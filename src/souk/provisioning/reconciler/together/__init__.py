"""A service on several machines: members that each have its data, and one in front of them that has its address."""

from souk.provisioning.reconciler.together.erasing import erase
from souk.provisioning.reconciler.together.running import run

__all__ = ["erase", "run"]
