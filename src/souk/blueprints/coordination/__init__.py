"""Where highly available services agree on who leads. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.coordination.blueprint import Coordination

BLUEPRINT = Coordination()
