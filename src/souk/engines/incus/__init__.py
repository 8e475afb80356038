"""The engine on Incus: a thin, typed, synchronous client of its REST API. Thread-safe."""

from souk.engines.incus.address import Https, UnixSocket
from souk.engines.incus.engine import IncusEngine
from souk.engines.incus.spec import Place

__all__ = ["Https", "IncusEngine", "Place", "UnixSocket"]
