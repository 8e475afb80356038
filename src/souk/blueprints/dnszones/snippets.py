"""A few lines for a secondary name server's settings."""

from __future__ import annotations

from collections.abc import Sequence

from souk.blueprints.dnszones.naming import ALGORITHM
from souk.provisioning.contract import Snippet


def snippets(address: str, name: str) -> Sequence[Snippet]:
    """How each of the servers that are common is told of the key and of where to fetch a zone."""
    return (
        Snippet(
            "Knot",
            f"key:\n  - id: {name}\n    algorithm: {ALGORITHM}\n    secret: PASSWORD\n\n"
            f"remote:\n  - id: souk\n    address: {address}@53\n    key: {name}\n\n"
            f"zone:\n  - domain: example.ma\n    master: souk\n",
        ),
        Snippet(
            "BIND",
            f'key "{name}" {{\n    algorithm {ALGORITHM};\n    secret "PASSWORD";\n}};\n\n'
            f'zone "example.ma" {{\n    type secondary;\n    primaries {{ {address} key {name}; }};\n}};\n',
        ),
        Snippet("kdig", f"kdig -y {ALGORITHM}:{name}:PASSWORD @{address} example.ma AXFR\n"),
    )
