"""The moment an S3 server first takes an object: put again and again, TLS fully verified, until it is acknowledged."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from souk.blueprints.objectstorage.probing import PORT
from souk.kernel.signing import signed_headers
from souk.provisioning.contract import Credentials, Wanted

BUCKET = "data"
_OBJECT = f"/{BUCKET}/first"
_BODY = b"x"
_PATIENCE = 60.0
_PAUSE = 0.005


def wait(wanted: Wanted, credentials: Credentials, authority: str) -> float:
    """Try from now on; return the instant (`time.perf_counter`) at which an object was acknowledged.

    Raises:
        TimeoutError: none was within a minute.
    """
    deadline = time.perf_counter() + _PATIENCE
    host, key = f"{wanted.hostname}:{PORT}", (credentials.username, credentials.password)
    limits = httpx.Timeout(5.0, connect=0.2)
    with httpx.Client(verify=ssl.create_default_context(cadata=authority), timeout=limits, trust_env=False) as client:
        said = ""
        while time.perf_counter() < deadline:
            headers = signed_headers("PUT", host, _OBJECT, *key, datetime.now(UTC), body=_BODY)
            try:
                answer = client.put(
                    f"https://{wanted.address}:{PORT}{_OBJECT}",
                    content=_BODY,
                    headers=headers,
                    extensions={"sni_hostname": wanted.hostname},
                )
            except httpx.HTTPError as error:
                said = str(error)
            else:
                if answer.status_code == httpx.codes.OK:
                    return time.perf_counter()
                said = answer.text[:200]
            time.sleep(_PAUSE)
    raise TimeoutError(f"{wanted.address} takes nothing: {said}")


def meanwhile(wanted: Wanted, credentials: Credentials, authority: str) -> Callable[[], float]:
    """Try on a thread of its own; call what is returned for the instant."""
    found: list[float] = []
    thread = threading.Thread(target=lambda: found.append(wait(wanted, credentials, authority)))
    thread.start()

    def result() -> float:
        thread.join()
        return found[0]

    return result
