"""What a program writes goes into the service's bucket, encrypted on the way, and never lies on the disk."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import IO, Any, cast

from bucket import Bucket
from machine import Failure

QUIETLY = ("nice", "-n10", "ionice", "-c2", "-n7")
PLACES = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/"}
_CIPHER = ("openssl", "enc", "-aes-256-ctr", "-pbkdf2", "-iter", "10000", "-salt")
_CHUNK = 256 * 1024


def send(document: Mapping[str, Any], command: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """Put what the command prints under the document's `key`, encrypted by its `passphrase`. Returns the size and the
    checksum of what it printed.

    Raises:
        Failure: the command failed, or the bucket does not take it; nothing is under the key then, or what was before.
    """
    with tempfile.TemporaryFile() as said:
        dump = subprocess.Popen(
            [*QUIETLY, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env={**PLACES, **environment},
            cwd="/",
        )
        with _encrypting(document["passphrase"]) as cipher:
            assert dump.stdout is not None
            assert cipher.stdin is not None
            counted = _Counted(cast("Any", dump.stdout), cipher.stdin)
            counted.start()
            try:
                whole = cast("IO[bytes]", _Whole(cipher, counted, dump, said))
                Bucket(document["repository"]).put(document["key"], whole)
            finally:
                dump.kill()
                cipher.kill()
    return {"size": counted.size, "sha256": counted.digest.hexdigest()}


class _Counted(threading.Thread):
    """Carries one pipe into another, and counts and sums up what came by."""

    def __init__(self, source: Any, target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.size, self.digest, self.broken = 0, hashlib.sha256(), False
        self._source, self._target = source, target

    def run(self) -> None:
        try:
            with self._target:
                while chunk := self._source.read1(_CHUNK):
                    self.size += len(chunk)
                    self.digest.update(chunk)
                    self._target.write(chunk)
        except OSError:
            self.broken = True


class _Whole:
    """What the cipher gives; at its end, a complaint unless all of the dump went through it."""

    def __init__(
        self,
        cipher: subprocess.Popen[bytes],
        counted: _Counted,
        dump: subprocess.Popen[bytes],
        said: IO[bytes],
    ) -> None:
        self._cipher, self._counted, self._dump, self._said = cipher, counted, dump, said

    def read(self, size: int) -> bytes:
        assert self._cipher.stdout is not None
        part = self._cipher.stdout.read(size)
        if len(part) < size:
            self._counted.join()
            if self._dump.wait() != 0:
                self._said.seek(0)
                lines = self._said.read().decode(errors="replace").strip().splitlines()
                raise Failure((lines or ["the dump failed"])[0])
            if self._counted.broken or self._cipher.wait() != 0:
                raise Failure("the file could not be encrypted")
        return part


def _encrypting(passphrase: str) -> subprocess.Popen[bytes]:
    """OpenSSL, told the passphrase through a pipe: its arguments could be read by others."""
    reads, writes = os.pipe()
    os.write(writes, passphrase.encode() + b"\n")
    os.close(writes)
    try:
        return subprocess.Popen(
            [*_CIPHER, "-pass", f"fd:{reads}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[reads],
            env=PLACES,
        )
    finally:
        os.close(reads)
