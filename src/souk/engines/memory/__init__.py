"""The engine in memory: for fast tests, and for trying the console without root. Nothing it says is real."""

from souk.engines.memory.engine import MemoryEngine
from souk.engines.memory.guests import Guest, ToyGuest

__all__ = ["Guest", "MemoryEngine", "ToyGuest"]
