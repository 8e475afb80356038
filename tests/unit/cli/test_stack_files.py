"""A file that is wrong is told so with its places, before anything is asked of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from souk.cli import language
from souk.cli.errors import Stopped
from souk.cli.stack.reading import read

GOOD = """\
version: 1
defaults: {region: ma-temara}
networks: {interne: {}}
services:
  compta:
    offering: postgresql
    plan: s
    extra_disk: 5
    grow_to: null
    access:
      - network: 203.0.113.0/24
        note: le bureau
      - 198.51.100.7
    bindings: {lecture: {role: reader}}
    alerts: {disk: 70, backup: false}
    firewall:
      - {protocol: tcp, ports: 443}
      - {direction: out, protocol: udp, ports: 53 - 53, networks: [192.0.2.0/25, 192.0.2.128/25], note: "  a  name "}
      - {protocol: tcp, ports: "443", networks: [0.0.0.0/0]}
"""


def test_defaults_hold_where_nothing_else_is_said() -> None:
    stack = read(GOOD)
    compta = stack.services["compta"]
    assert (compta["region"], compta["marketplace"]) == ("ma-temara", "public")
    assert stack.networks == {"interne": "ma-temara"}
    assert "protected" not in compta
    assert compta["grow_to"] is None


def test_a_lone_address_is_a_network_without_a_note() -> None:
    access = read(GOOD).services["compta"]["access"]
    assert access == [
        {"network": "198.51.100.7/32", "note": ""},
        {"network": "203.0.113.0/24", "note": "le bureau"},
    ]


def test_rules_are_read_as_the_platform_keeps_them_and_each_once() -> None:
    assert read(GOOD).services["compta"]["firewall"] == [
        {"direction": "in", "protocol": "tcp", "ports": "443", "networks": None, "note": ""},
        {"direction": "out", "protocol": "udp", "ports": "53", "networks": ["192.0.2.0/24"], "note": "a name"},
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("extra_disk: 5", "extra_disc: 5", "stack.yaml:8:5: “extra_disc” is not known here"),
        ("extra_disk: 5", "extra_disk: five", "stack.yaml:8:17: Here belongs a whole number"),
        ("extra_disk: 5", "extra_disk: -5", "stack.yaml:8:17: Here belongs a whole number"),
        ("extra_disk: 5", "protected: perhaps", "stack.yaml:8:16: Here belongs true or false"),
        ("extra_disk: 5", "plan: m", "stack.yaml:8:5: “plan” is said twice"),
        ("    plan: s\n", "", "“plan” is missing here"),
        ("version: 1", "version: 2", "stack.yaml:1:10: This program understands version 1"),
        ("defaults: {region: ma-temara}\n", "", "stack.yaml:4:3: Say its region"),
        ("203.0.113.0/24", "203.0.113.7/24", "stack.yaml:11:9: “203.0.113.7/24” is no address"),
        ("role: reader", "role: king", "Here belongs one of: owner, writer, reader"),
        ("{disk: 70, backup: false}", "{disk: true}", "Here belongs a threshold"),
        ("[0.0.0.0/0]", "[]", "leave networks out"),
        ("[0.0.0.0/0]", "[everyone]", "“everyone” is no address"),
        ("protocol: udp", "protocol: gre", "Here belongs one of: tcp, udp, icmp, any"),
        ("services:", "services: &a", "stack.yaml:"),
        ("plan: s", "plan: [s", "This is no YAML"),
        ("plan: s", "plan: !!python/object:os.system s", "References and tags"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(before: str, after: str, said: str) -> None:
    assert before in GOOD
    text = GOOD.replace(before, after, 1)
    if "&a" in after:
        text += "  autre: *a\n"
    with pytest.raises(Stopped) as refused:
        read(text)
    assert said in str(refused.value)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Stopped) as refused:
        read("version: 1\nservices:\n  a: {plan: s, region: x}\n  b: {offering: o, region: x, colour: red}\n")
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "\x00", "a: " * 300, "[" * 5000])
def test_what_is_no_such_file_at_all_is_a_sentence_too(text: str) -> None:
    with pytest.raises(Stopped):
        read(text)


@pytest.mark.parametrize(("spoken", "said"), [("fr", "deux fois"), ("ar", "مرتين")])
def test_faults_are_told_in_the_readers_language(spoken: str, said: str) -> None:
    language.install(spoken)
    with pytest.raises(Stopped, match=said):
        read("version: 1\nversion: 1\n")


def test_a_file_that_is_not_there_is_a_sentence(souk, signed_in: None, tmp_path: Path) -> None:
    ran = souk("apply", "-f", str(tmp_path / "none.yaml"))
    assert ran.status == 1
    assert "can't be read" in ran.err
