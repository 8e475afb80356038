"""Addresses in an instance's private network."""

from __future__ import annotations

from itertools import pairwise

from souk.provisioning.reconciler.private import pair


def test_who_led_has_the_address_that_it_had_when_it_followed() -> None:
    names = [f"pg-abc-{number}" for number in range(1, 600)]
    pairs = [pair(leader, follower) for leader, follower in pairwise(names)]
    assert all(before[1] == after[0] for before, after in pairwise(pairs))
    assert all(leader != follower for leader, follower in pairs)
    assert len({address for each in pairs for address in each}) == 230


def test_two_whose_numbers_lie_a_round_apart_share_none() -> None:
    leader, follower = pair("pg-abc-1", "pg-abc-231")
    assert leader != follower
