"""From a stranger to a paid invoice, on a real engine; and whatever kills the run, nothing is made twice."""

from __future__ import annotations

import json
import signal
import stat
import time
from pathlib import Path

import pytest
from tests.engine.first_sale.conftest import Counts, Installation

from souk.settings.first_sale import story
from souk.settings.first_sale.run import STEPS

pytestmark = pytest.mark.engine
ONCE = Counts(orders=1, services=1, invoices=1, credit_notes=1, payments=1, allocations=1, organizations=2, people=3)


@pytest.fixture(scope="module")
def sold(installation: Installation) -> str:
    """What the first run printed."""
    status, said = installation.sell()
    assert status == 0, said
    return said


def test_every_step_is_printed_with_its_seconds_and_kept(installation: Installation, sold: str) -> None:
    journal = installation.journal
    assert journal["finished"]
    assert [step["step"] for step in journal["steps"]] == [step.name for step in STEPS]
    assert sold.count("✓") == len(STEPS)
    assert all(step["seconds"] >= 0 and step["remark"] for step in journal["steps"])


def test_everything_is_made_once_and_nothing_is_left_on_the_engine(installation: Installation, sold: str) -> None:
    assert installation.counts() == ONCE
    assert installation.machines() == []


def test_the_documents_lie_where_the_journal_says(installation: Installation, sold: str) -> None:
    paths = installation.journal["paths"]
    assert set(paths) == {"invoice_pdf", "invoice_xml", "credit_note_pdf", "credit_note_xml"}
    assert all(Path(path).is_relative_to(installation.state / "first-sale") for path in paths.values())
    assert Path(paths["invoice_pdf"]).read_bytes().startswith(b"%PDF-")
    assert story.ORGANIZATION["ice"].encode() in Path(paths["invoice_xml"]).read_bytes()


def test_it_ends_with_sign_ins_that_only_the_administrator_can_read(installation: Installation, sold: str) -> None:
    kept = installation.state / "sign-ins.json"
    sign_ins = json.loads(kept.read_text())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert set(sign_ins) == {"operator", "vendor", "customer"}
    assert all(sign_in["email"] in sold and sign_in["password"] in sold for sign_in in sign_ins.values())
    secrets = [sign_in[key] for sign_in in sign_ins.values() for key in ("password", "token") if sign_in[key]]
    journal = (installation.state / "first-sale.json").read_text()
    assert not [secret for secret in secrets if secret in journal]


def test_a_second_run_takes_seconds_and_makes_nothing_twice(installation: Installation, sold: str) -> None:
    before = installation.counts()
    started = time.monotonic()
    status, said = installation.sell()
    assert (status, installation.counts()) == (0, before)
    assert time.monotonic() - started < 15
    assert "✓" not in said


def test_a_document_that_was_lost_is_fetched_again(installation: Installation, sold: str) -> None:
    lost = Path(installation.journal["paths"]["invoice_pdf"])
    content = lost.read_bytes()
    lost.unlink()
    status, said = installation.sell()
    assert (status, said.count("✓")) == (0, 1)
    assert lost.read_bytes() == content


def test_without_its_journal_and_sign_ins_a_run_still_makes_nothing_twice(
    installation: Installation, sold: str
) -> None:
    before = installation.counts()
    for name in ("first-sale.json", "sign-ins.json"):
        (installation.state / name).unlink()
    status, said = installation.sell()
    assert status == 0, said
    assert installation.counts() == before


def test_a_run_killed_again_and_again_goes_on_where_it_was(installation: Installation, sold: str) -> None:
    before = installation.counts()
    words = ["--again"]
    for name in ("order", "rows", "bill", "pay", "correct", "delete"):
        title = next(step.title for step in STEPS if step.name == name)
        process = installation.begin(*words)
        assert process.stdout is not None
        assert any("✓" in line and title in line for line in process.stdout)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        words = []
    status, said = installation.sell()
    assert status == 0, said
    made = installation.counts()
    again = {name: getattr(made, name) - getattr(before, name) for name in Counts.__dataclass_fields__}
    assert again == {**dict.fromkeys(again, 1), "organizations": 0, "people": 0}
    assert installation.machines() == []


def test_a_server_that_is_down_is_a_sentence_and_an_exit_status(installation: Installation) -> None:
    status, said = installation.sell("--again", "--server", "http://127.0.0.1:1")
    assert status == 1
    assert "http://127.0.0.1:1 does not answer" in said
    assert "Traceback" not in said
