"""What is told to a machine, and how its answers are understood."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.sizing import GIB, machine_limits
from souk.engines.contract import Execution
from souk.provisioning.contract import ConfigurationFailed, Credentials, ServerCertificate, Size, Wanted

WANTED = Wanted(uuid.uuid4(), "os-1", {}, Size(1, GIB, 10 * GIB), "os-1.example", "10.0.0.9")
CREDENTIALS = BLUEPRINT.credentials({}, "correct-horse-battery")
CERTIFICATE = ServerCertificate("CERTIFICATE", "KEY", "AUTHORITY")


class _Guest:
    """A machine that answers every command with one outcome, and keeps what it was given."""

    def __init__(self, outcome: Execution) -> None:
        self.outcome = outcome
        self.calls: list[tuple[list[str], bytes]] = []

    def execute(self, command: list[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.calls.append((command, stdin))
        return self.outcome


def _refusals(outcome: Execution) -> list[str]:
    """What each of the three calls says of a machine that refuses."""
    said = []
    for call in (
        lambda guest: BLUEPRINT.configure(guest, WANTED, CREDENTIALS, CERTIFICATE),
        lambda guest: BLUEPRINT.binder.grant(guest, WANTED, Credentials("a", "b", "b-a")),
        lambda guest: BLUEPRINT.binder.revoke(guest, WANTED, "a"),
    ):
        with pytest.raises(ConfigurationFailed) as refusal:
            call(_Guest(outcome))
        said.append(str(refusal.value))
    return said


def test_configuring_is_one_command_with_secrets_on_its_input_only() -> None:
    guest = _Guest(Execution(0, '{"ready": true}', ""))
    BLUEPRINT.configure(guest, WANTED, CREDENTIALS, CERTIFICATE)
    [(command, stdin)] = guest.calls
    assert command == ["/usr/lib/souk/configure"]
    assert json.loads(stdin)["owner"] == {"access_key": "souk", "secret_key": "correct-horse-battery"}


def test_a_binding_is_told_with_its_secret_on_the_input_and_revoked_without() -> None:
    guest = _Guest(Execution(0, "{}", ""))
    BLUEPRINT.binder.grant(guest, WANTED, BLUEPRINT.binder.binding(WANTED, "shop", "a-secret"))
    BLUEPRINT.binder.revoke(guest, WANTED, "shop")
    assert [command for command, _ in guest.calls] == [["/usr/lib/souk/bind"]] * 2
    granted, revoked = (json.loads(stdin) for _, stdin in guest.calls)
    assert (granted["bucket"], granted["secret_key"], granted["role"]) == ("b-shop", "a-secret", "owner")
    assert "secret_key" not in revoked


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Execution(1, '{"error": "no server in time"}', "noise"), "no server in time"),
        (Execution(127, "", "Command not found"), "Command not found"),
        (Execution(137, "", ""), "ended with 137"),
        (Execution(1, "[]", ""), "ended with 1"),
    ],
)
def test_a_guest_that_refuses_is_quoted(outcome: Execution, sentence: str) -> None:
    assert all(sentence in said for said in _refusals(outcome))


def test_a_client_is_told_the_endpoint_and_its_bucket_and_never_the_secret() -> None:
    shown = BLUEPRINT.connection(WANTED, "shop", "b-shop")
    assert shown.uri == "https://shop:PASSWORD@os-1.example:8333/b-shop"
    assert shown.fields == {
        "endpoint": "https://os-1.example:8333",
        "bucket": "b-shop",
        "region": "us-east-1",
        "access_key": "shop",
    }


def test_a_plans_disk_is_the_customers_and_the_systems_comes_on_top() -> None:
    assert machine_limits(WANTED.size).disk == 11 * GIB + GIB // 2


def test_an_address_that_nobody_has_is_unhealthy_within_seconds() -> None:
    health = BLUEPRINT.probe(replace(WANTED, address="127.0.0.1"), CREDENTIALS, "")
    assert not health.ok
    assert health.detail


def test_the_image_holds_the_server_and_every_program_it_names() -> None:
    files = dict(BLUEPRINT.recipe.files())
    assert set(BLUEPRINT.recipe.executables) <= set(files)
    assert files["usr/bin/weed"].stat().st_size > 2**20


def test_another_server_program_is_another_image() -> None:
    recipe = BLUEPRINT.recipe
    other = replace(recipe, extras=recipe.extras[1:])
    assert recipe.digest == replace(recipe).digest
    assert other.digest != recipe.digest
