"""WordPress as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.wordpress.blueprint import WordPress

BLUEPRINT = WordPress()
