"""Private networks on Incus: bridges without an address of the host's, marked as ours."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from souk.engines.contract import AlreadyExists, Busy, EngineError, NotFound
from souk.engines.incus import wire
from souk.engines.incus.transport import Transport

_NETWORKS = "/1.0/networks"
OWNER = "user.souk.project"
"""Networks lie in no project of ours, so each says whose it is."""


def ensure(transport: Transport, name: str, project: str) -> None:
    """Have the bridge."""
    body = {
        "name": name,
        "type": "bridge",
        "description": "Souk: private network of one service",
        "config": {"ipv4.address": "none", "ipv6.address": "none", OWNER: project},
    }
    try:
        transport.change("POST", _NETWORKS, body=body)
    except AlreadyExists as error:
        if name not in listing(transport, project):
            raise EngineError(f"the network {name} belongs to something else") from error


def delete(transport: Transport, name: str) -> None:
    """Delete the bridge."""
    try:
        transport.change("DELETE", f"{_NETWORKS}/{quote(name, safe='')}")
    except NotFound:
        return
    except EngineError as error:
        if "in use" in str(error):
            raise Busy(str(error)) from error
        raise


def listing(transport: Transport, project: str) -> Sequence[str]:
    """The names of this project's private networks."""
    rows = transport.get(_NETWORKS, list[wire.Network], recursion="1")
    return sorted(row.name for row in rows if (row.config or {}).get(OWNER) == project)
