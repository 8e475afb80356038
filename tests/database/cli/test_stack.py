"""A project as a file, against the real API and a reconciler on an engine in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support import reconciling

from souk.provisioning.reconciler.converge import Ground

Souk = Callable[..., tuple[int, str, str]]
PAGE = Path(__file__).parents[3] / "docs" / "customer" / "code-as-orders.md"
ORDER = ("order", "exemple", "--region", "ma-temara")


@pytest.fixture
def place(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return reconciling.ground(tmp_path_factory.mktemp("ground"))


@pytest.fixture
def firm(place: Ground, customer: Souk, monkeypatch: pytest.MonkeyPatch) -> Souk:
    """A customer; whenever the program waits, the platform works."""
    working: list[bool] = []

    def work(_seconds: float) -> None:
        if not working:
            working.append(True)
            reconciling.settle(place)
            working.clear()

    monkeypatch.setattr("souk.cli.progress.time.sleep", work)
    return customer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The page's file."""
    (content,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    written = tmp_path / "stack.yaml"
    written.write_text(content)
    return written


def _services(souk: Souk) -> list[dict[str, Any]]:
    return json.loads(souk("--json", "services")[1])["items"]


def _orders(souk: Souk) -> int:
    return len(json.loads(souk("--json", "orders")[1])["items"])


def test_the_page_followed(firm: Souk, file: Path) -> None:
    status, said, _ = firm("apply", "-f", str(file), "--plan")
    assert status == 2
    assert "+ service “compta”" in said
    assert "Per month, without tax: +526.50 MAD" in said
    assert _services(firm) == []
    status, said, error = firm("apply", "-f", str(file), "--yes")
    assert status == 0, said + error
    (service,) = _services(firm)
    assert (service["state"], service["protected"], service["parameters"]["flavour"]) == ("ready", True, "mint")
    assert json.loads(firm("--json", "access", "compta")[1])["networks"][0]["note"] == "le bureau"
    assert "lecture" in firm("bindings", "compta")[1]
    assert "interne" in firm("networks", "show", "compta")[1]
    assert firm("apply", "-f", str(file), "--plan")[:2] == (0, "There is nothing to do.\n")
    assert firm("apply", "-f", str(file), "--yes")[:2] == (0, "There is nothing to do.\n")
    file.write_text(file.read_text().replace("plan: s", "plan: m"))
    status, said, _ = firm("apply", "-f", str(file), "--yes")
    assert (status, "plan: s → m" in said, "Per month, without tax: +1,200.00 MAD" in said) == (0, True, True)
    assert _services(firm)[0]["vcpus"] == 2
    assert firm("export", "-o", str(file))[0] == 0
    assert firm("apply", "-f", str(file), "--plan")[0] == 0


def test_without_a_yes_nothing_is_done(firm: Souk, file: Path) -> None:
    status, said, error = firm("apply", "-f", str(file))
    assert (status, "+ service" in said, "--yes" in error) == (1, True, True)
    assert _services(firm) == []


def test_what_an_interrupted_apply_ordered_is_not_ordered_again(
    firm: Souk, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("souk.cli.stack.doing.await_order", interrupted)
        with pytest.raises(SystemExit, match="130"):
            firm("apply", "-f", str(file), "--yes")
    capsys.readouterr()
    assert _orders(firm) == 1
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    assert _orders(firm) == 1
    assert _services(firm)[0]["protected"]


def test_two_terminals_at_the_same_time_order_once(firm: Souk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have planned before either orders: the second one finds out by the key of its order."""
    from souk.cli.stack import doing

    real, others = doing.begin, []

    def begin(*given: Any) -> None:
        if not others:
            others.append(True)
            assert firm("apply", "-f", str(file), "--yes")[0] == 0
        real(*given)

    file.write_text("version: 1\nservices:\n  compta: {offering: exemple, plan: s, region: ma-temara}\n")
    monkeypatch.setattr("souk.cli.commands.stack.begin", begin)
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    assert _orders(firm) == 1


def test_what_changed_between_plan_and_yes_stops_it(firm: Souk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    file.write_text(file.read_text().replace("plan: s", "plan: m"))

    def somebody_else(*_: Any) -> None:
        assert firm("services", "unprotect", "compta")[0] == 0

    monkeypatch.setattr("souk.cli.commands.stack._deletions_meant", somebody_else)
    status, _, error = firm("apply", "-f", str(file), "--yes")
    assert (status, "meanwhile" in error) == (1, True)
    assert _services(firm)[0]["vcpus"] == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("ma-temara", "ma-mars", "fixed once a service runs"),
        ("flavour: mint", "flavour: salt", "not right for the parameter"),
        ("flavour: mint", "taste: mint", "There is no parameter"),
        ("plan: s", "plan: xxl", "There is no plan"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    firm: Souk, file: Path, before: str, after: str, said: str
) -> None:
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    wanted = file.read_text().replace(before, after).replace("protected: true", "protected: false")
    file.write_text(wanted)
    status, shown, error = firm("apply", "-f", str(file), "--yes")
    assert (status, said in shown, "can't be done" in error) == (1, True, True)
    assert _services(firm)[0]["protected"]


def test_prune_deletes_what_is_not_named_and_spares_what_is_protected(firm: Souk, file: Path) -> None:
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    assert firm(*ORDER, "--plan", "s", "--name", "essai", "--wait")[0] == 0
    file.write_text("version: 1\n")
    assert firm("apply", "-f", str(file), "--plan")[0] == 0
    status, shown, _ = firm("apply", "-f", str(file), "--prune", "--yes")
    assert status == 0, shown
    assert "It is protected, and stays." in shown
    assert {row["name"]: row["state"] for row in _services(firm)} == {"compta": "ready", "essai": "soft_deleted"}


def test_a_deleted_service_is_ordered_again(firm: Souk, file: Path) -> None:
    file.write_text("version: 1\nservices:\n  compta: {offering: exemple, plan: s, region: ma-temara}\n")
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    assert firm("services", "delete", "compta", "--yes", "--wait")[0] == 0
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    assert _orders(firm) == 2
