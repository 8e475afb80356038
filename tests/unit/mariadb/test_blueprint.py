"""What is asked of a customer, and what the machine is told of it."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from souk.blueprints.mariadb import BLUEPRINT, parameters, sizing
from souk.blueprints.mariadb.passwords import verifier
from souk.engines.contract import Execution
from souk.provisioning.contract import (
    GIB,
    BindingRole,
    ConfigurationFailed,
    Credentials,
    Declined,
    ServerCertificate,
    Severity,
    Size,
    Unfit,
    Wanted,
)

WANTED = Wanted(uuid.uuid4(), "db", {}, Size(1, GIB, 10 * GIB), "my-1.souk.example", "10.0.0.9")
VALID = Draft202012Validator(BLUEPRINT.schema())
CERTIFICATE = ServerCertificate("cert", "key", "ca")


class Guest:
    """A machine that notes what it is told."""

    def __init__(self, said: str = "{}", exit_code: int = 0) -> None:
        self.said, self.exit_code, self.told = said, exit_code, dict[str, Any]()
        self.commands: list[Any] = []

    def execute(self, command: Any, *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.commands.append(command)
        if stdin.startswith(b"{"):
            self.told = json.loads(stdin)
        return Execution(self.exit_code, self.said, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"databases": []},
        {"databases": ["mysql"]},
        {"databases": ["sys"]},
        {"databases": ["a", "a"]},
        {"databases": ["Boutique"]},
        {"databases": ["a\n"]},
        {"databases": ["a`b"]},
        {"databases": ["x" * 65]},
        {"databases": [f"d{number}" for number in range(51)]},
        {"collation": "utf8"},
        {"sql_mode": "NO_BACKSLASH_ESCAPES"},
        {"connections": 0},
        {"slow_query_seconds": 0},
        {"packet_megabytes": 2000},
        {"events": "yes"},
        {"version": "10"},
    ],
)
def test_what_makes_no_sense_is_refused_by_the_schema(wrong: dict[str, object]) -> None:
    assert not VALID.is_valid(wrong)


def test_a_time_zone_that_does_not_exist_is_refused_with_a_sentence() -> None:
    assert VALID.is_valid({"timezone": "Maroc"})
    with pytest.raises(Unfit) as refused:
        BLUEPRINT.check({"timezone": "Maroc"})
    assert refused.value.name == "timezone"


@pytest.mark.parametrize("name", ["information_schema", "performance_schema", "test", "souk_x", "1a", "", "é"])
def test_no_database_takes_a_name_of_the_servers_own(name: str) -> None:
    assert not BLUEPRINT.keeper.allows(name)
    assert BLUEPRINT.keeper.allows("boutique_2")


def test_the_stored_password_is_what_mariadb_itself_would_store() -> None:
    # SELECT PASSWORD('mypass')
    assert verifier("mypass") == "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4"


def test_no_clear_password_comes_into_the_machine_and_a_rotated_owner_is_left_as_it_is() -> None:
    guest = Guest()
    BLUEPRINT.configure(guest, WANTED, Credentials("app", "very-secret", "app"), CERTIFICATE)
    assert guest.told["owner"] == {"name": "app", "verifier": verifier("very-secret")}
    BLUEPRINT.binder.grant(guest, WANTED, Credentials("agence", "very-secret", "app"), BindingRole.READER)
    assert (guest.told["name"], guest.told["role"], guest.told["database"]) == ("agence", "reader", "app")
    assert "very-secret" not in json.dumps([guest.told, guest.commands])
    BLUEPRINT.configure(guest, WANTED, Credentials("app_2", "very-secret", "app"), CERTIFICATE)
    assert guest.told["owner"] == {"name": "app"}


@pytest.mark.parametrize("name", ["app", "root", "mysql", "public", "souk_successor"])
def test_no_binding_takes_the_owners_name_or_the_servers(name: str) -> None:
    with pytest.raises(Declined):
        BLUEPRINT.binder.binding(WANTED, name, "secret")


def test_a_database_that_is_gone_is_said_to_be() -> None:
    guest = Guest('{"declined": "missing", "error": "it can\'t do this: missing"}', 1)
    with pytest.raises(Declined, match="not there any more"):
        BLUEPRINT.binder.grant(guest, WANTED, Credentials("agence", "secret", "x"), BindingRole.WRITER)


def test_what_follows_another_machine_runs_no_events() -> None:
    guest, wanted = Guest(), replace(WANTED, parameters={"events": True})
    BLUEPRINT.configure(guest, wanted, Credentials("app", "s", "app"), CERTIFICATE)
    assert guest.told["live"]["event_scheduler"] == "ON"
    BLUEPRINT.configure(guest, replace(wanted, follows=True), Credentials("app", "s", "app"), CERTIFICATE)
    assert guest.told["live"]["event_scheduler"] == "OFF"


@given(st.integers(512, 65536), st.integers(1, 2000))
def test_memory_and_disk_of_any_size_hold_what_the_server_takes(megabytes: int, gigabytes: int) -> None:
    size = Size(1, megabytes * 1024**2, gigabytes * GIB)
    connections = sizing.most_connections(size)
    assert 50 <= connections <= 500
    # A connection that does little takes about half a megabyte.
    assert sizing.buffers(size) + connections * 512 * 1024 < size.memory * 0.85
    assert sizing.reserve(size) + sizing.most_history(size) + sizing.log_file(size) < size.disk / 2
    assert sizing.machine_limits(size).processes > connections


def test_more_connections_than_a_plan_holds_are_never_given() -> None:
    most = sizing.most_connections(WANTED.size)
    assert most == 100
    for chosen, given_ in ((None, 100), (20, 20), (500, 100)):
        told = parameters.live({} if chosen is None else {"connections": chosen}, most)
        assert told["max_connections"] == str(given_)


def test_the_log_says_how_grave_a_line_is() -> None:
    entries = [
        {"MESSAGE": text, "__REALTIME_TIMESTAMP": "1700000000000000", "__CURSOR": "c"}
        for text in (
            "2026-11-26 22:03:51 0 [Note] ready for connections.",
            "2026-11-26 22:03:51 3 [Warning] Aborted connection 3",
            "2026-11-26 22:03:51 0 [ERROR] InnoDB: Out of space",
            "slow query: User@Host: app[app] Query_time: 2.3 select sleep(2.3);",
        )
    ]
    said = "".join(json.dumps(entry) + "\n" for entry in entries)
    part = BLUEPRINT.observer.log(Guest(said), WANTED, "", 1000)
    assert [line.severity for line in part.lines] == [
        Severity.INFO,
        Severity.WARNING,
        Severity.ERROR,
        Severity.WARNING,
    ]


@pytest.mark.parametrize("said", ["[", "{}", '[{"database": 1}]', "ü"])
def test_what_the_machine_says_of_queries_is_checked(said: str) -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.observer.statements(Guest(said), WANTED, 5)


def test_every_program_of_the_recipe_is_among_its_files() -> None:
    files = dict(BLUEPRINT.recipe.files())
    assert all(name in files for name in BLUEPRINT.recipe.executables if name.startswith("usr/lib/souk"))
    assert {"usr/lib/souk/disk.py", "usr/lib/souk/outgoing.py", "usr/lib/souk/repository.py"} <= set(files)
