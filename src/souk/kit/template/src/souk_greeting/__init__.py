"""Greeting, a managed service. Found by the entry point group `souk.blueprints`."""

from .blueprint import Greeting

BLUEPRINT = Greeting()
