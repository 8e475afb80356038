"""What is asked of a customer, what the machine is told of it, and who may do what."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from souk.blueprints.valkey import BLUEPRINT, binder, observer, parameters, sizing
from souk.engines.contract import Execution
from souk.provisioning.contract import GIB, BindingRole, Declined, ServerCertificate, Size, Unfit, Wanted

WANTED = Wanted(uuid.uuid4(), "cache", {}, Size(1, GIB, 5 * GIB), "vk-1.souk.example", "10.0.0.9")
VALID = Draft202012Validator(BLUEPRINT.schema())
CHOICES = {
    name: [each["const"] for each in BLUEPRINT.schema()["properties"][name]["oneOf"]]
    for name in ("persistence", "eviction")
}


class Guest:
    """A machine that notes what it is told."""

    def __init__(self) -> None:
        self.told = dict[str, Any]()

    def execute(self, command: object, *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.told = json.loads(stdin)
        return Execution(0, "{}", "")


def configured(**given_: object) -> dict[str, Any]:
    guest = Guest()
    wanted = replace(WANTED, parameters=given_)
    BLUEPRINT.configure(guest, wanted, BLUEPRINT.credentials({}, "very-secret"), ServerCertificate("cert", "key", "ca"))
    assert "very-secret" not in json.dumps(guest.told)
    return guest.told


@pytest.mark.parametrize(
    "wrong",
    [
        {"persistence": "rdb"},
        {"eviction": "lru"},
        {"timeout": -1},
        {"databases": 0},
        {"databases": 65},
        {"notifications": "Q"},
        {"notifications": "Ex\n"},
        {"maxmemory": 1},
    ],
)
def test_what_makes_no_sense_is_refused_by_the_schema(wrong: dict[str, object]) -> None:
    assert not VALID.is_valid(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"eviction": "noeviction", "persistence": "none"},
        {"eviction": "allkeys-lru"},
        {"eviction": "allkeys-random", "persistence": "always"},
        {"notifications": "x"},
    ],
)
def test_what_does_not_go_together_is_refused_with_a_sentence(wrong: dict[str, str]) -> None:
    assert VALID.is_valid(wrong)
    with pytest.raises(Unfit) as refused:
        BLUEPRINT.check(wrong)
    assert refused.value.name == next(iter(wrong))


@given(st.sampled_from(CHOICES["persistence"]))
def test_left_to_us_what_gives_way_always_goes_together_with_what_is_kept(persistence: str) -> None:
    BLUEPRINT.check({"persistence": persistence})
    evicts = parameters.settings({"persistence": persistence})["maxmemory-policy"]
    assert evicts == ("allkeys-lru" if persistence == "none" else "noeviction")


@pytest.mark.parametrize(
    ("persistence", "logs", "syncs", "saves"),
    [
        ("none", "no", "everysec", False),
        ("snapshots", "no", "everysec", True),
        ("everysec", "yes", "everysec", False),
        ("always", "yes", "always", False),
    ],
)
def test_the_server_writes_down_what_is_to_be_kept(persistence: str, logs: str, syncs: str, saves: bool) -> None:
    told = configured(persistence=persistence)
    assert told["keeps"] == persistence
    assert told["settings"]["appendonly"] == logs
    assert told["settings"]["appendfsync"] == syncs
    assert bool(told["settings"]["save"]) is saves


def test_the_database_that_health_is_seen_in_lies_behind_the_customers() -> None:
    assert configured(databases=4)["databases"] == 5
    told = {"db0": "keys=3,expires=0,avg_ttl=0", "db3": "keys=4,expires=1,avg_ttl=9", "db4": "keys=1,expires=1"}
    assert observer.values(told, ours=4)[-1] == 7


@given(st.integers(256, 65_536))
def test_what_is_written_while_a_snapshot_is_made_has_room_beside_the_data(megabytes: int) -> None:
    memory = megabytes * sizing.MIB
    data = sizing.data(memory)
    assert data >= memory * 0.25
    assert memory - sizing.SYSTEM_MEMORY - data >= data * 0.6
    assert 500 <= sizing.connections(memory) <= 10_000


def test_each_role_is_a_rule_without_what_reaches_beyond_the_data() -> None:
    guest = Guest()
    credentials = BLUEPRINT.binder.binding(WANTED, "boutique", "secret")
    for role in BindingRole:
        BLUEPRINT.binder.grant(guest, WANTED, credentials, role)
        assert guest.told["name"] == "boutique"
        assert guest.told["rules"].startswith(f"on #{binder.digest('secret')} ")
        words = guest.told["rules"].split()
        assert words.index("-@dangerous") > max(words.index(each) for each in words if each.startswith("+@"))
        assert not {"+config", "+acl", "+debug", "+module", "+shutdown", "+replicaof", "+monitor"} & {*words}
    BLUEPRINT.binder.revoke(guest, WANTED, "boutique")
    assert "rules" not in guest.told


@pytest.mark.parametrize("name", ["app", "default", "souk", "souk_heir"])
def test_no_binding_takes_a_name_that_is_somebodys(name: str) -> None:
    with pytest.raises(Declined):
        BLUEPRINT.binder.binding(WANTED, name, "secret")


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("62:M 26 Nov 2026 22:21:12.296 * Configuration loaded", "info"),
        ("62:M 26 Nov 2026 22:21:12.295 # WARNING Memory overcommit must be enabled!", "warning"),
        ("Started souk-valkey.service - Valkey # managed by Souk.", "info"),
        ("", "info"),
    ],
)
def test_a_line_is_as_grave_as_the_server_says(line: str, severity: str) -> None:
    assert observer.described({}, line)[0] == severity


def test_a_client_is_told_the_name_that_the_certificate_carries() -> None:
    told = BLUEPRINT.connection(WANTED, "app", "")
    assert told.uri == "rediss://app:PASSWORD@vk-1.souk.example:6379/0"
    assert all("vk-1.souk.example" in snippet.text for snippet in told.snippets)
    assert {snippet.language for snippet in told.snippets} >= {"valkey-cli", "Python", "PHP", "Node.js"}
