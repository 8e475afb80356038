"""The one file of a backup: the database's dump, the box with the keys, and a manifest that says what to expect.

A zip whose parts are stored as they are. The manifest lies in the box too: who changes the one outside is found out.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from install.dumps import CHUNK
from install.failure import Failure

FORMAT = 1
_DUMP, _BOX, _MANIFEST = "database.dump", "keys.box", "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup is of. `choices` are the subnet and the port that were chosen on its host."""

    format: int
    namespace: str
    release: str
    made_at: str
    postgresql: int
    position: int
    rows: dict[str, int]
    dump_bytes: int
    dump_sha256: str
    choices: dict[str, str]

    def text(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)


class Writer:
    """Writes a backup's parts into an open file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def dump(self, parts: Iterable[bytes]) -> tuple[int, str]:
        """Write the database; returns its bytes and their SHA-256."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_DUMP, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)
                digest.update(part)
                size += len(part)
        return size, digest.hexdigest()

    def finish(self, manifest: Manifest, box: str) -> None:
        """Write the rest, and the table of contents at the block's end."""
        self._zip.writestr(_BOX, box)
        self._zip.writestr(_MANIFEST, manifest.text())


class Archive:
    """A backup that is read."""

    def __init__(self, path: Path) -> None:
        """Read what the file says of itself.

        Raises:
            Failure: it is no backup, or not a whole one.
        """
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            self.box = self._zip.read(_BOX).decode()
            told: dict[str, Any] = json.loads(self._zip.read(_MANIFEST))
        except OSError as error:
            raise Failure(f"{path} can't be read: {error.strerror}.") from error
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise Failure(f"{path} is not a backup of Souk, or not a whole one.") from error
        if told.get("format") != FORMAT:
            raise Failure(f"{path} was written by another release of Souk.", "Restore it with that release.")
        self.manifest = Manifest(**told)

    def dump(self) -> Iterator[bytes]:
        """The database's dump.

        Raises:
            Failure: at its end, if it is not what the manifest says.
        """
        digest = hashlib.sha256()
        try:
            with self._zip.open(_DUMP) as part:
                while chunk := part.read(CHUNK):
                    digest.update(chunk)
                    yield chunk
        except zipfile.BadZipFile as error:
            raise self._damaged() from error
        if digest.hexdigest() != self.manifest.dump_sha256:
            raise self._damaged()

    def check(self) -> str:
        """Compare the dump with the manifest. Returns a remark.

        Raises:
            Failure: it is another one.
        """
        return f"{sum(len(part) for part in self.dump()) >> 20} MiB"

    def _damaged(self) -> Failure:
        return Failure(f"{self.path} was damaged or changed after it was written.", "Take an earlier backup.")
