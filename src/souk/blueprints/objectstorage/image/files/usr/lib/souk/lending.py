"""What a machine that follows an S3 server gets of it: those files, or their ends, in which it is behind.

Laid down beside whoever asks for it, and run by itself on the machine that leads: it listens in the private network,
encrypted, and tells only whoever knows the password. It ends when nobody has asked for a while.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import json
import os
import socket
import ssl
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

PORT = 8335
FOLDER = "/run/souk-succession"
DATA, KEYS = "/var/lib/souk-objectstorage/", "/etc/souk/objectstorage/"
LIST = "filerldb2/*/*"
GROW = (".dat", ".idx")
"""Files that are only ever written at their end, and copied whole when they are another file of that name."""

UNDER_WAY = "/run/souk-objectstorage/backup"
"""The steward's file. Whoever has it locked keeps what was deleted from being given free: volumes only grow then."""

CIPHER = "ECDHE-PSK-CHACHA20-POLY1305"
IDLE, ANSWER_WITHIN = 600.0, 60.0
"""Seconds."""

BLOCK = 1024**2
Known = list[int]
"""What tells whether a file is still what it was: its inode, size and time of change."""


def places() -> Iterator[tuple[str, str]]:
    """Each file that is told, by its name for the one that follows, and where it is."""
    for pattern in ("*.dat", "*.idx", "*.vif", LIST):
        for path in glob.glob(DATA + pattern):
            if not os.path.basename(path).startswith(("LOCK", "LOG")):
                yield "data/" + path.removeprefix(DATA), path
    for name in ("identities.json", "begun"):
        if os.path.exists(KEYS + name):
            yield "keys/" + name, KEYS + name


def place(name: str) -> str:
    """Where a file of this name lies."""
    kind, _, rest = name.partition("/")
    if kind not in ("data", "keys") or not rest or {"", ".", ".."} & {*rest.split("/")}:
        raise ValueError(name)
    return (DATA if kind == "data" else KEYS) + rest


def digest() -> str:
    """A checksum over which files there are, and how long each is."""
    sizes = sorted((name, os.stat(path).st_size) for name, path in places())
    return hashlib.sha256(json.dumps(sizes).encode()).hexdigest()


def context(*, server: bool) -> ssl.SSLContext:
    """Both sides know the password, and prove it; no certificate does."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(CIPHER)
    return made


def serve(address: str, password: str) -> None:
    """Tell one after another, until nobody has asked for a while."""
    # The guest's Python has it; the platform's, which is checked, does not yet.
    trusted: Any = context(server=True)
    trusted.set_psk_server_callback(lambda _: password.encode())
    with open(UNDER_WAY, encoding="utf-8") as lock, socket.create_server((address, PORT)) as listening:
        fcntl.flock(lock, fcntl.LOCK_EX)
        listening.settimeout(IDLE)
        with contextlib.suppress(TimeoutError):
            while True:
                plain, _ = listening.accept()
                plain.settimeout(ANSWER_WITHIN)
                try:
                    with trusted.wrap_socket(plain, server_side=True) as encrypted:
                        _answer(encrypted)
                except OSError as error:
                    sys.stderr.write(f"{error}\n")


def _answer(client: ssl.SSLSocket) -> None:
    with client.makefile("rwb") as stream:
        have: dict[str, Known] = json.loads(stream.readline())
        names = []
        for name, path in places():
            # What is gone by now is not there.
            with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
                names.append(name)
                _send(stream, name, file, have.get(name))
        stream.write(json.dumps({"names": names}).encode() + b"\n")
        stream.flush()


def _send(stream: Any, name: str, file: BinaryIO, known: Known | None) -> None:
    seen = os.fstat(file.fileno())
    now = [seen.st_ino, seen.st_size, seen.st_mtime_ns]
    if now == known:
        return
    goes_on = known is not None and name.endswith(GROW) and known[0] == now[0] and known[1] <= now[1]
    begins = known[1] if known is not None and goes_on else 0
    stream.write(json.dumps({"name": name, "from": begins, "known": now}).encode() + b"\n")
    file.seek(begins)
    left = seen.st_size - begins
    while left:
        block = file.read(min(BLOCK, left))
        if not block:
            raise OSError(f"{name} became shorter")
        stream.write(block)
        left -= len(block)


if __name__ == "__main__":
    with open(FOLDER + "/way", encoding="utf-8") as told:
        way = json.load(told)
    serve(way["leader"], way["password"])
