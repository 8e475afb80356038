"""Pages of a load balancer: the order, its pools with members that are well and others that are not, and the forms."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import LOOKS, check
from tests.browser.console.world import sign_in
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer

from souk.blueprints.loadbalancer import BLUEPRINT
from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering.queries import order
from souk.provisioning import balancing, commands, registry
from souk.provisioning.contract import CheckResult, Health, MemberSeen, MemberStanding
from souk.settings.seeds import seed

pytestmark = pytest.mark.browser
LONG = "boutique-en-ligne-de-la-coopérative-de-Témara"
NAMES = (LONG, "متجر", "api", "parti")


@pytest.fixture
def engine(own_database: str) -> Iterator[MemoryEngine]:
    """An engine whose machines let themselves be configured, and a market that has load balancers."""
    made = MemoryEngine()
    made.guest.programs["/usr/lib/souk/configure"] = lambda _arguments, _stdin: Execution(0, "{}", "")
    kinds = {"example": EXAMPLE, "loadbalancer": BLUEPRINT}
    with (
        mock.patch.object(registry, "blueprints", return_value=kinds),
        mock.patch.object(BLUEPRINT, "probe", return_value=Health(ok=True)),
        mock.patch.object(BLUEPRINT, "domains", None),
        mock.patch.object(BLUEPRINT, "succession", None),
    ):
        seed()
        yield made


def _balancer(engine: MemoryEngine, folder: Path, buyer: Customer, name: str, *, used: bool) -> UUID:
    """A load balancer; one that is in use has members in every state."""
    place = reconciling.ground(folder, engine)
    details = ordering.OrderDetails(
        buyer.organization, "public", "load-balancer", "m", "ma-temara", name, {}, network="default"
    )
    instance = order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    reconciling.work(place)
    if not used:
        return instance
    made = {each: reconciling.order(buyer, each) for each in NAMES}
    for each in made.values():
        commands.attach_instance(buyer.scope, each)
    reconciling.settle(place)
    for each in NAMES:
        commands.add_member(buyer.scope, instance, "web", service=each, port=8080, weight=100)
    reconciling.settle(place)
    commands.change_member(buyer.scope, instance, "web", "api:8080", mode="draining")
    commands.detach_instance(buyer.scope, made["parti"])
    reconciling.settle(place)
    ago = clock.now() - timedelta(hours=3)
    seen = [
        MemberSeen("web", f"{LONG}:8080", MemberStanding.UP, ago, CheckResult.ANSWERED, 200, 1_234_567, 0, 12),
        MemberSeen("web", "متجر:8080", MemberStanding.DOWN, ago, CheckResult.STATUS, 503, 4_321, 17),
        MemberSeen("web", "api:8080", MemberStanding.UP, ago, CheckResult.ANSWERED, 200, 99, 0),
    ]
    with acting(System("test")):
        balancing.note(instance, buyer.organization, seen)
    return instance


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_a_load_balancers_pages_are_accessible_and_fit(
    console: str, engine: MemoryEngine, open_page: OpenPage, tmp_path: Path, language: str, theme: str, width: int
) -> None:
    buyer = customer()
    used = _balancer(engine, tmp_path, buyer, "devant-la-boutique-de-Témara", used=True)
    new = _balancer(engine, tmp_path, buyer, "nouveau", used=False)
    visit = open_page(language, theme, width)
    sign_in(visit, console, buyer.email)
    pages = {
        "offer": "/market/load-balancer/",
        "order": "/market/load-balancer/order/",
        "service": f"/services/{used}/",
        "pools": f"/services/{used}/pools/",
        "pools-new": f"/services/{new}/pools/",
        "pool": f"/services/{used}/pools/web/",
        "pool-more": f"/services/{used}/pools/new/",
        "member": f"/services/{used}/pools/web/members/",
        "listener": f"/services/{used}/listeners/443/",
    }
    for name, address in pages.items():
        page = visit.go(console + address)
        if folder := os.environ.get("SOUK_PICTURES"):
            page.screenshot(path=f"{folder}/balancer-{name}-{language}-{width}.png", full_page=True)
        check(page, language)
    assert visit.complaints == []
