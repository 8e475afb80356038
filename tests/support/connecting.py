"""Connecting to a PostgreSQL service as its customer does: with the password that a worker posts, over verified TLS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from souk.blueprints.postgresql import probing
from souk.kernel.scope import Scope
from souk.provisioning.credentials import reveal


@contextmanager
def signed_in(scope: Scope, instance: UUID, binding: str = "default") -> Iterator[dict[str, Any]]:
    """psycopg's options for one of the service's bindings as it is now; good inside the block."""
    found = reveal(scope, instance, binding)
    with probing.certificate_file(found.authority) as file:
        yield {
            "host": found.connection.fields["host"],
            "hostaddr": found.address,
            "user": found.username,
            "password": found.password,
            "dbname": "app",
            "sslmode": "verify-full",
            "sslrootcert": file,
            "connect_timeout": 3,
        }
