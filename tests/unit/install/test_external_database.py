"""The address of an outside PostgreSQL."""

import pytest
from install.external_database import without_password


@pytest.mark.parametrize(
    ("url", "shown", "password"),
    [
        ("postgresql://app:p%40ss@db.example:6432/souk", "postgresql://app@db.example:6432/souk", "p@ss"),
        ("postgresql://app@db.example/souk?sslmode=require", "postgresql://app@db.example/souk?sslmode=require", ""),
        ("postgresql:///souk?host=/run/pg", "postgresql:///souk?host=/run/pg", ""),
    ],
)
def test_the_password_is_kept_off_the_command_line(url: str, shown: str, password: str):
    assert without_password(url) == (shown, password)
