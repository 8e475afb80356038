"""Valkey as a managed service. Found by the entry point group `souk.blueprints`."""

from souk.blueprints.valkey.blueprint import Valkey

BLUEPRINT = Valkey()
