"""A machine of one's own as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.machine.blueprint import Machine

BLUEPRINT = Machine()
