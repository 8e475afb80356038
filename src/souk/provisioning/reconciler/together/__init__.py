"""A service on several machines: members that each have its data, and one in front of them that has its address."""

from souk.provisioning.reconciler.together.beginning import begin
from souk.provisioning.reconciler.together.erasing import erase
from souk.provisioning.reconciler.together.parting import clear, part
from souk.provisioning.reconciler.together.running import run
from souk.provisioning.reconciler.together.sharing import NotCoordinated, is_shared

__all__ = ["NotCoordinated", "begin", "clear", "erase", "is_shared", "part", "run"]
