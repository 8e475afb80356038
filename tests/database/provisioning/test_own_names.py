"""Names of a customer's own: proved by a record in a real DNS server, then in the certificate, until removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from tests.support.crew import several_machines
from tests.support.dns import Zone, zone
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors
from souk.provisioning.models import Endpoint
from souk.provisioning.own_names import own_names
from souk.provisioning.queries import connection_of, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites


@pytest.fixture
def dns(settings: Any) -> Iterator[Zone]:
    with zone() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> UUID:
    made = order(buyer)
    _settle(place)
    return made


def _settle(place: Ground) -> None:
    for _ in range(2):
        forget_leases()
        work(place, rounds=100)


def _publish(dns: Zone, buyer: Customer, *instances: UUID) -> None:
    """Put every record in DNS that the services ask for."""
    dns.publish({row.record: row.text for each in instances for row in own_names(buyer.scope, each)})


def _prove(dns: Zone, place: Ground, buyer: Customer, instance: UUID, name: str = "db.example.ma") -> None:
    commands.add_name(buyer.scope, instance, name)
    _publish(dns, buyer, instance)
    commands.prove_name(buyer.scope, instance, name)
    _settle(place)


def _states(buyer: Customer, instance: UUID) -> dict[str, str]:
    return {row.name: row.state for row in own_names(buyer.scope, instance)}


def _certified(instance: UUID) -> list[str]:
    """The names in the certificate that the service has."""
    with acting(System("test")):
        text = Endpoint.objects.values_list("certificate", flat=True).get(instance_id=instance)
    found = x509.load_pem_x509_certificate(text.encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


def test_a_name_whose_record_is_published_gets_into_the_certificate_and_the_connections(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID
) -> None:
    hostname = service(buyer.scope, instance).hostname
    _prove(dns, place, buyer, instance)
    assert operations(buyer.scope, instance)[0].state == "succeeded"
    assert _states(buyer, instance) == {"db.example.ma": "ready"}
    assert _certified(instance) == [hostname, "db.example.ma"]
    (own,) = connection_of(buyer.scope, instance).own
    assert "db.example.ma" in own.uri


def test_a_name_in_arabic_is_shown_in_arabic_and_certified_in_what_dns_has(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID
) -> None:
    _prove(dns, place, buyer, instance, "قاعدة.شبكة")
    assert _states(buyer, instance) == {"قاعدة.شبكة": "ready"}
    assert _certified(instance)[1] == "xn--mgber3b4b.xn--ngbc5azd"


def test_without_the_record_or_with_another_text_nothing_is_proved_and_it_can_be_checked_again(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.add_name(buyer.scope, instance, "db.example.ma")
    for published in ({}, {"_souk-challenge.db.example.ma": "souk-verify=somebody-elses"}):
        dns.publish(published)
        commands.prove_name(buyer.scope, instance, "db.example.ma")
        _settle(place)
        failed = operations(buyer.scope, instance)[0]
        assert (failed.state, "not in DNS yet" in failed.trouble) == ("failed", True)
        assert _states(buyer, instance) == {"db.example.ma": "pending"}
    _publish(dns, buyer, instance)
    commands.prove_name(buyer.scope, instance, "db.example.ma")
    _settle(place)
    assert _states(buyer, instance) == {"db.example.ma": "ready"}


def test_a_dns_that_does_not_answer_is_told_apart(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("souk.provisioning.reconciler.domains._WITHIN", 0.5)
    commands.add_name(buyer.scope, instance, "db.example.ma")
    dns.stop()
    commands.prove_name(buyer.scope, instance, "db.example.ma")
    _settle(place)
    assert "no answer" in operations(buyer.scope, instance)[0].trouble


def test_a_removed_name_leaves_the_certificate(dns: Zone, place: Ground, buyer: Customer, instance: UUID) -> None:
    _prove(dns, place, buyer, instance)
    _prove(dns, place, buyer, instance, "autre.example.ma")
    assert _certified(instance)[1:] == ["autre.example.ma", "db.example.ma"]
    commands.remove_name(buyer.scope, instance, "db.example.ma")
    _settle(place)
    assert operations(buyer.scope, instance)[0].state == "succeeded"
    assert _certified(instance)[1:] == ["autre.example.ma"]
    assert _states(buyer, instance) == {"autre.example.ma": "ready"}


def test_another_customers_name_can_not_be_had_while_its_proof_is_in_dns_nor_does_asking_disturb_them(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID
) -> None:
    stranger = customer("Autre SARL")
    theirs = order(stranger, "ventes")
    commands.add_name(stranger.scope, theirs, "db.example.ma")
    _prove(dns, place, buyer, instance)
    certificate = _certified(instance)
    (mine,), (other,) = own_names(buyer.scope, instance), own_names(stranger.scope, theirs)
    for published, sentence in (((mine.text,), "not in DNS yet"), ((mine.text, other.text), "its own proof is still")):
        dns.publish({mine.record: published})
        commands.prove_name(stranger.scope, theirs, "db.example.ma")
        _settle(place)
        assert sentence in operations(stranger.scope, theirs)[0].trouble
        assert _certified(instance) == certificate


def test_a_name_is_had_by_whoever_controls_its_zone_now(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID
) -> None:
    stranger = customer("Autre SARL")
    theirs = order(stranger, "ventes")
    _prove(dns, place, buyer, instance)
    commands.add_name(stranger.scope, theirs, "DB.example.ma")
    dns.publish({row.record: row.text for row in own_names(stranger.scope, theirs)})
    commands.prove_name(stranger.scope, theirs, "db.example.ma")
    _settle(place)
    assert _certified(theirs)[1:] == ["db.example.ma"]
    assert _certified(instance)[1:] == []
    assert _states(buyer, instance) == {}


def test_a_name_is_free_once_its_service_is_erased(dns: Zone, place: Ground, buyer: Customer, instance: UUID) -> None:
    _prove(dns, place, buyer, instance)
    commands.erase_instance(buyer.scope, instance)
    _settle(place)
    theirs = order(buyer, "ventes")
    _prove(dns, place, buyer, theirs)
    assert _certified(theirs)[1:] == ["db.example.ma"]


def test_the_platforms_zone_one_twice_and_too_many_are_refused(place: Ground, buyer: Customer, instance: UUID) -> None:
    (site,) = sites()
    for name in (site.domain, f"pg-1.{site.domain}"):
        with pytest.raises((errors.PlatformsDomain, errors.InvalidDomain)):
            commands.add_name(buyer.scope, instance, name)
    commands.add_name(buyer.scope, instance, "n0.example.ma")
    with pytest.raises(errors.DomainThere):
        commands.add_name(buyer.scope, instance, "N0.example.ma")
    for number in range(1, 10):
        commands.add_name(buyer.scope, instance, f"n{number}.example.ma")
    with pytest.raises(errors.TooManyDomains):
        commands.add_name(buyer.scope, instance, "n10.example.ma")
    with pytest.raises(errors.DomainMissing):
        commands.prove_name(buyer.scope, instance, "n11.example.ma")


def test_a_zone_of_the_platforms_that_dns_knows_is_refused_too(
    place: Ground, buyer: Customer, instance: UUID, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["souk.example.ma", "127.0.0.1"]
    for name in ("souk.example.ma", "db.souk.example.ma"):
        with pytest.raises(errors.PlatformsDomain):
            commands.add_name(buyer.scope, instance, name)


def test_nobody_else_sees_or_changes_them(dns: Zone, place: Ground, buyer: Customer, instance: UUID) -> None:
    commands.add_name(buyer.scope, instance, "db.example.ma")
    stranger = customer("Autre SARL")
    for act in (own_names, lambda scope, of: commands.add_name(scope, of, "x.example.ma")):
        with pytest.raises(NotFound):
            act(stranger.scope, instance)
    for act in (commands.prove_name, commands.remove_name):
        with pytest.raises(NotFound):
            act(stranger.scope, instance, "db.example.ma")


def test_a_service_on_several_machines_has_them_too(
    dns: Zone, place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    with several_machines(engine):
        made = order(buyer, plan="h")
        _settle(place)
        _settle(place)
        _prove(dns, place, buyer, made)
        _settle(place)
        assert _states(buyer, made) == {"db.example.ma": "ready"}
        assert _certified(made)[1:] == ["db.example.ma"]


def test_killed_at_every_boundary_a_name_is_proved_and_removed(
    dns: Zone, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += stride(3)
        commands.add_name(buyer.scope, instance, "db.example.ma")
        _publish(dns, buyer, instance)
        commands.prove_name(buyer.scope, instance, "db.example.ma")
        crossed = run_until_killed(place, engine, at, work).crossed
        _settle(place)
        assert _certified(instance)[1:] == ["db.example.ma"]
        commands.remove_name(buyer.scope, instance, "db.example.ma")
        crossed = max(crossed, run_until_killed(place, engine, at, work).crossed)
        _settle(place)
        assert _certified(instance)[1:] == []
        assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}
        if crossed < at:
            break
    assert at > 5
