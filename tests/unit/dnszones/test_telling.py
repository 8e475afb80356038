"""What is asked of a customer, and what the machine is told of it."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from souk.blueprints.dnszones import BLUEPRINT, naming, serving
from souk.engines.contract import Execution
from souk.provisioning import rules
from souk.provisioning.contract import (
    GIB,
    BindingRole,
    ConfigurationFailed,
    Declined,
    ServerCertificate,
    Size,
    Unfit,
    Wanted,
    ZoneText,
)

WANTED = Wanted(uuid.uuid4(), "noms", {}, Size(1, GIB // 4, GIB), "dz-1.souk.example", "10.0.0.9")


class Guest:
    """A machine that answers what it was told to answer, and notes what it is told."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers, self.told = list(answers), list[dict[str, Any]]()

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.told.append(json.loads(stdin))
        return Execution(0, json.dumps(self.answers.pop(0) if self.answers else {}), "")


def _text(token: str, text: str) -> ZoneText:
    return ZoneText(token, lambda: text, signed=True)


def test_texts_are_sent_of_those_zones_only_that_the_machine_lacks() -> None:
    guest = Guest(
        {"missing": ["b.ma"], "zones": {}},
        {"missing": [], "zones": {"a.ma": {"serial": 7, "ds": []}, "b.ma": {"serial": 8, "ds": ["1 13 2 00"]}}},
    )
    served = BLUEPRINT.zones.serve(guest, WANTED, {"a.ma": _text("1", "A"), "b.ma": _text("2", "B")})
    assert [each["texts"] for each in guest.told] == [{}, {"b.ma": "B"}]
    assert {name: (each.serial, list(each.ds)) for name, each in served.items()} == {
        "a.ma": (7, []),
        "b.ma": (8, ["1 13 2 00"]),
    }


@pytest.mark.parametrize("said", [{}, {"zones": None}, {"zones": {"a.ma": {"serial": "x", "ds": []}}}, {"zones": 3}])
def test_a_machine_that_answers_nonsense_serves_nothing(said: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.zones.serve(Guest(said), WANTED, {"a.ma": _text("1", "A")})


def test_a_machine_that_was_not_restored_holds_nothing() -> None:
    assert BLUEPRINT.zones.restored(Guest({"restored": "", "zones": {}}), WANTED) is None
    found = BLUEPRINT.zones.restored(Guest({"restored": "x", "zones": {"a.ma": {"text": "t", "signed": 1}}}), WANTED)
    assert found is not None
    assert (found.label, found.zones["a.ma"].text, found.zones["a.ma"].signed) == ("x", "t", True)


def test_the_machine_is_told_the_key_and_never_the_password() -> None:
    guest = Guest()
    credentials = BLUEPRINT.credentials({}, "a-password")
    BLUEPRINT.configure(guest, WANTED, credentials, ServerCertificate("c", "k", "a"))
    [told] = guest.told
    assert "a-password" not in json.dumps(told)
    assert told["owner"] == {"name": "souk", "secret": naming.secret("a-password")}
    assert len(base64.b64decode(told["owner"]["secret"])) == 32


def test_nobody_is_answered_more_than_is_needed() -> None:
    told = serving.conf(WANTED, [])
    for line in (
        'version: ""',
        'identity: ""',
        "automatic-acl: off",
        "global-module: [mod-rrl/default, mod-stats/default]",
    ):
        assert line in told
    assert "notify" not in told
    assert "action: update" not in told
    with_others = serving.conf(WANTED, ["192.0.2.53", "192.0.2.54"])
    assert with_others.count("notify: [secondary0, secondary1]") == 2
    assert "address: 192.0.2.54@53" in with_others


def test_a_larger_plan_has_room_for_more() -> None:
    plans = [BLUEPRINT.zones.room(plan.size) for plan in BLUEPRINT.starting_offering.plans]
    assert [each.zones for each in plans] == sorted({each.zones for each in plans})
    assert [each.records for each in plans] == sorted({each.records for each in plans})
    assert BLUEPRINT.zones.room(replace(WANTED.size, memory=8 * GIB)) == plans[-1]


@pytest.mark.parametrize("given", ["example.ma", "2001:db8::1", "127.0.0.1", "224.0.0.1", "0.0.0.0", "1.2.3", ""])
def test_a_secondary_is_an_address_elsewhere(given: str) -> None:
    with pytest.raises(Unfit):
        BLUEPRINT.check({"secondaries": [given]})


def test_its_examples_are_valid() -> None:
    schema = BLUEPRINT.schema()
    for example in schema["examples"]:
        Draft202012Validator(schema).validate(example)
        BLUEPRINT.check(example)


def test_a_key_is_for_reading_and_the_services_own_name_is_nobody_elses() -> None:
    assert list(BLUEPRINT.binder.roles) == [BindingRole.READER]
    with pytest.raises(Declined):
        BLUEPRINT.binder.binding(WANTED, "souk", "x")


def test_the_world_asks_it_over_udp_and_tcp_and_nothing_else() -> None:
    exposed = rules.exposure(BLUEPRINT, "10.0.0.9", "203.0.113.4", None, None, {})
    assert {(each.protocol, each.first, each.last) for each in exposed.inward} == {("tcp", 53, 53), ("udp", 53, 53)}
    assert rules.exposure(BLUEPRINT, "10.0.0.9", "", None, None, {}).inward == ()
