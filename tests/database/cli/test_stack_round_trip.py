"""Whatever there is in a project: written as a file, it is what there is, and what is made of the file anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from tests.support import kinds, reconciling, selling
from tests.support.world import operator

from souk.brokers import calling, intake
from souk.provisioning import registry
from souk.provisioning.commands import add_range
from souk.provisioning.contract import Blueprint
from souk.provisioning.reconciler.converge import Ground
from souk.settings.seeds import seed
from souk.sites.queries import sites

Souk = Callable[..., tuple[int, str, str]]
KINDS = kinds.every_kind()
VERBS: list[tuple[str, ...]] = [
    ("access", "allow", "NAME", "203.0.113.0/24", "--note", "l'été : 1", "--confirm"),
    ("access", "nobody", "NAME", "--confirm"),
    ("bindings", "create", "NAME", "lecture", "--role", "reader"),
    ("databases", "create", "NAME", "archives"),
    ("services", "protect", "NAME"),
    ("services", "window", "NAME", "--weekday", "6", "--hour", "3"),
    ("services", "autogrow", "NAME", "100"),
    ("alerts", "set", "NAME", "disk", "70"),
    ("alerts", "set", "NAME", "disk", "--off"),
    ("names", "add", "NAME", "NAME.example.ma"),
    ("zones", "add", "NAME", "NAME.example.ma"),
    ("zones", "set", "NAME", "NAME.example.ma", "www", "A", "192.0.2.1"),
    ("addresses", "give", "NAME"),
    ("firewall", "allow", "NAME", "tcp", "8000-8010", "--network", "198.51.100.0/24", "--note", "l'hiver"),
    ("firewall", "forbid", "NAME", "1", "--confirm"),
]
SERVICES = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(sorted(KINDS)),
            "plan": st.integers(0, 1),
            "extra": st.integers(0, 20),
            "inside": st.booleans(),
            "after": st.lists(st.sampled_from(VERBS), max_size=6, unique=True),
            "stopped": st.booleans(),
        }
    ),
    min_size=1,
    max_size=2,
)


@pytest.fixture
def place(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(registry, "blueprints", lambda: KINDS)
    seed()
    add_range(operator(), sites()[0].id, "203.0.113.0/28")
    return reconciling.ground(tmp_path)


@pytest.fixture
def firm(place: Ground, customer: Souk, monkeypatch: pytest.MonkeyPatch) -> Souk:
    """A customer; whenever the program waits, the platform works."""
    assert customer("networks", "create", "interne", "--region", "ma-temara")[0] == 0
    monkeypatch.setattr("souk.cli.progress.time.sleep", lambda _seconds: reconciling.settle(place))
    return customer


def _nothing_is_left(firm: Souk, place: Ground) -> None:
    for row in json.loads(firm("--json", "services")[1])["items"]:
        firm("services", "unprotect", row["id"])
        assert firm("services", "delete", row["id"], "--erase", "--yes")[0] == 0
    reconciling.settle(place)
    assert json.loads(firm("--json", "services")[1])["items"] == []


def _ordered(firm: Souk, folder: Path, name: str, kind: Blueprint, wanted: dict[str, Any]) -> None:
    offered = kind.starting_offering
    assert offered is not None
    service = {
        "offering": offered.slug,
        "plan": offered.plans[wanted["plan"]].key,
        "region": "ma-temara",
        "parameters": next(iter(kind.schema().get("examples", ())), {}),
        "network": "interne" if wanted["inside"] else None,
        "extra_disk": wanted["extra"] if "extra_disk" in offered.tiers else 0,
    }
    file = folder / "order.yaml"
    file.write_text(json.dumps({"version": 1, "services": {name: service}}))
    ordered = firm("apply", "-f", str(file), "--yes")
    assert ordered[0] == 0, ordered


@trying(
    max_examples=8, deadline=None, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=SERVICES)
def test_an_export_applied_is_nothing_to_do_and_makes_the_same_of_nothing(
    wanted: list[dict[str, Any]], firm: Souk, place: Ground, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("project")
    _nothing_is_left(firm, place)
    # A name in DNS is of ASCII letters here; the service's own is not.
    for (name, domain), each in zip((("compta", "compta"), ("été", "ete")), wanted, strict=False):
        _ordered(firm, folder, name, KINDS[each["kind"]], each)
        for words in each["after"]:
            firm(*(word.replace("NAME", domain if "." in word else name) for word in words))
            reconciling.settle(place)
        if each["stopped"]:
            assert firm("services", "stop", name, "--yes")[0] == 0
    reconciling.settle(place)
    file, again = (folder / name for name in ("stack.yaml", "again.yaml"))
    assert firm("export", "-o", str(file))[0] == 0
    status, said, error = firm("apply", "-f", str(file), "--plan", "--prune")
    assert (status, said, error) == (0, "There is nothing to do.\n", ""), file.read_text()
    _nothing_is_left(firm, place)
    applied = firm("apply", "-f", str(file), "--yes", "--prune")
    assert applied[0] == 0, (applied, file.read_text())
    reconciling.settle(place)
    assert firm("export", "-o", str(again))[0] == 0
    assert again.read_text() == file.read_text()


def test_a_vendors_service_too(firm: Souk, place: Ground, tmp_path: Path, settings: Any) -> None:
    settings.BROKER_NETWORKS, settings.BROKERS_IN_THE_CLEAR = [ip_network("127.0.0.0/8")], True
    calling._calls.clear()
    intake.ensure()
    file, again = tmp_path / "stack.yaml", tmp_path / "again.yaml"
    with selling.running() as vendor:
        selling.sold(vendor)
        words = ("--plan", "small", "--region", "ma-temara", "--name", "panier", "-p", "shards=3")
        ordered = firm("order", "key-value", *words)
        assert ordered[0] == 0, ordered
        reconciling.settle(place)
        firm("bindings", "create", "panier", "caisse")
        reconciling.settle(place)
        assert firm("export", "-o", str(file))[0] == 0
        assert firm("apply", "-f", str(file), "--plan", "--prune")[:2] == (0, "There is nothing to do.\n")
        _nothing_is_left(firm, place)
        applied = firm("apply", "-f", str(file), "--yes")
        assert applied[0] == 0, applied
        assert firm("export", "-o", str(again))[0] == 0
    assert again.read_text() == file.read_text()
    assert "caisse" in file.read_text()
