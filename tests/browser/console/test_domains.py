"""The page of a web site's domains: where each leads, what to do about it, its certificate, and what is chosen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.browser.conftest import OpenPage
from tests.browser.console.test_every_page import LOOKS, check
from tests.browser.console.world import sign_in
from tests.support import reconciling
from tests.support.dns import zone
from tests.support.example import EXAMPLE
from tests.support.naming import Keeper
from tests.support.world import Customer, customer, operator

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning import commands
from souk.provisioning.models import Endpoint, OwnName
from souk.provisioning.own_names import own_names
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites

pytestmark = pytest.mark.browser
LONG = "archives-de-la-comptabilite-et-des-factures-numerisees.societe-a-responsabilite.example.ma"


@pytest.fixture
def buyer(own_database: str) -> Customer:
    return customer()


@pytest.fixture
def place(buyer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Ground]:
    """A site that gives out public addresses, whose services are web services."""
    keeper = Keeper()
    keeper.most = 20
    monkeypatch.setattr(EXAMPLE, "domains", keeper, raising=False)
    (site,) = sites()
    commands.add_range(operator(), site.id, "203.0.113.0/28")
    with zone() as dns:
        settings.DNS_RESOLVERS = [dns.address]
        yield reconciling.ground(tmp_path)


def _settle(place: Ground) -> None:
    for _ in range(3):
        reconciling.forget_leases()
        reconciling.work(place, rounds=100)


def _named(place: Ground, buyer: Customer, service: UUID) -> None:
    """A name in each of the states that there are."""
    now = clock.now()
    with acting(System("test")):
        public = Endpoint.objects.values_list("public_address", flat=True).get(instance_id=service)
    here: dict[str, Any] = {"proved_at": now, "leads": "here", "found": [public]}
    refused: dict[str, Any] = {
        "next_try_at": now + timedelta(hours=2),
        "certificate_trouble": "CAA record for x",
        **here,
    }
    states: dict[str, dict[str, Any]] = {
        "atelier.example.ma": {**here, "certified_until": now + timedelta(days=80)},
        "www.atelier.example.ma": {**here, "certified_until": now + timedelta(days=9), "certificate_reason": "caa"},
        "موقع.شبكة": {**here},
        LONG: {**refused, "certificate_reason": "caa"},
        "ailleurs.example.ma": {"leads": "elsewhere", "found": ["198.51.100.7", "198.51.100.8"]},
        "six.example.ma": {"leads": "split", "found": [public, "2001:db8::7"]},
        "nouveau.example.ma": {"leads": "nowhere"},
        "pris.example.ma": {"leads": "here", "found": [public]},
    }
    states["www.atelier.example.ma"] = {**refused, **states["www.atelier.example.ma"]}
    for name in states:
        commands.add_name(buyer.scope, service, name)
    for row in own_names(buyer.scope, service):
        with acting(System("test")):
            OwnName.objects.filter(instance_id=service, name=row.ascii).update(
                looked_at=now, look_at=now + timedelta(days=1), **states[row.name]
            )
    commands.arrange_names(buyer.scope, service, "atelier.example.ma", https_only=True, hsts=True)
    _settle(place)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_domains_in_every_state_are_readable_on_every_screen(
    console: str,
    open_page: OpenPage,
    place: Ground,
    buyer: Customer,
    settings: Any,
    language: str,
    theme: str,
    width: int,
) -> None:
    empty, full = reconciling.order(buyer, "vide"), reconciling.order(buyer, "atelier")
    _settle(place)
    commands.give_address(buyer.scope, full)
    _settle(place)
    _named(place, buyer, full)
    settings.ACME = {**settings.ACME, "directory": "https://acme.example/dir"}
    visit = open_page(language, theme, width)
    sign_in(visit, console, buyer.email)
    for service in (empty, full):
        page = visit.go(f"{console}/services/{service}/names/")
        if folder := os.environ.get("SOUK_PICTURES"):
            kind = "empty" if service == empty else "full"
            page.screenshot(path=f"{folder}/domains-{kind}-{language}-{width}.png", full_page=True)
        check(page, language)
    assert page.locator(".sk-card").count() >= 10
    settings.ACME = {**settings.ACME, "directory": ""}
    check(visit.go(f"{console}/services/{full}/names/"), language)
    assert visit.complaints == []
