"""Writing one object into a bucket while it is being made, in parts: nobody knows yet how large it becomes."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from machine import Failure

# Laid down beside this file.
from signing import signed_headers

FIRST_PARTS, PARTS_ALIKE = 8 * 1024**2, 1000
"""A thousand parts of 8 MiB, then a thousand of 16, and so on: S3 takes ten thousand, of 5 GiB each at most."""

TRIES = 3
_TAG = r"<{0}>([^<]*)</{0}>"


class Bucket:
    """A bucket on an S3 server, reached over TLS with a key of its own."""

    def __init__(self, repository: Mapping[str, Any]) -> None:
        self._at = repository
        self._trusted = ssl.create_default_context(cadata=repository["authority"] or None)

    def put(self, key: str, source: IO[bytes]) -> None:
        """Write all that `source` gives under a key. What a killed attempt left of it is thrown away first.

        Raises:
            Failure: the server does not answer, or refuses; nothing is under the key then, or what was before.
        """
        path = f"/{self._at['bucket']}/{quote(key)}"
        self._abort_others(key)
        upload = _found("UploadId", self._ask("POST", path + "?uploads=")[1])
        try:
            tags = [self._part(path, upload, number, part) for number, part in enumerate(_parts(source), 1)]
            lines = "".join(
                f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(tag)}</ETag></Part>"
                for number, tag in enumerate(tags, 1)
            )
            body = f"<CompleteMultipartUpload>{lines}</CompleteMultipartUpload>".encode()
            answer = self._ask("POST", f"{path}?uploadId={quote(upload, safe='')}", body)[1]
            if b"<Error>" in answer:
                raise Failure("the repository's server does not put the parts together")
        except BaseException:
            with suppress(Failure):
                self._abort(path, upload)
            raise

    def _part(self, path: str, upload: str, number: int, part: bytes) -> str:
        place = f"{path}?partNumber={number}&uploadId={quote(upload, safe='')}"
        return self._ask("PUT", place, part)[0]["etag"]

    def _abort_others(self, key: str) -> None:
        bucket = f"/{self._at['bucket']}"
        listed = self._ask("GET", f"{bucket}?prefix={quote(key, safe='')}&uploads=")[1].decode()
        for upload in re.findall(_TAG.format("UploadId"), listed):
            self._abort(f"{bucket}/{quote(key)}", upload)

    def _abort(self, path: str, upload: str) -> None:
        self._ask("DELETE", f"{path}?uploadId={quote(upload, safe='')}", accepted=(200, 204, 404))

    def _ask(
        self, method: str, path: str, body: bytes = b"", accepted: tuple[int, ...] = (200,)
    ) -> tuple[Mapping[str, str], bytes]:
        complaint = ""
        for _ in range(TRIES):
            try:
                status, headers, answer = self._send(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                complaint = f"the repository's server {self._at['host']} does not answer: {error}"
                continue
            if status in accepted:
                return headers, answer
            complaint = f"the repository's server {self._at['host']} answers {status} to {method}"
            if status < 500:
                break
        raise Failure(complaint)

    def _send(self, method: str, path: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        host, port = self._at["host"], self._at["port"]
        named = host if port == 443 else f"{host}:{port}"
        keys = (self._at["access_key"], self._at["secret_key"])
        headers = signed_headers(method, named, path, *keys, datetime.now(UTC), region=self._at["region"], body=body)
        plain = socket.create_connection((self._at["address"] or host, port), timeout=60)
        with self._trusted.wrap_socket(plain, server_hostname=host) as encrypted:
            client = http.client.HTTPConnection(host, port)
            client.sock = encrypted
            client.request(method, path, body=body, headers=headers)
            answer = client.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()


def _parts(source: IO[bytes]) -> Iterator[bytes]:
    number = 0
    while part := source.read(FIRST_PARTS << number // PARTS_ALIKE):
        number += 1
        yield part


def _found(tag: str, answer: bytes) -> str:
    found = re.search(_TAG.format(tag), answer.decode())
    if found is None:
        raise Failure(f"the repository's server tells no {tag}")
    return found.group(1)
