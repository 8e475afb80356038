"""Files in a machine, written and read through Incus."""

from __future__ import annotations

from souk.engines.contract import NotFound
from souk.engines.incus.transport import Transport


def push(transport: Transport, machine: str, path: str, content: bytes, *, mode: int, uid: int, gid: int) -> None:
    """Write one; `machine` is the path of its machine."""
    headers = {
        "Content-Type": "application/octet-stream",
        "X-Incus-type": "file",
        "X-Incus-write": "overwrite",
        "X-Incus-mode": f"{mode:04o}",
        "X-Incus-uid": str(uid),
        "X-Incus-gid": str(gid),
    }
    transport.raw("POST", f"{machine}/files", query={"path": path}, headers=headers, content=content)


def pull(transport: Transport, machine: str, path: str) -> bytes:
    """Read one."""
    response = transport.raw("GET", f"{machine}/files", query={"path": path})
    if response.headers.get("X-Incus-type") == "directory":
        raise NotFound(f"{path} is a folder")
    return response.content
