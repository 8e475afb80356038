"""A hundred power cuts of the machine that leads, with Souk as a witness and without: no acknowledged row is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import quantiles
from uuid import UUID

import pytest
from tests.engine.conftest import image, incus
from tests.engine.reconciler.conftest import Shop, shop_of_many
from tests.engine.reconciler.test_high_availability import leader, whole
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in
from tests.support.writing import Writer

from souk.provisioning.queries import service

__all__ = ["image", "incus", "shop_of_many"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]

POWER_CUTS = int(os.environ.get("SOUK_CHAOS_POWER_CUTS", "100"))
WITNESSED, STOCK = 10.0, 25.0
"""Seconds within which 95 of 100 outages are over: told by Souk, and by the members' own clocks."""


def test_a_hundred_power_cuts_lose_no_acknowledged_row(
    shop_of_many: Shop, record_property: Callable[[str, object], None]
) -> None:
    shop = shop_of_many
    shop.worker.start()
    scope = shop.buyer.scope
    instance = shop.order("compta", "s-ha")
    assert until(lambda: service(scope, instance).state == "ready"), shop.worker.log
    outages: dict[bool, list[float]] = {True: [], False: []}
    with signed_in(scope, instance) as options:
        with Writer(options) as writer:
            for number in range(POWER_CUTS):
                witnessed = number % 2 == 0
                assert until(lambda: whole(shop, instance), 120), shop.worker.log
                outages[witnessed].append(_cut(shop, instance, writer, witnessed=witnessed))
            assert until(lambda: whole(shop, instance), 120), shop.worker.log
        lost = writer.lost()
    record_property("power cuts", POWER_CUTS)
    record_property("rows acknowledged", len(writer.acknowledged))
    record_property("rows lost", len(lost))
    print(
        f"\n{POWER_CUTS} power cuts, {len(writer.acknowledged)} rows acknowledged, {len(lost)} lost"
        f" (at 95 %: a cut loses rows in less than {3 / POWER_CUTS:.1%} of cases); outages at the 95th percentile:"
        f" {_high(outages[True]):.1f} s with Souk as a witness, {_high(outages[False]):.1f} s without"
    )
    assert lost == set()
    assert _high(outages[True]) <= WITNESSED
    assert _high(outages[False]) <= STOCK


def _cut(shop: Shop, instance: UUID, writer: Writer, *, witnessed: bool) -> float:
    """Cut the leader's power; how long nothing could be written. Without a witness, Souk comes back after that."""
    told = len(writer.outages)
    led = leader(shop, instance)
    if not witnessed:
        shop.worker.kill()
    shop.engine.stop(led, force=True)
    assert until(lambda: len(writer.outages) > told, 60), shop.worker.log
    if not witnessed:
        shop.worker.start()
    return writer.outages[told]


def _high(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else max(values)
