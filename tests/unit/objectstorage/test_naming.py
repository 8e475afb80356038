"""From a binding's name to a bucket's, without two meeting."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.naming import OWNER, bucket
from souk.provisioning.contract import Declined, Size, Wanted

WANTED = Wanted(uuid.uuid4(), "os-1", {}, Size(1, 2**30, 2**34), "os-1.example", "10.0.0.9")
NAMES = st.from_regex(r"[a-z0-9]([a-z0-9_]{0,58}[a-z0-9])?", fullmatch=True).filter(lambda name: name != OWNER)


@given(NAMES)
def test_every_bucket_has_a_name_that_s3_allows(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", bucket(name))


@given(NAMES, NAMES)
def test_two_names_never_share_a_bucket(one: str, other: str) -> None:
    assert (bucket(one) == bucket(other)) == (one == other)


@pytest.mark.parametrize("name", [OWNER, "", "_a", "a_", "A", "a-b", "a/b", "é", "a\n", "a" * 61])
def test_a_name_that_cannot_be_is_declined(name: str) -> None:
    with pytest.raises(Declined):
        bucket(name)


def test_a_bindings_name_is_its_access_key() -> None:
    made = BLUEPRINT.binder.binding(WANTED, "pg_ab12cd", "secret")
    assert (made.username, made.password, made.database) == ("pg_ab12cd", "secret", "b-pg-ab12cd")
