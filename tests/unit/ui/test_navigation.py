"""The side navigation shows what exists and concerns the reader."""

from __future__ import annotations

import pytest
from django.urls import path
from django.views import View

from souk.settings.navigation import NAVIGATION
from souk.ui.navigation import Audience, Entry, Section, visible
from souk.ui.shell import OrganizationChoice, ProjectChoice, Shell
from souk.ui.tags.text import icon_names

urlpatterns = [path("services/", View.as_view(), name="services"), path("audit/", View.as_view(), name="audit")]
SECTIONS = (
    Section("Cloud", Audience.BUYER, (Entry("Services", "services", "box", ("service",)), Entry("None", "x", "box"))),
    Section("Operating", Audience.OPERATOR, (Entry("Audit", "audit", "box"),)),
    Section("Selling", Audience.BUYER, (Entry("Nothing", "nothing", "box"),)),
)


@pytest.fixture(autouse=True)
def addresses(settings: object) -> None:
    settings.ROOT_URLCONF = __name__


def labels(*audiences: Audience, current: str = "") -> list[tuple[str, bool]]:
    return [(str(link.label), link.current) for part in visible(SECTIONS, audiences, current) for link in part.links]


def test_a_page_that_does_not_exist_and_an_empty_section_are_not_shown() -> None:
    assert labels(Audience.BUYER) == [("Services", False)]


def test_an_operator_who_also_buys_sees_both() -> None:
    assert labels(Audience.BUYER, Audience.OPERATOR) == [("Services", False), ("Audit", False)]


def test_a_visitor_sees_nothing_of_the_console() -> None:
    assert labels(Audience.VISITOR) == []


def test_an_entry_is_current_on_its_own_page_and_on_pages_below_it() -> None:
    assert labels(Audience.BUYER, current="services") == [("Services", True)]
    assert labels(Audience.BUYER, current="service") == [("Services", True)]


def test_every_entry_of_the_real_navigation_has_an_icon_that_exists() -> None:
    assert {entry.icon for section in NAVIGATION for entry in section.entries} <= icon_names()


def test_the_shell_knows_where_the_reader_acts() -> None:
    here = OrganizationChoice("1", "A", (ProjectChoice("1", "p"), ProjectChoice("2", "q", current=True)), current=True)
    shell = Shell(name="Salma El Idrissi", organizations=(OrganizationChoice("0", "B"), here))
    assert shell.organization == here
    assert shell.project is not None
    assert shell.project.name == "q"
    assert shell.initials == "SE"
    assert Shell(name="y.ouazzani@x.ma").initials == "YO"
