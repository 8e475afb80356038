"""Buckets under names that their customer chooses."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.observer import _severity

KEEPER = BLUEPRINT.keeper


@pytest.mark.parametrize("name", ["abc", "factures-2026", "0a0", "a" * 63])
def test_what_s3_allows_is_allowed(name: str) -> None:
    assert KEEPER.allows(name)


@pytest.mark.parametrize(
    "name",
    ["ab", "a" * 64, "Majuscule", "a.b", "a--b", "-ab", "ab-", "xn--abc", "souk-abc", "a_b", "été", "abc\n", "../abc"],
)
def test_what_would_be_a_path_a_domain_or_ours_is_not(name: str) -> None:
    assert not KEEPER.allows(name)


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=9, unique=True))
def test_what_a_service_is_told_to_keep_is_what_it_keeps(names: list[str]) -> None:
    given_ = KEEPER.naming({}, names)
    jsonschema.validate(given_, BLUEPRINT.schema())
    assert list(KEEPER.names(given_)) == names
    assert BLUEPRINT.credentials(given_, "secret").database == names[0]


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("10.0.0.9 boutique PUT /data/a%20b 200 312 14", "info"),
        ("10.0.0.9 - GET /data 403 312 1", "warning"),
        ("10.0.0.9 boutique PUT /data/a 503 0 30002", "error"),
        ("E1126 13:36:27 s3api.go:308 PutObjectHandler failed", "error"),
        ("W1126 13:36:27 master.go:1 slow", "info"),
    ],
)
def test_a_requests_line_is_as_grave_as_its_status(line: str, severity: str) -> None:
    assert _severity(line) == severity
