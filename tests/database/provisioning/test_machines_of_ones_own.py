"""A machine of one's own, from the order to what its customer is told; by an engine in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from tests.database.doors.test_rest import Caller
from tests.support.example import EXAMPLE
from tests.support.reconciling import forget_leases, work
from tests.support.world import Customer
from tests.unit.machine.test_keys import ED25519, OTHER

from souk.blueprints.machine import BLUEPRINT
from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning import credentials, errors, registry
from souk.provisioning.contract import Health
from souk.provisioning.models import Operation
from souk.provisioning.queries import cancellable, connection_of, operations, service
from souk.provisioning.reconciler.actions.perform import TRIES
from souk.provisioning.reconciler.converge import Ground
from souk.settings.seeds import seed

ORDER = {"offering": "machine", "plan": "s", "region": "ma-temara", "name": "atelier"}


@pytest.fixture(autouse=True)
def sold(place: Ground, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Machines are for sale, answer, and have a host key."""
    programs: dict[str, Any] = engine.guest.programs
    programs["head"] = lambda _arguments, _stdin: Execution(0, OTHER + " root@mc\n", "")
    monkeypatch.setattr(BLUEPRINT, "probe", lambda *_: Health(True))
    both = {each.key: each for each in (EXAMPLE, BLUEPRINT)}
    with mock.patch.object(registry, "blueprints", return_value=both):
        seed()
        yield


@pytest.fixture
def call(buyer: Customer) -> Caller:
    return Caller(buyer.token())


@pytest.fixture
def machine(call: Caller, place: Ground) -> UUID:
    """One that is ready."""
    return ordered(call, place)


def ordered(call: Caller, place: Ground, **parameters: Any) -> UUID:
    """A machine that was ordered, and worked at."""
    made = call("post", "/orders", {**ORDER, "parameters": {"ssh_keys": [ED25519], **parameters}})
    assert made.status_code == 201, made.json()
    work(place)
    return UUID(call("get", f"/orders/{made.json()['id']}").json()["instance_id"])


def test_an_order_with_a_key_becomes_a_machine_that_is_recognized(
    buyer: Customer, call: Caller, machine: UUID, engine: MemoryEngine
) -> None:
    row = service(buyer.scope, machine)
    assert (row.state, row.port) == ("ready", 22)
    told = call("get", f"/services/{machine}/connection").json()
    assert told["uri"] == f"ssh://debian@{row.hostname}"
    assert told["known_hosts"] == f"{row.hostname} {OTHER}\n"
    assert (told["password"], told["address"]) == (False, row.address)
    assert [each.address for each in engine.machines()] == [row.address]


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({}, "/ssh_keys is not valid. This field is needed."),
        ({"ssh_keys": []}, "Choose at least 1."),
        ({"ssh_keys": ["-----BEGIN OPENSSH PRIVATE KEY-----"]}, "Line 1: this is a private key."),
        ({"ssh_keys": [ED25519, ED25519]}, "Line 2: this is the key of line 1 once more."),
    ],
)
def test_an_order_without_a_good_key_is_refused_with_a_reason_and_nothing_is_made(
    call: Caller, parameters: dict[str, Any], why: str
) -> None:
    refused = call("post", "/orders", {**ORDER, "parameters": parameters})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:souk:problem:invalid-parameters")
    assert why in refused.json()["title"]
    assert call("get", "/services").json()["items"] == []


def test_keys_are_changed_in_order_and_a_bad_one_is_refused_before(
    call: Caller, buyer: Customer, machine: UUID, place: Ground
) -> None:
    refused = call("patch", f"/services/{machine}/parameters", {"parameters": {"ssh_keys": ["hello"]}})
    assert refused.status_code == 422
    assert service(buyer.scope, machine).parameters["ssh_keys"] == [ED25519]
    asked = call("patch", f"/services/{machine}/parameters", {"parameters": {"ssh_keys": [OTHER]}})
    assert asked.status_code == 202
    work(place)
    assert service(buyer.scope, machine).parameters["ssh_keys"] == [OTHER]
    assert operations(buyer.scope, machine)[0].state == "succeeded"


def test_there_is_no_password_to_see_and_no_further_credentials_to_make(
    call: Caller, buyer: Customer, machine: UUID
) -> None:
    with pytest.raises(errors.NoPassword):
        credentials.reveal(buyer.scope, machine)
    answer = call("post", f"/services/{machine}/credentials")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:souk:problem:no-password")
    assert call("post", f"/services/{machine}/bindings", {"name": "more"}).status_code == 409


def test_a_host_key_that_its_customer_made_anew_is_told_once_its_keys_are_changed_too(
    call: Caller, buyer: Customer, machine: UUID, place: Ground, engine: MemoryEngine
) -> None:
    engine.guest.programs["head"] = lambda *_: Execution(0, ED25519, "")
    call("patch", f"/services/{machine}/parameters", {"parameters": {"ssh_keys": [OTHER]}})
    work(place)
    assert connection_of(buyer.scope, machine).connection.known_hosts.split()[2] == ED25519.split()[1]


def test_a_machine_without_a_host_key_is_not_called_ready(
    call: Caller, buyer: Customer, place: Ground, engine: MemoryEngine
) -> None:
    engine.guest.programs["head"] = lambda *_: Execution(0, "", "")
    assert service(buyer.scope, ordered(call, place)).ready_at is None


SCRIPT = "#!/bin/sh\necho done\n"


class Boot:
    """What a machine tells of its first boot."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.told: dict[str, Any] = {"standing": "running", "lines": ["installing"]}
        engine.guest.programs["/usr/lib/souk/first-boot"] = self

    def __call__(self, _arguments: list[str], _stdin: bytes) -> Execution:
        return Execution(0, json.dumps(self.told), "")


@pytest.fixture
def boot(engine: MemoryEngine) -> Boot:
    return Boot(engine)


def test_a_first_boot_is_followed_while_the_machine_is_ready_and_told_of(
    call: Caller, buyer: Customer, place: Ground, boot: Boot
) -> None:
    instance = ordered(call, place, user_data=SCRIPT)
    assert service(buyer.scope, instance).state == "ready"
    assert call("get", f"/services/{instance}/first-boot").json()["standing"] == "queued"
    look_again(place, instance)
    assert call("get", f"/services/{instance}/first-boot").json()["standing"] == "running"
    assert [each.kind for each in operations(buyer.scope, instance)] == ["first_boot", "create"]
    boot.told = {"standing": "done", "lines": ["installing", "done"]}
    look_again(place, instance)
    told = call("get", f"/services/{instance}/first-boot").json()
    assert (told["standing"], told["lines"][-1]) == ("done", "done")
    assert [each.state for each in operations(buyer.scope, instance)] == ["succeeded", "succeeded"]


@pytest.mark.parametrize(("standing", "why"), [("failed", "ended with errors"), ("interrupted", "was cut short")])
def test_a_first_boot_that_went_wrong_is_a_failed_operation_of_a_machine_that_is_well(
    call: Caller, buyer: Customer, place: Ground, boot: Boot, standing: str, why: str
) -> None:
    boot.told = {"standing": standing, "lines": ["no such package"]}
    instance = ordered(call, place, user_data=SCRIPT)
    look_again(place, instance)
    failed = operations(buyer.scope, instance)[0]
    assert (failed.state, why in failed.trouble) == ("failed", True)
    assert service(buyer.scope, instance).state == "ready"


def test_a_machine_that_does_not_tell_is_given_up_and_stays_well(
    call: Caller, buyer: Customer, place: Ground, boot: Boot
) -> None:
    boot.told = {"lines": "nonsense"}
    instance = ordered(call, place, user_data=SCRIPT)
    for _ in range(TRIES):
        look_again(place, instance)
    assert operations(buyer.scope, instance)[0].state == "failed"
    assert service(buyer.scope, instance).state == "ready"
    assert call("get", f"/services/{instance}/first-boot").json()["standing"] == "failed"


def test_a_first_boot_can_not_be_taken_back(call: Caller, buyer: Customer, place: Ground, boot: Boot) -> None:
    instance = ordered(call, place, user_data=SCRIPT)
    followed = operations(buyer.scope, instance)[0]
    assert call("post", f"/operations/{followed.id}/cancel").status_code == 409
    assert cancellable(buyer.scope, instance) == []


def test_a_machine_with_nothing_to_do_has_no_first_boot(call: Caller, machine: UUID) -> None:
    assert call("get", f"/services/{machine}/first-boot").status_code == 404


def test_a_first_boot_can_not_be_another_one_later(call: Caller, machine: UUID) -> None:
    refused = call("patch", f"/services/{machine}/parameters", {"parameters": {"user_data": SCRIPT}})
    assert refused.json()["type"] == "urn:souk:problem:parameter-fixed"


def look_again(place: Ground, instance: UUID) -> None:
    """What time does to an operation that waits."""
    with acting(System("test")):
        Operation.objects.filter(instance_id=instance, not_before__isnull=False).update(not_before=clock.now())
    forget_leases()
    work(place)
