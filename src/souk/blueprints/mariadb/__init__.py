"""MariaDB as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.mariadb.blueprint import MariaDB

BLUEPRINT = MariaDB()
