"""What is asked of a customer, and what a customer is told."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from jsonschema import Draft202012Validator
from tests.unit.machine.test_keys import ED25519, OTHER

from souk.blueprints.machine import BLUEPRINT, probing
from souk.engines.contract import Execution
from souk.provisioning.contract import GIB, ConfigurationFailed, Size, Unfit, Wanted

WANTED = Wanted(uuid.uuid4(), "web", {"ssh_keys": [ED25519]}, Size(1, GIB, GIB), "mc-1.souk.example", "127.0.0.1")


class Guest:
    """A machine that says one thing."""

    def __init__(self, said: str) -> None:
        self.said = said

    def execute(self, command: object, *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        return Execution(0, self.said, "")


@contextmanager
def listening(*parts: bytes) -> Iterator[int]:
    """A server that says this to whoever connects; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                for part in parts:
                    client.sendall(part)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def test_the_schema_is_one_and_needs_a_key() -> None:
    Draft202012Validator.check_schema(BLUEPRINT.schema())
    assert [error.validator for error in Draft202012Validator(BLUEPRINT.schema()).iter_errors({})] == ["required"]


def test_a_bad_key_names_its_parameter() -> None:
    with pytest.raises(Unfit) as found:
        BLUEPRINT.check({"ssh_keys": [OTHER, "nonsense"]})
    assert (found.value.name, found.value.values["line"]) == ("ssh_keys", 2)


def test_a_customer_is_told_how_to_recognize_the_machine_and_of_no_password() -> None:
    known = WANTED.__class__(**{**vars(WANTED), "identity": [OTHER]})
    told = BLUEPRINT.connection(known, "debian", "")
    assert (told.uri, told.client, told.password) == (
        "ssh://debian@mc-1.souk.example",
        ("ssh", "debian@mc-1.souk.example"),
        False,
    )
    assert told.known_hosts == f"mc-1.souk.example {OTHER}\n"
    assert told.fields["fingerprint"].startswith("SHA256:")
    assert not [each for each in told.snippets if "PASSWORD" in each.text]


def test_a_machine_that_was_not_seen_yet_has_no_fingerprint() -> None:
    told = BLUEPRINT.connection(WANTED, "debian", "")
    assert (told.known_hosts, "fingerprint" in told.fields) == ("", False)


def test_the_host_key_is_recorded_without_what_its_customer_wrote_behind_it() -> None:
    assert BLUEPRINT.identity.read(Guest(OTHER + " <script>root@box</script>\n"), WANTED) == [OTHER]


@pytest.mark.parametrize("said", ["", "nonsense", OTHER + "\n" + OTHER, "x" * 4096])
def test_what_is_no_host_key_is_refused(said: str) -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.identity.read(Guest(said), WANTED)


@pytest.mark.parametrize(
    ("parts", "ok"),
    [
        ([b"SSH-2.0-OpenSSH_10.0\r\n"], True),
        ([b"welcome\r\n", b"SSH-2.0-x", b"\r\n"], True),
        ([b"HTTP/1.0 400 Bad Request\r\n"], False),
        ([b"SSH-1.5-old\r\n"], False),
        ([b"SSH-2.0-never ends"], False),
        ([b"x" * 10_000], False),
        ([], False),
    ],
)
def test_a_probe_waits_for_a_server_that_names_itself(
    parts: list[bytes], ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(*parts) as port:
        monkeypatch.setattr(probing, "PORT", port)
        assert probing.probe(WANTED).ok is ok


def test_a_probe_of_nobody_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setattr(probing, "PORT", port)
    assert not probing.probe(WANTED).ok


def test_every_executable_of_the_recipe_is_one_of_its_files() -> None:
    assert set(BLUEPRINT.recipe.executables) <= {name for name, _ in BLUEPRINT.recipe.files()}


def test_units_that_a_person_expects_are_not_masked() -> None:
    assert "systemd-logind.service" not in BLUEPRINT.recipe.mask
    assert "getty.target" in BLUEPRINT.recipe.mask
