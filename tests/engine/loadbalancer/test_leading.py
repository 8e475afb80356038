"""What comes is led to those that are well, whatever becomes of them and of the settings meanwhile."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import httpx
import pytest
from tests.engine.loadbalancer.conftest import Balanced, ask, members, pool
from tests.support.looping import until

from souk.blueprints.loadbalancer import BLUEPRINT
from souk.provisioning.contract import CheckResult, MemberStanding

pytestmark = pytest.mark.engine


@dataclass
class Asked:
    """What a client saw who went on asking: who answered how often, and what failed."""

    answers: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@contextlib.contextmanager
def asking(of: Balanced, threads: int = 4) -> Iterator[Asked]:
    """Clients that go on to ask, each on a connection that it keeps."""
    stop, told = threading.Event(), Asked()

    def go_on() -> None:
        with of.client() as client:
            while not stop.is_set():
                try:
                    answer = ask(client, of)
                    if answer.status_code == 200:
                        told.answers.append(answer.json()["name"])
                    else:
                        told.failed.append(str(answer.status_code))
                except httpx.HTTPError as error:
                    told.failed.append(repr(error))
                time.sleep(0.01)

    asked = [threading.Thread(target=go_on) for _ in range(threads)]
    for each in asked:
        each.start()
    try:
        yield told
    finally:
        stop.set()
        for each in asked:
            each.join()


def test_members_take_turns_and_are_told_who_asks_whatever_that_one_says_of_itself(balanced: Balanced) -> None:
    told = [balanced.get("/a", headers={"x-forwarded-for": "8.8.8.8", "forwarded": "for=8.8.8.8"}) for _ in range(4)]
    assert {each.json()["name"] for each in told} == {each.name for each in balanced.behind.values()}
    headers = told[0].json()["headers"]
    assert headers["x-forwarded-for"] != "8.8.8.8"
    assert headers["x-forwarded-proto"] == "https"
    assert "forwarded" not in headers
    assert balanced.get("/a", port=80).headers["location"] == f"https://{balanced.wanted.hostname}/a"


def test_a_member_that_is_killed_costs_no_request_and_the_page_says_why(balanced: Balanced) -> None:
    one = balanced.behind["un"]
    with asking(balanced) as told:
        time.sleep(0.5)
        one.stop()
        assert until(lambda: balanced.seen()["un"].result == CheckResult.REFUSED)
        time.sleep(0.5)
    assert told.failed == []
    assert len(told.answers) > 50
    seen = balanced.seen()["un"]
    assert (seen.standing, seen.requests > 0) == (MemberStanding.DOWN, True)
    assert seen.since is not None
    one.answer()
    assert until(lambda: balanced.seen()["un"].standing == MemberStanding.UP)


def test_a_member_whose_machine_loses_its_power_costs_no_request(balanced: Balanced) -> None:
    one = balanced.behind["un"]
    with asking(balanced) as told:
        time.sleep(0.5)
        one.lose_power()
        # What it was asked just then is given up after some seconds, and asked of the other one.
        time.sleep(9)
    one.come_back()
    assert told.failed == []
    assert len(told.answers) > 50
    assert until(lambda: balanced.seen()["un"].standing == MemberStanding.UP)


def test_a_member_that_is_drained_gets_nothing_new_and_ends_what_it_began(balanced: Balanced) -> None:
    slow: list[int] = []
    draining = [*members("un", mode="draining"), *members("deux")]
    with asking(balanced) as told:
        waiting = threading.Thread(target=lambda: slow.extend(balanced.get("/slow").status_code for _ in range(2)))
        waiting.start()
        time.sleep(0.3)
        balanced.configure(pools=[pool(members=draining)])
        before = len(told.answers)
        time.sleep(1.0)
        after = told.answers[before + 20 :]
        waiting.join()
        balanced.configure(pools=[pool("un", "deux")])
        assert until(lambda: balanced.behind["un"].name in told.answers[-20:])
    assert told.failed == []
    assert slow == [200, 200]
    assert set(after) == {balanced.behind["deux"].name}


def test_settings_change_without_a_failed_request_and_what_was_counted_stays(balanced: Balanced) -> None:
    counted = balanced.seen()["deux"].requests
    with asking(balanced) as told:
        for sticky in (True, False, True):
            balanced.configure(pools=[pool("un", "deux", sticky=sticky)])
    assert told.failed == []
    seen = balanced.seen()["deux"]
    assert seen.requests >= counted
    assert seen.standing == MemberStanding.UP
    with balanced.client() as client:
        assert len({ask(client, balanced).json()["name"] for _ in range(6)}) == 1
    balanced.configure(pools=[pool("un", "deux")])


def test_members_are_known_by_their_certificates_and_who_answers_garbage_or_never_gets_nothing(
    balanced: Balanced,
) -> None:
    mixed = [*members("un", port=8443), *members("deux", port=8666)]
    balanced.configure(pools=[pool(members=mixed, tls=True, check_path="")])
    assert until(lambda: balanced.seen()["deux"].standing == MemberStanding.DOWN)
    assert balanced.seen()["deux"].result == CheckResult.TLS
    assert {balanced.get().json()["name"] for _ in range(4)} == {balanced.behind["un"].name}
    harm = [*members("un", port=8666), *members("deux", port=8667)]
    balanced.configure(pools=[pool(members=harm, timeout_seconds=2)])
    assert until(lambda: all(each.standing == MemberStanding.DOWN for each in balanced.seen().values()))
    page = balanced.get()
    assert page.status_code == 503
    assert "Personne ne répond" in page.text
    assert BLUEPRINT.probe(balanced.wanted, balanced.credentials, balanced.certificate.authority).ok
    balanced.configure(pools=[pool("un", "deux")])
    assert until(lambda: all(each.standing == MemberStanding.UP for each in balanced.seen().values()))


def test_further_people_see_statistics_until_they_may_not(balanced: Balanced) -> None:
    given = BLUEPRINT.binder.binding(balanced.wanted, "agence", "mot d'" + '"passe$')
    trusted = balanced.certificate.authority
    with asking(balanced, threads=1) as told:
        BLUEPRINT.binder.grant(balanced, balanced.wanted, given)
        assert BLUEPRINT.probe(balanced.wanted, given, trusted).ok
        assert not BLUEPRINT.probe(balanced.wanted, replace(given, password="faux"), trusted).ok
        balanced.configure()
        assert BLUEPRINT.probe(balanced.wanted, given, trusted).ok
        BLUEPRINT.binder.revoke(balanced, balanced.wanted, given.username)
        assert not BLUEPRINT.probe(balanced.wanted, given, trusted).ok
    assert told.failed == []


def test_the_log_has_requests_without_what_may_be_secret(balanced: Balanced) -> None:
    read = Reading(balanced)
    read.more()
    assert balanced.get("/path?password=geheim").status_code == 200
    assert until(lambda: any("GET /path " in line for line in read.more()))
    assert not any("geheim" in line for line in read.lines)


class Reading:
    """Its log, read part by part."""

    def __init__(self, of: Balanced) -> None:
        self._of, self._after = of, ""
        self.lines: list[str] = []

    def more(self) -> list[str]:
        """All that there is by now."""
        while (part := BLUEPRINT.observer.log(self._of, self._of.wanted, self._after, 1_000_000)).lines:
            self._after = part.cursor
            self.lines += [each.text for each in part.lines]
        return self.lines
