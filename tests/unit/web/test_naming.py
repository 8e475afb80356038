"""When a machine asks for certificates, and what its web server is told of names."""

from __future__ import annotations

import importlib
import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souk import engines
from souk.blueprints import acme, web
from souk.blueprints.website import BLUEPRINT
from souk.engines.contract import Execution
from souk.provisioning.contract import CertificateServer, ConfigurationFailed, Size, Wanted, WebNames

NAME, WWW = "atelier.example.ma", "www.atelier.example.ma"
WANTED = Wanted(uuid.uuid4(), "site", {}, Size(1, 2**30, 2**33), "ws-1.example", "10.0.0.9")


@dataclass
class Machine:
    """The program's own module, with a clock and certificates of the test's."""

    module: Any
    now: float = 1_000_000.0
    lasts: dict[str, tuple[float, float]] = field(default_factory=dict)

    def time(self) -> float:
        return self.now


def _machine(patched: pytest.MonkeyPatch) -> Machine:
    for folder in (
        Path(engines.__file__).parent / "base_image/files/usr/lib/souk",
        acme.FILES / "usr/lib/souk/web",
        Path(web.__file__).parent / "image/files/usr/lib/souk/web",
    ):
        patched.syspath_prepend(str(folder))
    made = Machine(importlib.import_module("naming"))
    kept: dict[str, Any] = {}
    patched.setattr(made.module, "time", made)
    patched.setattr(made.module, "lifetime", made.lasts.get)
    patched.setattr(made.module, "state_of", lambda name: kept.get(name, {}))
    patched.setattr(made.module, "keep_state", kept.__setitem__)
    return made


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return _machine(monkeypatch)


def _told(machine: Machine, **chosen: Any) -> str:
    document = {
        "names": [NAME, WWW],
        "main": "",
        "https_only": True,
        "hsts": False,
        "server": {"directory": "x"},
        **chosen,
    }
    hosts = [machine.module._host(name, document) for name in document["names"]]
    answering = machine.module.answering
    return str(answering.files(hosts)[answering.CONFIGURATION])


def test_a_certificate_is_asked_for_at_once_and_again_after_two_thirds_of_its_lifetime(machine: Machine) -> None:
    assert machine.module.is_due(NAME)
    machine.lasts[NAME] = (machine.now, machine.now + 90 * 86400)
    machine.now += 60 * 86400 - 1
    assert not machine.module.is_due(NAME)
    machine.now += 2
    assert machine.module.is_due(NAME)


@settings(max_examples=50, deadline=None)
@given(again=st.lists(st.integers(0, 4000), max_size=40))
def test_however_often_one_checks_a_name_is_not_refused_more_than_the_authority_lets(again: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        machine = _machine(patched)
        failures: list[float] = []
        for pause in again:
            machine.now += pause
            machine.module.try_again(NAME)
            if machine.module.is_due(NAME):
                machine.module.failed(NAME, "dns", "no such name", True)
                failures.append(machine.now)
        assert all(sum(at - 3600 < each <= at for each in failures) <= 5 for at in failures)


def test_pauses_grow_after_refusals_and_end_with_the_certificate(machine: Machine) -> None:
    pauses = []
    for _ in range(8):
        machine.module.failed(NAME, "dns", "no such name", True)
        pauses.append((machine.module.due_at(NAME) - machine.now) / 60)
        machine.now = machine.module.due_at(NAME)
    assert pauses == [15, 30, 60, 120, 240, 480, 720, 720]
    machine.module.keep_state(NAME, {})
    assert machine.module.told(NAME)["trouble"] == ""


def test_a_server_that_does_not_answer_is_asked_the_more_often_the_sooner_a_certificate_ends(machine: Machine) -> None:
    machine.module.failed(NAME, "unreachable", "", False)
    assert machine.module.due_at(NAME) - machine.now == 60
    machine.lasts[NAME] = (machine.now - 100, machine.now + 80)
    machine.module.failed(NAME, "unreachable", "", False)
    assert machine.module.due_at(NAME) - machine.now == 20


def test_who_says_when_it_wants_to_hear_more_is_not_asked_before(machine: Machine) -> None:
    machine.module.failed(NAME, "rateLimited", "retry after …", True, machine.now + 86400)
    assert machine.module.due_at(NAME) == machine.now + 86400


def test_nobody_is_led_to_a_certificate_that_browsers_warn_of_while_a_better_one_may_come(machine: Machine) -> None:
    assert "https://" not in _told(machine, hsts=True)
    assert "Strict" not in _told(machine, hsts=True)
    machine.lasts[NAME] = (machine.now, machine.now + 100)
    told = _told(machine, hsts=True)
    assert f'"https://{NAME}%{{REQUEST_URI}}"' in told
    assert told.count("Strict-Transport-Security") == 1
    assert f'"https://{WWW}%{{REQUEST_URI}}"' in _told(machine, server=None)


def test_names_lead_to_the_main_one_wherever_they_are_asked(machine: Machine) -> None:
    told = _told(machine, main=NAME, https_only=False)
    assert told.count(f'"http://{NAME}%{{REQUEST_URI}}"') == 1
    assert told.count(f'"https://{NAME}%{{REQUEST_URI}}"') == 1
    assert told.count("Include /etc/souk/web/live.conf") == 2


class _Guest:
    def __init__(self, said: object, status: int = 0) -> None:
        self.said, self.status = said, status

    def execute(self, command: list[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        self.stdin = stdin
        return Execution(self.status, json.dumps(self.said), "")


def test_what_a_machine_tells_is_held_to_kinds_and_lengths() -> None:
    row = {"name": NAME, "until": 1e9, "reason": "dns", "trouble": "\x1b[31m" + "x" * 999, "next": None}
    (told,) = BLUEPRINT.domains.certified(_Guest({"names": [row]}), WANTED)
    assert (told.name, told.until.year, len(told.trouble), told.trouble[:4]) == (NAME, 2001, 300, "[31m")
    for wrong in ([1], [{"name": NAME}], 3, [{**row, "until": 1e300}], [{**row, "next": "tomorrow"}]):
        with pytest.raises(ConfigurationFailed, match="tells no certificates"):
            BLUEPRINT.domains.certified(_Guest({"names": wrong}), WANTED)


def test_the_key_that_binds_accounts_goes_in_by_standard_input_and_is_never_shown() -> None:
    names = WebNames([NAME], server=CertificateServer("https://acme.example/dir", key_id="operator", key="s3cret"))
    guest = _Guest({})
    BLUEPRINT.domains.serve(guest, WANTED, names)
    assert b"s3cret" in guest.stdin
    assert "s3cret" not in repr(names)
    with pytest.raises(ConfigurationFailed) as raised:
        BLUEPRINT.domains.serve(_Guest({"error": "no"}, 1), WANTED, names)
    assert "s3cret" not in str(raised.value)
