"""A benchmark's database is its own, wherever the namespace's is."""

from __future__ import annotations

import pytest

from support.ground import _named


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("postgresql://souk_web@/postgres?host=/run/souk/x", "postgresql://souk_web@/mine?host=/run/souk/x"),
        (
            "postgresql://u:p@db.example:5433/souk?sslmode=require",
            "postgresql://u:p@db.example:5433/mine?sslmode=require",
        ),
        ("postgresql://db.example", "postgresql://db.example/mine"),
        ("postgresql:///souk?host=/run", "postgresql:///mine?host=/run"),
    ],
)
def test_only_the_databases_name_changes_in_an_address(given: str, named: str) -> None:
    assert _named({"DATABASE_URL": given, "SOUK_RUN": "/run/souk"}, "mine") == {
        "DATABASE_URL": named,
        "SOUK_RUN": "/run/souk",
    }
