"""What a server held at an instant, object by object: a second one, that nobody reaches, lists the copy of its list."""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import http.client
import json
import os
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from machine import Failure

# Laid down beside this file.
from repository import MIB, QUIETLY, TOGETHER

ROOT = "/buckets"
OWN = ROOT + "/.system"
"""What the server notes for itself, anew when it begins."""

SERVER, READER = 8888, 8889
PAGE = 250
"""Entries: of a large object one is tens of kilobytes long."""

MOST_READ = 200
WITHIN = 120.0
"""Seconds for the second server to begin, and for an answer."""

FOLDER = 1 << 31
"""The bit of an entry's mode."""

Entry = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """An object, or a version of one: its path, its size in bytes, and a checksum over all that it is."""

    path: str
    size: int
    checksum: str


@dataclass
class Bucket:
    """What is in one: how many, and a checksum over all of it."""

    objects: int = 0
    checksum: Any = field(default_factory=hashlib.sha256)


def look(folder: str, seed: int = 0, most: int = 0) -> tuple[dict[str, str], list[Stored]]:
    """A line for each bucket, and objects to be read, others for each seed, of `most` bytes together."""
    buckets: dict[str, Bucket] = {}
    drawn: list[tuple[int, str, Stored]] = []
    with _reader(folder) as client:
        for entry in _walk(client, ROOT):
            path = entry["FullPath"]
            bucket = buckets.setdefault(path.split("/")[2], Bucket())
            bucket.checksum.update(checksum(entry).encode())
            if not entry["Mode"] & FOLDER:
                bucket.objects += 1
                stored = Stored(path, entry["FileSize"], checksum(entry))
                heapq.heappush(drawn, (-int(_hash(f"{seed} {path}")[:16], 16), path, stored))
                if len(drawn) > MOST_READ:
                    heapq.heappop(drawn)
    chosen = []
    for *_, stored in sorted(drawn, key=lambda each: each[:2], reverse=True):
        if stored.size <= most:
            chosen.append(stored)
            most -= stored.size
    return {f"{name}: {each.objects} objects": each.checksum.hexdigest() for name, each in buckets.items()}, chosen


def checksum(entry: Entry) -> str:
    """Over all that an entry says: times, sizes, metadata, and where the content lies."""
    return _hash(json.dumps(entry, sort_keys=True))


def is_still(stored: Stored) -> bool:
    """Whether the server itself has the object as it was."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", SERVER, timeout=WITHIN)) as client:
        try:
            client.request("GET", _address(stored.path) + "?metadata=true")
            answer = client.getresponse()
            body = answer.read()
            return answer.status == 200 and checksum(json.loads(body)) == stored.checksum
        except (OSError, http.client.HTTPException, ValueError):
            return False


def content(path: str) -> str:
    """A checksum of what is in an object of the server itself; empty if it can't be read."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", SERVER, timeout=WITHIN)) as client:
        try:
            client.request("GET", _address(path))
            answer = client.getresponse()
            found = hashlib.sha256()
            while block := answer.read(MIB):
                found.update(block)
            return found.hexdigest() if answer.status == 200 else ""
        except (OSError, http.client.HTTPException):
            return ""


@contextlib.contextmanager
def _reader(folder: str) -> Iterator[http.client.HTTPConnection]:
    """A server of the list in a folder: it writes there, and has no volumes."""
    server = ["weed", "server", "-dir=" + folder, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume=false", "-filer"]
    alone = ["-master.telemetry=false", "-master.electionTimeout=1s", "-master.port=9334", f"-filer.port={READER}"]
    running = subprocess.Popen(
        [*TOGETHER, *QUIETLY, *server, *alone],
        env={**os.environ, "GOMEMLIMIT": "96MiB", "HOME": "/root"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = http.client.HTTPConnection("127.0.0.1", READER, timeout=WITHIN)
    try:
        until = time.monotonic() + WITHIN
        while not _answers(client):
            if time.monotonic() > until or running.poll() is not None:
                raise Failure("the copied list can't be read")
            time.sleep(0.1)
        yield client
    finally:
        client.close()
        running.kill()
        running.wait()


def _answers(client: http.client.HTTPConnection) -> bool:
    try:
        return "Entries" in _page(client, ROOT, "")
    except Failure:
        client.close()
        return False


def _walk(client: http.client.HTTPConnection, folder: str) -> Iterator[Entry]:
    """All that is in a folder, in the server's order."""
    last, more = "", True
    while more:
        page = _page(client, folder, last)
        for entry in page["Entries"] or ():
            if entry["FullPath"] == OWN:
                continue
            yield entry
            if entry["Mode"] & FOLDER:
                yield from _walk(client, entry["FullPath"])
        last, more = page["LastFileName"], page["ShouldDisplayLoadMore"]


def _page(client: http.client.HTTPConnection, folder: str, last: str) -> Any:
    query = urllib.parse.urlencode({"limit": PAGE, "lastFileName": last})
    try:
        client.request("GET", f"{_address(folder)}/?{query}", headers={"Accept": "application/json"})
        answer = client.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"{folder} can't be listed: {error}") from None
    if answer.status != 200:
        raise Failure(f"{folder} can't be listed: {answer.status}")
    return json.loads(body)


def _address(path: str) -> str:
    return urllib.parse.quote(path, errors="surrogateescape")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
