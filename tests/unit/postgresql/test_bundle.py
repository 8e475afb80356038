"""What is told to a machine, and what is not."""

from __future__ import annotations

import json
import uuid

import pytest

from souk.blueprints.postgresql import BLUEPRINT
from souk.blueprints.postgresql.bundle import bundle
from souk.engines.contract import Execution
from souk.provisioning.contract import ConfigurationFailed, Credentials, ServerCertificate, Size, Wanted

WANTED = Wanted(uuid.uuid4(), "pg-1", {"databases": ["a", "b"]}, Size(1, 2**30, 2**33), "pg-1.example", "10.0.0.9")
CREDENTIALS = Credentials("app", "correct-horse-battery", "a")
CERTIFICATE = ServerCertificate("CERTIFICATE", "KEY", "AUTHORITY")


class _Guest:
    """A machine that answers every command with one outcome, and keeps what it was given."""

    def __init__(self, outcome: Execution) -> None:
        self.outcome = outcome
        self.calls: list[tuple[list[str], bytes]] = []

    def execute(self, command: list[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.calls.append((command, stdin))
        return self.outcome


def test_the_clear_password_never_enters_the_machine() -> None:
    document = json.dumps(bundle(WANTED, CREDENTIALS, CERTIFICATE, timeout=1))
    assert CREDENTIALS.password not in document
    assert "SCRAM-SHA-256$4096:" in document


def test_two_customers_with_one_password_have_different_verifiers() -> None:
    first, second = (bundle(WANTED, CREDENTIALS, CERTIFICATE, timeout=1)["owner"]["verifier"] for _ in range(2))
    assert first != second


def test_after_a_rotation_the_owners_own_sign_in_is_left_as_it_is() -> None:
    rotated = Credentials("app_2", CREDENTIALS.password, "a")
    assert bundle(WANTED, rotated, CERTIFICATE, timeout=1)["owner"] == {"name": "app"}


def test_configuring_is_one_command_with_secrets_on_its_input_only() -> None:
    guest = _Guest(Execution(0, '{"ready": true}', ""))
    BLUEPRINT.configure(guest, WANTED, CREDENTIALS, CERTIFICATE)
    [(command, stdin)] = guest.calls
    assert command == ["/usr/lib/souk/configure"]
    assert json.loads(stdin)["databases"] == ["a", "b"]


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Execution(1, '{"error": "PostgreSQL does not start"}', "noise"), "PostgreSQL does not start"),
        (Execution(127, "", "Command not found"), "Command not found"),
        (Execution(137, "", ""), "ended with 137"),
        (Execution(1, "[]", ""), "ended with 1"),
    ],
)
def test_a_guest_that_refuses_is_quoted(outcome: Execution, sentence: str) -> None:
    with pytest.raises(ConfigurationFailed, match=sentence):
        BLUEPRINT.configure(_Guest(outcome), WANTED, CREDENTIALS, CERTIFICATE)


def test_a_client_is_told_to_verify_and_never_the_password() -> None:
    shown = BLUEPRINT.connection(WANTED, "app", "a")
    assert shown.uri == "postgresql://app:PASSWORD@pg-1.example:5432/a?sslmode=verify-full"
    assert shown.client == ("psql", "postgresql://app@pg-1.example:5432/a?sslmode=verify-full")


def test_an_address_that_nobody_has_is_unhealthy_within_seconds() -> None:
    health = BLUEPRINT.probe(WANTED.__class__(**{**WANTED.__dict__, "address": "127.0.0.1"}), CREDENTIALS, "")
    assert not health.ok
    assert health.detail
