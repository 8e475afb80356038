"""`python -m souk.kit.mortal N PLACE FILE`: a worker that is killed at its N-th boundary: before or after a call of the
engine that changes something. Each boundary that it reaches is a byte in the file.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, BinaryIO, cast

import django

from souk.engines.contract import Engine
from souk.kit.package import key_of

_ACTS = frozenset(
    {
        *("create", "copy", "push", "start", "stop", "move", "delete", "resize", "label", "execute"),
        *("snapshot", "restore_snapshot", "delete_snapshot", "join", "readdress", "attach", "detach"),
        *("ensure_network", "delete_network"),
    }
)


class Mortal:
    """An engine whose caller is killed, as by a power cut, around one of its calls."""

    def __init__(self, engine: Any, boundary: int, reached: BinaryIO) -> None:
        self._engine, self._left, self._reached = engine, boundary, reached

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        if name not in _ACTS:
            return found

        def around(*words: Any, **named: Any) -> Any:
            self._cross()
            answer = found(*words, **named)
            self._cross()
            return answer

        return around

    def _cross(self) -> None:
        self._reached.write(b".")
        self._reached.flush()
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main(boundary: int, place: str, reached: BinaryIO) -> None:
    """Do what is due, until nothing is or the boundary is reached."""
    key_of(place)
    django.setup()
    from django.conf import settings

    from souk.engines.current import engine
    from souk.provisioning.reconciler import lease
    from souk.provisioning.reconciler.converge import Ground, converge
    from souk.sites.names import Names

    ground = Ground(cast(Engine, Mortal(engine(), boundary, reached)), Names(settings.NAMESPACE.dns_hosts))
    while claims := lease.claim(1):
        converge(ground, claims[0])


if __name__ == "__main__":
    with open(sys.argv[3], "wb") as reached:
        main(int(sys.argv[1]), sys.argv[2], reached)
