"""Single objects of a service's repository: reading one with a ticket, and deleting one with the key."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from souk.kernel.signing import signed_headers
from souk.provisioning.contract import ConfigurationFailed, Repository

_CONNECT_WITHIN, _ANSWER_WITHIN = 5.0, 30.0
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Ticket:
    """What reads one object, for a quarter of an hour: a signed request, which opens nothing else. It is sent to
    `address`, or to whom the host's name means, who must show a certificate that `authority` signed (a PEM text;
    nothing: whoever the system trusts).
    """

    host: str
    address: str
    port: int
    path: str
    headers: Mapping[str, str]
    authority: str


class Unreadable(Exception):
    """The storage does not give the object; the message holds no secret."""


def place(repository: Repository, name: str) -> str:
    """The key under which `name` lies in a repository, beside the backups."""
    return f"{repository.folder}/{name}" if repository.folder else name


def ticket(repository: Repository, key: str) -> Ticket:
    """A ticket for the object under a key."""
    return _signed("GET", repository, key)


def delete(repository: Repository, key: str) -> None:
    """Delete an object; one that is not there is deleted already.

    Raises:
        ConfigurationFailed: the storage does not answer, or refuses.
    """
    request = _signed("DELETE", repository, key)
    try:
        with _asked("DELETE", request, {}) as response:
            status = response.status_code
    except Unreadable as error:
        raise ConfigurationFailed(str(error)) from error
    if status not in (httpx.codes.OK, httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND):
        raise ConfigurationFailed(f"the repository's server {request.host} answers {status} to a deletion")


@contextmanager
def read(request: Ticket, start: int = 0) -> Iterator[Iterator[bytes]]:
    """The object's bytes from `start` on, in chunks, as long as the block lasts.

    Raises:
        Unreadable: before the first chunk or between two.
    """
    wanted = {"range": f"bytes={start}-"} if start else {}
    with _asked("GET", request, wanted) as response:
        if response.status_code != (httpx.codes.PARTIAL_CONTENT if start else httpx.codes.OK):
            raise Unreadable(f"the repository's server {request.host} answers {response.status_code}")
        yield response.iter_raw(_CHUNK)


def _signed(method: str, repository: Repository, key: str) -> Ticket:
    path = f"/{repository.bucket}/{quote(key)}"
    named = repository.host if repository.port == 443 else f"{repository.host}:{repository.port}"
    keys = (repository.access_key, repository.secret_key)
    headers = signed_headers(method, named, path, *keys, datetime.now(UTC), region=repository.region)
    return Ticket(
        host=repository.host,
        address=repository.address,
        port=repository.port,
        path=path,
        headers=headers,
        authority=repository.authority,
    )


@contextmanager
def _asked(method: str, request: Ticket, more: Mapping[str, str]) -> Iterator[httpx.Response]:
    trusted = ssl.create_default_context(cadata=request.authority or None)
    timeout = httpx.Timeout(_ANSWER_WITHIN, connect=_CONNECT_WITHIN)
    url = f"https://{request.address or request.host}:{request.port}{request.path}"
    try:
        with (
            httpx.Client(verify=trusted, timeout=timeout, trust_env=False) as client,
            client.stream(
                method, url, headers={**request.headers, **more}, extensions={"sni_hostname": request.host}
            ) as response,
        ):
            yield response
    except (httpx.HTTPError, OSError) as error:
        raise Unreadable(f"the repository's server {request.host} does not answer: {error}"[:200]) from error
