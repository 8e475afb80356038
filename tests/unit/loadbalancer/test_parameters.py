"""What may be chosen of a load balancer, and the sentence for what may not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.blueprints.loadbalancer import BLUEPRINT, parameters
from souk.provisioning.contract import MemberMode, PoolMember, Unfit
from souk.provisioning.errors import InvalidParameters
from souk.provisioning.schema import complete

HTTPS = {"port": 443, "protocol": "https", "pool": "web"}
WEB = {"name": "web"}
DATA = {"name": "data", "protocol": "tcp"}


def _checked(**given_: Any) -> dict[str, Any]:
    return complete(BLUEPRINT.schema(), given_, BLUEPRINT.check)


@pytest.mark.parametrize("example", BLUEPRINT.schema()["examples"])
def test_examples_fit(example: dict[str, Any]) -> None:
    assert _checked(**example)


def test_without_a_choice_it_listens_for_https_and_leads_there_and_its_ports_are_open() -> None:
    chosen = _checked()
    assert [each["port"] for each in chosen["listeners"]] == [443, 80]
    assert BLUEPRINT.ports(chosen) == [80, 443, 8404]
    assert BLUEPRINT.ports({"listeners": [{"port": 5432, "protocol": "tcp", "pool": "x"}]}) == [80, 5432, 8404]


@pytest.mark.parametrize(
    ("listeners", "pools", "sentence"),
    [
        ([HTTPS, HTTPS], [WEB], "Two listeners have the same port."),
        ([HTTPS], [WEB, WEB], "Two pools have the same name."),
        ([HTTPS], [DATA], "There is no pool “{pool}”."),
        ([{**HTTPS, "pool": "data"}], [DATA], "must both speak HTTP"),
        ([{"port": 9000, "protocol": "tcp", "pool": "web"}], [WEB], "must both speak HTTP"),
        ([{**HTTPS, "port": 8404}], [WEB], "is the platform's own"),
        ([{**HTTPS, "routes": ["a.ma nirgends"]}], [WEB], "There is no pool"),
        ([{**HTTPS, "routes": ["a.ma web", "A.ma web"]}], [WEB], "A name leads to two pools"),
        ([{"port": 9000, "protocol": "tcp"}], [DATA], "leads to one pool"),
        ([], [{**DATA, "sticky": True}], "A cookie needs HTTP"),
        ([], [{**WEB, "members": [{"port": 80}]}], "A member is a service or an address"),
        ([], [{**WEB, "members": [{"service": "a", "port": 80}] * 2}], "A member is twice"),
    ],
)
def test_what_does_not_go_together_is_told(listeners: list[Any], pools: list[Any], sentence: str) -> None:
    with pytest.raises(Unfit) as unfit:
        BLUEPRINT.check({"listeners": listeners, "pools": pools})
    assert sentence in unfit.value.sentence


@pytest.mark.parametrize(
    "pools",
    [
        [{"name": "Web"}],
        [{"name": "web\n"}],
        [{"name": "web", "check_path": "/a b"}],
        [{"name": "web", "check_path": "/'\n  server x"}],
        [{"name": "web", "check_status": "200 or so"}],
        [{"name": "web", "check_seconds": 0}],
        [{"name": "web", "members": [{"address": "::1", "port": 80}]}],
        [{"name": "web", "members": [{"service": "a", "port": 70000}]}],
        [{"name": "web", "members": [{"service": "a", "port": 80, "weight": 0}]}],
        [{"name": "web", "more": 1}],
    ],
)
def test_what_the_schema_does_not_know_is_refused(pools: list[Any]) -> None:
    with pytest.raises(InvalidParameters):
        _checked(pools=pools)


def _members() -> st.SearchStrategy[PoolMember]:
    return st.builds(
        PoolMember,
        pool=st.sampled_from(["web", "api"]),
        service=st.text(min_size=1, max_size=20),
        address=st.just(""),
        port=st.integers(1, 65535),
        weight=st.integers(1, 256),
        mode=st.sampled_from(MemberMode),
    )


@given(st.lists(_members(), unique_by=lambda each: (each.pool, each.name)))
def test_members_written_down_are_the_same_when_they_are_read(members: list[PoolMember]) -> None:
    ordered = sorted(members, key=lambda each: each.pool == "api")
    chosen = {"pools": [{"name": "web", "sticky": True}, {"name": "api"}]}
    written = BLUEPRINT.balancer.having(chosen, ordered)
    assert list(parameters.pool_members(written)) == ordered
    assert written["pools"][0]["sticky"] is True
