"""What is to be done at the first boot, looked at before the order; and what a machine tells of it."""

from __future__ import annotations

import json

import pytest
from tests.unit.machine.test_blueprint import WANTED, Guest
from tests.unit.machine.test_keys import ED25519

from souk.blueprints.machine import BLUEPRINT
from souk.provisioning.contract import ConfigurationFailed, Standing, Unfit


def refusal(text: str) -> str:
    with pytest.raises(Unfit) as found:
        BLUEPRINT.check({"ssh_keys": [ED25519], "user_data": text})
    assert found.value.name == "user_data"
    return found.value.sentence.format(**found.value.values)


@pytest.mark.parametrize(
    "text",
    ["", "#cloud-config\npackages: [nginx]\n", "#cloud-config  \r\nruncmd:\r\n  - true\r\n", "#!/bin/sh\nexit 3\n"],
)
def test_a_document_or_a_script_is_taken_and_so_is_nothing(text: str) -> None:
    BLUEPRINT.check({"ssh_keys": [ED25519], "user_data": text})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("packages: [nginx]", "first line must be #cloud-config"),
        ("\n#cloud-config\na: b", "first line must be #cloud-config"),
        ("#cloud-configuration\na: b", "first line must be #cloud-config"),
        ("#cloud-config\na: b\n  c: d\n", "Line 3, column 4: this is no YAML. (mapping values are not allowed here)"),
        ("#cloud-config\n\tkey: value\n", "Line 2, column 1: this is no YAML."),
        ("#cloud-config\nkey: [1, 2\n", "this is no YAML"),
        ("#cloud-config\n!!python/object/apply:os.system ['true']\n", "this is no YAML"),
        ("#cloud-config\n" + "[" * 5000, "This is no YAML."),
        ("#cloud-config\nwhen: 2026-99-99\n", "This is no YAML."),
        ("#cloud-config\n- a\n- b\n", "each thing to do has a name"),
        ("#cloud-config\n", "each thing to do has a name"),
        ("#!/bin/sh\n" + "é" * 8192, "longer than 16 KiB"),
        ("#!/bin/sh\n\0", "no text"),
    ],
)
def test_each_mistake_has_its_sentence(text: str, why: str) -> None:
    assert why in refusal(text)


def test_names_that_multiply_cost_nothing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    BLUEPRINT.check({"ssh_keys": [ED25519], "user_data": "#cloud-config\n" + "\n".join(lines)})


def test_of_what_a_machine_tells_no_more_is_taken_than_fits() -> None:
    told = {"standing": "failed", "lines": ["x" * 10_000, "\x1b[31mred", 7] * 50}
    found = BLUEPRINT.beginner.look(Guest(json.dumps(told)), WANTED)
    assert (found.standing, len(found.lines)) == (Standing.FAILED, 20)
    assert max(map(len, found.lines)) == 300
    assert " [31mred" in found.lines


def test_an_answer_that_is_built_to_break_its_reader_breaks_nothing() -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.beginner.look(Guest("[" * 100_000), WANTED)


@pytest.mark.parametrize("told", [{}, {"standing": "none"}, {"standing": ["done"]}, []])
def test_a_machine_that_does_not_tell_has_not_done(told: object) -> None:
    with pytest.raises(ConfigurationFailed):
        BLUEPRINT.beginner.look(Guest(json.dumps(told)), WANTED)


def test_lines_that_are_none_are_left_out() -> None:
    assert BLUEPRINT.beginner.look(Guest('{"standing": "done", "lines": "text"}'), WANTED).lines == []
