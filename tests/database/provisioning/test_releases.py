"""What a service shows: releases taken, the staging copy made and published; each once, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed
from tests.support.reconciling import settle, work
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors, publications, registry
from souk.provisioning.contract import Declined, Guest, Published, Release, Source, Wanted
from souk.provisioning.queries import operation, releases
from souk.provisioning.reconciler.converge import Ground


class Shelf:
    """A publisher whose machine is a list of releases, and a staging copy that was made for a key."""

    def __init__(self) -> None:
        self.there = [Release(1, clock.now(), Source.FIRST, "", "", live=True)]
        self.staged = ""
        self.keys: list[str] = []

    def published(self, guest: Guest, wanted: Wanted) -> Published:
        guest.execute(["show"])
        return Published(self.there[::-1], clock.now() if self.staged else None)

    def take(self, guest: Guest, wanted: Wanted, number: int) -> None:
        guest.execute(["take", str(number)])
        if number not in [each.number for each in self.there]:
            raise Declined("This release is not there any more. The last five are kept.")
        self.there = [replace(each, live=each.number == number) for each in self.there]

    def stage(self, guest: Guest, wanted: Wanted, key: str) -> None:
        guest.execute(["stage"])
        self.staged = key

    def publish(self, guest: Guest, wanted: Wanted, key: str) -> None:
        if key not in self.keys:
            self.keys.append(key)
            self.push(Source.STAGING)
        guest.execute(["publish"])

    def push(self, source: Source = Source.PUSH) -> None:
        """One more release, which is live."""
        before = [replace(each, live=False) for each in self.there]
        self.there = [*before, Release(len(before) + 1, clock.now(), source, "agence", "Prix", live=True)]


@pytest.fixture
def shelf(place: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The services of the example show releases."""
    made = Shelf()
    monkeypatch.setattr(registry.blueprint("example"), "publisher", made, raising=False)
    return made


@pytest.fixture
def pushed(shelf: Shelf, instance: UUID, buyer: Customer) -> UUID:
    """A service with two releases that are known."""
    shelf.push()
    publications_noted(shelf, instance, buyer)
    return instance


def publications_noted(shelf: Shelf, instance: UUID, buyer: Customer) -> None:
    """As the worker notes them each minute."""
    with acting(System("worker")):
        publications.note(instance, buyer.organization, Published(shelf.there[::-1], None))


def _live(buyer: Customer, instance: UUID) -> list[int]:
    return [each.number for each in releases(buyer.scope, instance).releases if each.live]


def test_a_release_before_is_live_again_and_so_is_the_one_after(place: Ground, buyer: Customer, pushed: UUID) -> None:
    for number in (1, 2):
        asked = commands.take_release(buyer.scope, pushed, number)
        settle(place)
        assert operation(buyer.scope, asked).state == "succeeded"
        assert _live(buyer, pushed) == [number]


def test_a_staging_copy_is_made_before_it_is_published_as_a_release_of_its_own(
    place: Ground, buyer: Customer, pushed: UUID, shelf: Shelf
) -> None:
    with pytest.raises(errors.NothingStaged):
        commands.publish(buyer.scope, pushed)
    commands.stage(buyer.scope, pushed)
    asked = commands.publish(buyer.scope, pushed)
    settle(place)
    assert operation(buyer.scope, asked).state == "succeeded"
    found = releases(buyer.scope, pushed)
    assert [(each.number, each.source, each.live) for each in found.releases] == [
        (3, "staging", True),
        (2, "push", False),
        (1, "first", False),
    ]
    assert found.staged_at is not None


def test_what_is_asked_for_again_before_it_has_begun_is_asked_for_once(
    place: Ground, buyer: Customer, pushed: UUID
) -> None:
    assert commands.stage(buyer.scope, pushed) == commands.stage(buyer.scope, pushed)
    assert releases(buyer.scope, pushed).under_way == ["stage"]


def test_a_release_that_went_away_meanwhile_is_told_by_a_sentence(
    place: Ground, buyer: Customer, pushed: UUID, shelf: Shelf
) -> None:
    with pytest.raises(errors.ReleaseMissing):
        commands.take_release(buyer.scope, pushed, 99)
    asked = commands.take_release(buyer.scope, pushed, 1)
    shelf.there = shelf.there[1:]
    settle(place)
    row = operation(buyer.scope, asked)
    assert (row.state, row.trouble) == ("failed", "This release is not there any more. The last five are kept.")


def test_nobody_else_sees_or_changes_what_a_service_shows(place: Ground, buyer: Customer, pushed: UUID) -> None:
    stranger = customer("Autre SARL")
    for act in (
        lambda: releases(stranger.scope, pushed),
        lambda: commands.take_release(stranger.scope, pushed, 1),
        lambda: commands.stage(stranger.scope, pushed),
        lambda: commands.publish(stranger.scope, pushed),
    ):
        with pytest.raises(NotFound):
            act()


def test_other_kinds_of_services_have_none(place: Ground, buyer: Customer, instance: UUID) -> None:
    with pytest.raises(errors.NoReleases):
        commands.stage(buyer.scope, instance)


def test_a_worker_killed_at_every_boundary_publishes_each_copy_once(
    place: Ground, buyer: Customer, pushed: UUID, shelf: Shelf, engine: MemoryEngine
) -> None:
    commands.stage(buyer.scope, pushed)
    settle(place)
    at = 0
    while True:
        at += 1
        before = len(shelf.there)
        asked = commands.publish(buyer.scope, pushed)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert operation(buyer.scope, asked).state == "succeeded"
        assert len(shelf.there) == before + 1
        if crossed < at:
            break
    assert at > 3
