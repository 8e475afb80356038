"""Own names of a web service: they lead to it, are proved by that, and its machine gets certificates for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.support.dns import Zone, zone
from tests.support.example import EXAMPLE
from tests.support.following import catch_up
from tests.support.killing import run_until_killed, stride
from tests.support.naming import Keeper
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.monitoring.alerts.facts import facts
from souk.provisioning import commands, errors
from souk.provisioning.contract import Certified
from souk.provisioning.models import Endpoint, OwnName
from souk.provisioning.own_names import OwnNameRow, own_names, web_names
from souk.provisioning.queries import operations
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites

NAME, WWW = "atelier.example.ma", "www.atelier.example.ma"


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    made = Keeper()
    monkeypatch.setattr(EXAMPLE, "domains", made, raising=False)
    return made


@pytest.fixture
def dns(settings: Any) -> Iterator[Zone]:
    with zone() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


@pytest.fixture
def acme(settings: Any) -> None:
    settings.ACME = {**settings.ACME, "directory": "https://acme.example/directory"}


@pytest.fixture
def instance(keeper: Keeper, place: Ground, buyer: Customer) -> UUID:
    """A web service with a public address."""
    (site,) = sites()
    commands.add_range(operator(), site.id, "203.0.113.0/28")
    made = order(buyer)
    _settle(place)
    commands.give_address(buyer.scope, made)
    _settle(place)
    return made


def _settle(place: Ground) -> None:
    for _ in range(3):
        forget_leases()
        work(place, rounds=100)


def _look(place: Ground) -> None:
    """Let every look at a name fall due."""
    with acting(System("test")):
        OwnName.objects.filter(look_at__isnull=False).update(look_at=clock.now())
    _settle(place)


def _public(instance: UUID) -> str:
    with acting(System("test")):
        return str(Endpoint.objects.values_list("public_address", flat=True).get(instance_id=instance))


def _row(buyer: Customer, instance: UUID, name: str = NAME) -> OwnNameRow:
    return next(row for row in own_names(buyer.scope, instance) if row.ascii == name)


def _led(dns: Zone, place: Ground, buyer: Customer, instance: UUID, *names: str) -> None:
    """Have names that lead to the service."""
    dns.publish({}, [(name, _public(instance)) for name in names])
    for name in names:
        commands.add_name(buyer.scope, instance, name)
    _settle(place)


def _in(days: float) -> datetime:
    return clock.now() + timedelta(days=days)


def test_a_name_that_leads_to_the_services_public_address_is_proved_by_itself_and_asked_a_certificate_for(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper, acme: None
) -> None:
    commands.add_name(buyer.scope, instance, NAME)
    _settle(place)
    assert (_row(buyer, instance).state, _row(buyer, instance).leads) == ("pending", "nowhere")
    dns.publish({}, [(NAME, _public(instance))])
    _look(place)
    row = _row(buyer, instance)
    assert (row.state, row.leads, row.certificate) == ("ready", "here", "asked")
    assert (list(keeper.last.names), list(keeper.last.certify)) == ([NAME], [NAME])
    assert keeper.last.server is not None
    assert keeper.last.server.directory == "https://acme.example/directory"
    keeper.answers[NAME] = Certified(NAME, until=_in(90))
    _look(place)
    assert _row(buyer, instance).certificate == "valid"


def test_without_an_acme_server_the_name_shows_the_services_own_certificate(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper
) -> None:
    _led(dns, place, buyer, instance, NAME)
    assert (_row(buyer, instance).state, _row(buyer, instance).certificate) == ("ready", "own")
    assert keeper.last.server is None
    assert not web_names(buyer.scope, instance).issuer


@pytest.mark.parametrize(
    ("records", "leads"),
    [
        ([(NAME, "198.51.100.7")], "elsewhere"),
        ([(NAME, "PUBLIC"), (NAME, "198.51.100.7")], "elsewhere"),
        ([(NAME, "PUBLIC"), (NAME, "2001:db8::7")], "split"),
        ([], "nowhere"),
    ],
)
def test_a_name_that_leads_elsewhere_too_is_told_so_and_not_proved(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, records: list[tuple[str, str]], leads: str
) -> None:
    public = _public(instance)
    dns.publish({}, [(name, address.replace("PUBLIC", public)) for name, address in records])
    commands.add_name(buyer.scope, instance, NAME)
    _settle(place)
    row = _row(buyer, instance)
    assert (row.state, row.leads) == ("pending", leads)
    assert set(row.found) == {address.replace("PUBLIC", public) for _, address in records}


def test_a_private_address_proves_nothing(dns: Zone, keeper: Keeper, place: Ground, buyer: Customer) -> None:
    made = order(buyer)
    _settle(place)
    with acting(System("test")):
        address = Endpoint.objects.values_list("address", flat=True).get(instance_id=made)
    dns.publish({}, [(NAME, address)])
    commands.add_name(buyer.scope, made, NAME)
    _settle(place)
    assert (_row(buyer, made).state, _row(buyer, made).leads) == ("pending", "here")
    commands.prove_name(buyer.scope, made, NAME)
    _settle(place)
    assert operations(buyer.scope, made)[0].state == "failed"


def test_a_dns_that_is_silent_for_a_while_changes_nothing_of_a_name_that_works(
    dns: Zone,
    place: Ground,
    buyer: Customer,
    instance: UUID,
    keeper: Keeper,
    acme: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _led(dns, place, buyer, instance, NAME)
    keeper.answers[NAME] = Certified(NAME, until=_in(90))
    _look(place)
    monkeypatch.setattr("souk.provisioning.reconciler.domains._WITHIN", 0.3)
    dns.stop()
    _look(place)
    row = _row(buyer, instance)
    assert (row.leads, row.strayed_at, row.certificate) == ("silent", None, "valid")
    assert list(keeper.last.certify) == [NAME]


def test_a_name_that_strays_is_told_of_keeps_what_it_has_and_is_asked_nothing_for(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper, acme: None
) -> None:
    _led(dns, place, buyer, instance, NAME)
    dns.publish({}, [(NAME, "198.51.100.7")])
    _look(place)
    row = _row(buyer, instance)
    assert (row.state, row.leads) == ("ready", "elsewhere")
    assert row.strayed_at is not None
    assert (list(keeper.last.names), list(keeper.last.certify)) == ([NAME], [])
    dns.publish({}, [(NAME, _public(instance))])
    _look(place)
    assert _row(buyer, instance).strayed_at is None
    assert list(keeper.last.certify) == [NAME]


def test_a_refusal_is_told_with_its_reason_and_next_try_and_tried_again_when_it_is_checked(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper, acme: None
) -> None:
    _led(dns, place, buyer, instance, NAME)
    later = _in(0.1)
    keeper.answers[NAME] = Certified(NAME, reason="caa", trouble="CAA record forbids issuance", next_try=later)
    _look(place)
    row = _row(buyer, instance)
    assert (row.certificate, row.reason, row.trouble) == ("failed", "caa", "CAA record forbids issuance")
    assert row.next_try_at == later
    commands.prove_name(buyer.scope, instance, NAME)
    _settle(place)
    assert keeper.again == [NAME]
    assert operations(buyer.scope, instance)[0].state == "succeeded"


def test_of_two_tenants_who_name_one_name_the_one_has_it_to_whom_it_leads_until_the_other_proves_it_by_text(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper, acme: None
) -> None:
    stranger = customer("Autre SARL")
    theirs = order(stranger, "ventes")
    _settle(place)
    commands.give_address(stranger.scope, theirs)
    commands.add_name(stranger.scope, theirs, NAME)
    _led(dns, place, buyer, instance, NAME)
    _look(place)
    assert _row(buyer, instance).state == "ready"
    assert (_row(stranger, theirs).state, _row(stranger, theirs).leads) == ("pending", "elsewhere")
    # An address that was somebody's before proves nothing against who has the name.
    dns.publish({}, [(NAME, _public(theirs))])
    _look(place)
    commands.prove_name(stranger.scope, theirs, NAME)
    _settle(place)
    assert "Another service has this name" in operations(stranger.scope, theirs)[0].trouble
    assert (_row(buyer, instance).state, _row(stranger, theirs).state) == ("ready", "pending")
    row = _row(stranger, theirs)
    dns.publish({row.record: row.text}, [(NAME, _public(theirs))])
    commands.prove_name(stranger.scope, theirs, NAME)
    _settle(place)
    _look(place)
    assert own_names(buyer.scope, instance) == []
    assert (_row(stranger, theirs).state, _row(stranger, theirs).leads) == ("ready", "here")


def test_one_name_is_chosen_as_the_main_one_and_the_machine_is_told_how_to_answer(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper
) -> None:
    _led(dns, place, buyer, instance, NAME, WWW)
    assert (keeper.last.main, keeper.last.https_only, keeper.last.hsts) == ("", True, False)
    commands.arrange_names(buyer.scope, instance, WWW, https_only=True, hsts=True)
    assert web_names(buyer.scope, instance).changing
    _settle(place)
    assert (keeper.last.main, keeper.last.https_only, keeper.last.hsts) == (WWW, True, True)
    assert [row.ascii for row in own_names(buyer.scope, instance) if row.main] == [WWW]
    commands.remove_name(buyer.scope, instance, WWW)
    _settle(place)
    assert (keeper.last.main, list(keeper.last.names)) == ("", [NAME])
    assert web_names(buyer.scope, instance).main == ""


def test_a_choice_that_makes_no_sense_is_refused(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.add_name(buyer.scope, instance, NAME)
    with pytest.raises(errors.NotAmongDomains):
        commands.arrange_names(buyer.scope, instance, NAME, https_only=True, hsts=False)
    with pytest.raises(errors.StrictWithoutHttps):
        commands.arrange_names(buyer.scope, instance, "", https_only=False, hsts=True)
    for number in (1, 2):
        commands.add_name(buyer.scope, instance, f"n{number}.example.ma")
    with pytest.raises(errors.TooManyDomains):
        commands.add_name(buyer.scope, instance, "n3.example.ma")
    monkeypatch.setattr(EXAMPLE, "domains", None)
    with pytest.raises(errors.NoWebNames):
        commands.arrange_names(buyer.scope, instance, "", https_only=True, hsts=False)


def test_alerts_tell_of_a_name_that_strayed_and_of_a_certificate_that_is_not_renewed(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper, acme: None
) -> None:
    _led(dns, place, buyer, instance, NAME)
    catch_up()

    def values() -> dict[str, float]:
        with acting(System("test")):
            return next(each.values for each in facts(clock.now()) if each.instance == instance)

    keeper.answers[NAME] = Certified(NAME, until=_in(20))
    _look(place)
    assert (values()["name_certificate"], values()["name_strayed"]) == (365, 0)
    keeper.answers[NAME] = Certified(NAME, until=_in(20), reason="unreachable", trouble="no answer", next_try=_in(1))
    _look(place)
    assert 19 < values()["name_certificate"] < 20
    dns.publish({}, [(NAME, "198.51.100.7")])
    _look(place)
    with acting(System("test")):
        OwnName.objects.filter(instance_id=instance).update(strayed_at=_in(-1))
    assert values()["name_strayed"] >= 24


def test_killed_at_every_boundary_a_name_is_proved_arranged_and_removed(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, keeper: Keeper, engine: MemoryEngine, acme: None
) -> None:
    dns.publish({}, [(NAME, _public(instance))])
    at = 0
    while True:
        at += stride(3)
        commands.add_name(buyer.scope, instance, NAME)
        crossed = run_until_killed(place, engine, at, work).crossed
        _look(place)
        assert (list(keeper.last.names), list(keeper.last.certify)) == ([NAME], [NAME])
        commands.arrange_names(buyer.scope, instance, NAME, https_only=True, hsts=True)
        crossed = max(crossed, run_until_killed(place, engine, at, work).crossed)
        _settle(place)
        assert keeper.last.hsts
        commands.remove_name(buyer.scope, instance, NAME)
        crossed = max(crossed, run_until_killed(place, engine, at, work).crossed)
        _settle(place)
        assert list(keeper.last.names) == []
        assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}
        if crossed < at:
            break
    assert at > 5
