"""PostgreSQL as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.postgresql.blueprint import PostgreSQL

BLUEPRINT = PostgreSQL()
