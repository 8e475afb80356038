"""Incus as it shows itself when its daemon is killed: every connection ends where it is, and none is made for a while.

What had been asked of it goes on, or not, as it does then. The daemon itself is left alone: others use it.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from pathlib import Path

BEHIND = Path("/var/lib/incus/unix.socket")


class Unsteady:
    """A socket that leads to Incus, as long as it is up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.up = True
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def kill(self) -> int:
        """End every connection and refuse new ones until `rise`; how many there were."""
        with self._lock:
            self.up = False
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            return len(self._open) // 2

    def rise(self) -> None:
        """Take connections again."""
        self.up = True

    def close(self) -> None:
        """End for good."""
        self._listener.close()
        self.kill()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self.up:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(BEHIND))
                with self._lock:
                    self._open |= {near, far}
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select():
                    said = key.fileobj.recv(65536)
                    if not said:
                        raise ConnectionResetError
                    key.data.sendall(said)
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()
