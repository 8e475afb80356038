"""The client: a connection, and every operation as a method of it."""

from __future__ import annotations

from souk.client.operations import Operations


class Client(Operations):
    """Souk as one person: `Client("https://…", token)`. Close it, or use it in a `with`.

    What the server refuses is raised as `Refused`, a server that does not answer as `Unreachable`; both are `Failed`.
    """
