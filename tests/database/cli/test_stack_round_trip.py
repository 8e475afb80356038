"""Whatever there is in a project: written as a file, it is what there is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import reconciling

Souk = Callable[..., tuple[int, str, str]]
SERVICES = st.lists(
    st.fixed_dictionaries(
        {
            "plan": st.sampled_from(["s", "m"]),
            "flavour": st.sampled_from(["plain", "mint"]),
            "extra": st.integers(0, 20),
            "inside": st.booleans(),
            "after": st.lists(
                st.sampled_from(
                    [
                        ("access", "allow", "NAME", "203.0.113.0/24", "--note", "l'été : 1", "--confirm"),
                        ("access", "nobody", "NAME", "--confirm"),
                        ("bindings", "create", "NAME", "lecture", "--role", "reader"),
                        ("services", "protect", "NAME"),
                        ("services", "window", "NAME", "--weekday", "6", "--hour", "3"),
                        ("services", "autogrow", "NAME", "100"),
                        ("alerts", "set", "NAME", "disk", "70"),
                        ("alerts", "set", "NAME", "disk", "--off"),
                        ("names", "add", "NAME", "NAME.example.ma"),
                    ]
                ),
                max_size=5,
                unique=True,
            ),
        }
    ),
    min_size=1,
    max_size=2,
)


@pytest.fixture
def firm(own_database: str, customer: Souk) -> Souk:
    assert customer("networks", "create", "interne", "--region", "ma-temara")[0] == 0
    return customer


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=SERVICES)
def test_an_export_applied_is_nothing_to_do(
    wanted: list[dict[str, object]], firm: Souk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("project")
    place = reconciling.ground(folder)
    for row in json.loads(firm("--json", "services")[1])["items"]:
        firm("services", "unprotect", row["id"])
        firm("services", "delete", row["id"], "--erase", "--yes")
    reconciling.settle(place)
    for number, each in enumerate(wanted):
        name = ("compta", "été")[number]
        inside = ("--network", "interne") if each["inside"] else ()
        words = ("--plan", each["plan"], "--name", name, "-p", f"flavour={each['flavour']}", *inside)
        ordered = firm(
            "order", "exemple", "--region", "ma-temara", *map(str, words), "--extra-disk", str(each["extra"])
        )
        assert ordered[0] == 0, ordered
    reconciling.settle(place)
    for number, each in enumerate(wanted):
        for words in each["after"]:
            # A name in DNS is of ASCII letters here; the service's own is not.
            name, domain = (("compta", "compta"), ("été", "ete"))[number]
            firm(*(word.replace("NAME", domain if "." in word else name) for word in words))
    reconciling.settle(place)
    file = folder / "stack.yaml"
    assert firm("export", "-o", str(file))[0] == 0
    status, said, error = firm("apply", "-f", str(file), "--plan", "--prune")
    assert (status, said, error) == (0, "There is nothing to do.\n", ""), file.read_text()
