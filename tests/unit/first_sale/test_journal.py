"""What a first sale remembers, and what it keeps to itself."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

from rich.console import Console

from souk.settings.first_sale.journal import Journal
from souk.settings.first_sale.sign_ins import SignIns
from souk.settings.first_sale.telling import Telling


def test_a_step_is_on_disk_as_soon_as_it_is_done(tmp_path: Path) -> None:
    journal = Journal.load(tmp_path / "first-sale.json")
    journal.ids["order"] = "order1"
    journal.add("order", "She orders", 0.1234, "order 1001")
    kept = Journal.load(tmp_path / "first-sale.json")
    done = kept.done("order")
    assert done is not None
    assert (done.seconds, done.remark, kept.ids) == (0.123, "order 1001", {"order": "order1"})


def test_a_step_done_again_stands_once(tmp_path: Path) -> None:
    journal = Journal.load(tmp_path / "first-sale.json")
    journal.add("documents", "Documents", 1.0, "")
    journal.add("documents", "Documents", 2.0, "")
    assert [done.seconds for done in journal.steps] == [2.0]


def test_keys_are_fixed_within_an_attempt_and_differ_between_attempts(tmp_path: Path) -> None:
    journal = Journal.load(tmp_path / "first-sale.json")
    first = journal.key("order")
    assert journal.key("order") == first
    journal.attempt += 1
    assert journal.key("order") != first


def test_a_damaged_journal_is_a_fresh_one(tmp_path: Path) -> None:
    path = tmp_path / "first-sale.json"
    for damaged in ("", "{", "[]", '{"steps": 3}', '{"steps": [], "unknown": 1}'):
        path.write_text(damaged)
        assert Journal.load(path).steps == []


def test_sign_ins_are_generated_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "sign-ins.json"
    first = SignIns(path)
    first["customer"].token = "souk_token"
    first.save()
    second = SignIns(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert second["customer"] == first["customer"]
    assert len({second[role].password for role in ("operator", "vendor", "customer")}) == 3
    assert all(len(sign_in["password"]) >= 20 for sign_in in json.loads(path.read_text()).values())


def _said(work) -> str:
    out = io.StringIO()
    work(Telling(Console(file=out, highlight=False, markup=False, width=200)))
    return out.getvalue()


def test_a_step_is_one_line_with_its_seconds() -> None:
    said = _said(lambda telling: telling.done("She orders a plan", 0.034, "order 1001"))
    assert said.split("  ") != []
    assert said.strip().startswith("✓ She orders a plan")
    assert said.strip().endswith("0.03 s   order 1001")


def test_a_step_that_fails_leaves_a_cross() -> None:
    def work(telling: Telling) -> None:
        try:
            with telling.step("She orders a plan"):
                raise ValueError
        except ValueError:
            return

    assert _said(work).strip().startswith("✗ She orders a plan")
