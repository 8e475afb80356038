"""What a plan says, computed from a file and from what there is, without a server."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import pytest

from souk.cli.commands.stack import _said
from souk.cli.stack.parts import Present, Service, Stack, There
from souk.cli.stack.planning import plan
from souk.client.models import OfferingOut

OFFERING = cast(
    OfferingOut,
    {
        "currency": "MAD",
        "plans": [
            {"key": "s", "per_month": "490", "members": 1, "tiers": {"extra_disk": [{"up_to": None, "rate": "0.01"}]}},
            {"key": "h", "per_month": "1390", "members": 3, "tiers": {"extra_disk": [{"up_to": None, "rate": "0.01"}]}},
        ],
        "parameters": {
            "properties": {
                "pool": {"type": "string", "x-changeable": True},
                "locale": {"type": "string"},
                "databases": {"type": "array", "items": {"type": "string"}, "x-kept": "databases"},
                "version": {"type": "string"},
            }
        },
    },
)
NOW: Service = {
    "offering": "pg",
    "plan": "s",
    "marketplace": "public",
    "region": "here",
    "parameters": {"pool": "none", "locale": "fr", "databases": ["app", "old", "used"], "version": "16"},
    "extra_disk": 0,
    "grow_to": None,
    "network": None,
    "access": "everyone",
    "bindings": {"web": {"role": "owner", "database": "app"}},
    "protected": False,
    "window": "anytime",
    "names": ["db.example.ma"],
    "zones": {"example.ma": "www 300 IN A 192.0.2.1\n"},
    "alerts": {"disk": 85.0},
    "public_address": False,
    "firewall": None,
    "running": True,
}
TIERS = [{"up_to": 10, "rate": "0"}, {"up_to": None, "rate": "0.02"}]
PRICE = {
    "currency": "MAD",
    "per_month": "400",
    "tiers": {"extra_disk": TIERS, "public_address": [{"up_to": None, "rate": "0.05"}]},
}
RULE = {"direction": "in", "protocol": "tcp", "ports": "22", "networks": None, "note": ""}
LISTED = [{"network": "203.0.113.0/24", "note": "le bureau"}, {"network": "198.51.100.7/32", "note": ""}]


def _plan(wanted: dict[str, Any] | None, *, prune: bool = False, **other: Any) -> Any:
    there = There(cast(Service, {**NOW, **other}), "id1", 1, 1, PRICE, first="app")
    base = {key: NOW[key] for key in ("offering", "plan", "marketplace", "region")}
    services = {} if wanted is None else {"compta": cast(Service, {**base, **wanted})}
    present = Present("o", "p", "p", {"old": ("here", "n1")}, {"compta": there}, {}, frozenset({"old"}))
    return plan(Stack(services=services), present, lambda _market, _offering: OFFERING, prune=prune)


def _keys(planned: Any) -> list[tuple[str, str]]:
    return [(change.action, change.key) for change in planned.changes]


def test_what_is_as_it_should_be_is_no_change() -> None:
    planned = _plan({"parameters": {"pool": "none"}, "bindings": {"web": {"role": "owner"}}, "alerts": {"disk": 85}})
    assert (planned.changes, planned.monthly) == ([], {})


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({"parameters": {"pool": "session"}}, [("change", "parameters.pool")]),
        (
            {"bindings": {"web": {"role": "reader"}, "new": {"role": "owner"}}},
            [("change", "bindings.web"), ("create", "bindings.new")],
        ),
        ({"names": ["db.example.ma", "pg.example.ma"]}, [("create", "names")]),
        ({"zones": {"example.ma": "www 300 IN A 192.0.2.1\n"}}, []),
        (
            {"zones": {"example.ma": "www 300 IN A 192.0.2.2\n", "example.com": ""}},
            [("change", "zones.example.ma"), ("create", "zones.example.com")],
        ),
        ({"access": []}, [("change", "access")]),
        ({"alerts": {"disk": False}}, [("change", "alerts.disk")]),
        ({"protected": True}, [("change", "protected")]),
    ],
)
def test_each_part_that_differs_is_a_change_of_its_own(wanted: dict[str, Any], keys: list[tuple[str, str]]) -> None:
    planned = _plan(wanted)
    assert _keys(planned) == keys
    assert planned.obstacles == []


@pytest.mark.parametrize(
    "wanted", [{"region": "there"}, {"parameters": {"locale": "ar"}}, {"plan": "x"}, {"offering": "other"}]
)
def test_what_cannot_be_done_live_says_so(wanted: dict[str, Any]) -> None:
    assert all(change.obstacle for change in _plan(wanted).changes)
    assert _plan(wanted).monthly == {}


def test_more_disk_costs_what_it_did_when_the_service_was_sold() -> None:
    """10 GiB are 7,300 GiB hours, of which the first ten are free."""
    assert _plan({"extra_disk": 10}).monthly == {"MAD": Decimal("145.80")}


def test_another_plan_costs_what_it_costs_today_for_each_machine() -> None:
    """1,390 and 10 GiB on three machines, less the 400 that were frozen."""
    assert _plan({"plan": "h", "extra_disk": 10}).monthly == {"MAD": Decimal("1390") + Decimal("219") - Decimal("400")}


def test_a_public_address_costs_what_it_did_when_the_service_was_sold() -> None:
    planned = _plan({"public_address": True})
    assert (_keys(planned), planned.monthly) == ([("change", "public_address")], {"MAD": Decimal("36.50")})
    planned = _plan({"public_address": False}, public_address=True)
    assert planned.monthly == {"MAD": Decimal("-36.50")}


def test_an_offering_that_is_sold_without_public_addresses_says_so() -> None:
    planned = _plan({"plan": "h", "public_address": True})
    assert [bool(change.obstacle) for change in planned.changes] == [True, False]
    assert planned.monthly == {}


def test_each_database_is_made_by_itself_and_goes_with_prune_unless_it_is_needed() -> None:
    wanted = {"parameters": {"databases": ["new", "used"]}, "bindings": {"web": {"role": "owner"}}}
    bound = {"bindings": {"web": {"role": "owner", "database": "used"}}}
    assert [(each.action, each.key, each.after) for each in _plan(wanted).changes] == [
        ("create", "parameters.databases", "new")
    ]
    gone = [each for each in _plan(wanted, prune=True, **bound).changes if each.action == "delete"]
    assert {each.before: bool(each.obstacle) for each in gone if each.key} == {"app": True, "old": False}
    wanted["parameters"]["databases"].remove("used")
    gone = [each for each in _plan(wanted, prune=True, **bound).changes if each.action == "delete"]
    assert "web" in next(each.obstacle for each in gone if each.before == "used")


def test_no_database_of_what_is_protected_goes() -> None:
    planned = _plan({"parameters": {"databases": ["app"]}}, prune=True, protected=True)
    assert [bool(change.obstacle) for change in planned.changes if change.key] == [True, True]


def test_what_takes_a_running_service_comes_between_its_start_and_its_stop() -> None:
    later = {"parameters": {"pool": "session"}, "access": []}
    start = _keys(_plan({**later, "running": True}, running=False))
    assert [key for _action, key in start] == ["running", "parameters.pool", "access"]
    stop = _keys(_plan({**later, "running": False}))
    assert [key for _action, key in stop] == ["parameters.pool", "access", "running"]
    asleep = _plan(later, running=False)
    assert all("running: true" in change.obstacle for change in asleep.changes)


def test_mail_leaves_only_by_an_address_of_ones_own_so_rules_go_before_it() -> None:
    given = _plan({"public_address": True, "firewall": [RULE]}, firewall=[])
    assert [change.key for change in given.changes] == ["public_address", "firewall"]
    taken = _plan({"public_address": False, "firewall": []}, firewall=[RULE], public_address=True)
    assert [change.key for change in taken.changes] == ["firewall", "public_address"]


def test_a_kind_of_service_without_rules_says_so() -> None:
    (change,) = _plan({"firewall": [RULE]}).changes
    assert "no rules of its own" in change.obstacle


def test_another_version_is_an_upgrade() -> None:
    (change,) = _plan({"parameters": {"version": "17"}}).changes
    assert "souk services upgrade compta 17" in change.obstacle


def test_what_the_file_does_not_name_goes_with_prune_only() -> None:
    assert _keys(_plan(None)) == []
    planned = _plan(None, prune=True)
    assert _keys(planned) == [("delete", ""), ("delete", "")]
    assert [bool(change.obstacle) for change in planned.changes] == [False, True]
    assert planned.monthly == {"MAD": Decimal("-400")}


def test_what_is_protected_stays_and_costs_on() -> None:
    planned = _plan(None, prune=True, protected=True)
    assert (all(change.obstacle for change in planned.changes), planned.monthly) == (True, {})


def test_prune_takes_names_and_credentials_of_lists_that_the_file_has() -> None:
    wanted = {"bindings": {}, "names": []}
    assert _keys(_plan(wanted)) == []
    assert [key for _action, key in _keys(_plan(wanted, prune=True))][:2] == ["bindings.web", "names"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (LISTED, "203.0.113.0/24 (le bureau), 198.51.100.7/32"),
        ({"lecture": {"role": "reader"}}, "lecture=(role=reader)"),
        ([RULE, {**RULE, "networks": ["192.0.2.0/24"], "note": "x"}], "in tcp 22, in tcp 22 192.0.2.0/24 (x)"),
        ([], "—"),
        (None, "—"),
        (True, "true"),
        ("one\ntwo", "one …"),
    ],
)
def test_values_are_told_on_one_line(value: Any, said: str) -> None:
    assert _said(value) == said
