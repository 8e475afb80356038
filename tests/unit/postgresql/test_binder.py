"""Named credentials, before they reach the machine."""

from __future__ import annotations

import json
import uuid

import pytest

from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.contract import Execution
from souk.provisioning.contract import Credentials, Declined, Size, Wanted

BINDER = BLUEPRINT.binder
WANTED = Wanted(uuid.uuid4(), "pg-1", {"databases": ["a", "b"]}, Size(1, 2**30, 2**33), "pg-1.example", "10.0.0.9")


class _Guest:
    """A machine that answers every command with one outcome, and keeps what it was given."""

    def __init__(self, outcome: Execution) -> None:
        self.outcome = outcome
        self.calls: list[tuple[list[str], bytes]] = []

    def execute(self, command: list[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.calls.append((command, stdin))
        return self.outcome


def test_a_binding_signs_in_to_the_first_database() -> None:
    assert BINDER.binding(WANTED, "shop", "secret") == Credentials("shop", "secret", "a")


@pytest.mark.parametrize("name", ["app", "postgres", "pg_monitor", "public", "none"])
def test_a_name_that_is_postgresqls_own_is_declined(name: str) -> None:
    with pytest.raises(Declined, match="reserved"):
        BINDER.binding(WANTED, name, "secret")


def test_the_clear_password_never_enters_the_machine() -> None:
    guest = _Guest(Execution(0, "{}", ""))
    BINDER.grant(guest, WANTED, Credentials("shop", "correct-horse-battery", "a"))
    [(command, stdin)] = guest.calls
    assert command == ["/usr/lib/souk/grant"]
    assert b"correct-horse-battery" not in stdin
    assert json.loads(stdin)["verifier"].startswith("SCRAM-SHA-256$4096:")


def test_a_revoked_binding_comes_without_a_verifier() -> None:
    guest = _Guest(Execution(0, "{}", ""))
    BINDER.revoke(guest, WANTED, "shop")
    told = json.loads(guest.calls[0][1])
    assert (told["name"], "verifier" in told) == ("shop", False)


def test_a_role_that_the_customer_made_is_declined() -> None:
    refusing = _Guest(Execution(1, '{"declined": "taken", "error": "?"}', ""))
    with pytest.raises(Declined, match="exists in the database already"):
        BINDER.grant(refusing, WANTED, Credentials("shop", "secret", "a"))
