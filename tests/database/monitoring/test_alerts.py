"""Alerts: what is judged, who is told, how often, and what an organization can change."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from tests.support.following import catch_up
from tests.support.observing import ExampleObserver
from tests.support.receiving import Receiver, receiver
from tests.support.reconciling import forget_leases, work
from tests.support.vault import vault
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.monitoring import errors, rounds
from souk.monitoring.alerts import commands, queries
from souk.monitoring.alerts.delivering import ATTEMPTS, deliver, forget
from souk.monitoring.alerts.evaluating import judge
from souk.monitoring.models import LastLook
from souk.monitoring.queries import incidents
from souk.provisioning import commands as provisioning
from souk.provisioning.contract import Health
from souk.provisioning.platform import ensure_storage
from souk.provisioning.reconciler.converge import Ground

GIB = 2**30


@pytest.fixture
def hook(settings: Any) -> Iterator[Receiver]:
    """Somewhere to send to, on this host."""
    settings.WEBHOOKS_IN_THE_CLEAR = True
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiver() as kept:
        yield kept


@pytest.fixture(autouse=True)
def letters(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def start(engine: MemoryEngine, instance: UUID) -> datetime:
    """When the service was first looked at."""
    rounds.take_round(engine)
    return clock.now()


def reconcile(place: Ground) -> None:
    for _ in range(2):
        forget_leases()
        work(place, rounds=100)


def uses(instance: UUID, disk: float, connections: float = 1) -> None:
    """What the last look tells: bytes on disk, and of a hundred connections how many are open."""
    with acting(System("test")):
        LastLook.objects.filter(instance_id=instance).update(vals=[0.0, 0.0, disk, 0.0, connections, 0.0])


def judged(start: datetime, *minutes: float) -> None:
    for each in minutes:
        with clock.at(start + timedelta(minutes=each)):
            judge()


def sent(start: datetime, minutes: float = 10) -> None:
    with clock.at(start + timedelta(minutes=minutes)):
        deliver(1)


def states(buyer: Customer, instance: UUID) -> list[tuple[str, str]]:
    return [(row.rule, row.state) for row in queries.alerts(buyer.scope, instance)]


def test_a_disk_that_stays_full_is_told_by_mail_in_two_languages_once(
    buyer: Customer, instance: UUID, start: datetime
) -> None:
    uses(instance, 9 * GIB)
    judged(start, 0, 1, 2)
    assert states(buyer, instance) == [("disk", "pending")]
    judged(start, 3, 4, 5)
    sent(start)
    assert states(buyer, instance) == [("disk", "firing")]
    (letter,) = mail.outbox
    assert letter.to == [buyer.email]
    assert letter.subject == "Alerte: compta – Le disque se remplit"
    assert "90\u00a0%" in letter.body
    assert "القرص" in letter.body


def test_a_resolved_alert_is_told_too(buyer: Customer, instance: UUID, start: datetime) -> None:
    uses(instance, 9 * GIB)
    judged(start, 0, 3)
    uses(instance, 1 * GIB)
    judged(start, 4, 6)
    assert states(buyer, instance) == [("disk", "resolved")]
    sent(start)
    assert [letter.subject.partition(":")[0] for letter in mail.outbox] == ["Alerte", "Résolue"]


def test_only_those_who_operate_get_letters(buyer: Customer, instance: UUID, start: datetime) -> None:
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("update parties_membership set role = 'billing' where person_id = %s", [buyer.person])
    uses(instance, 9 * GIB)
    judged(start, 0, 3)
    sent(start)
    assert mail.outbox == []


def test_a_service_that_does_not_answer_for_a_minute_is_an_alert(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, start: datetime
) -> None:
    observer.health = Health(False, "refused")
    with clock.at(start + timedelta(minutes=1)):
        rounds.take_round(engine)
    judged(start, 1.5)
    assert states(buyer, instance) == []
    judged(start, 2.1)
    assert states(buyer, instance) == [("no_answer", "firing")]


def test_a_certificate_that_ends_soon_is_an_alert(buyer: Customer, instance: UUID, start: datetime) -> None:
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("update provisioning_endpoint set certificate_expires_at = %s", [start + timedelta(days=13)])
    judged(start, 0)
    assert states(buyer, instance) == [("certificate", "firing")]


def test_a_service_whose_last_backup_is_too_old_is_an_alert_even_if_there_never_was_one(
    buyer: Customer, instance: UUID, start: datetime
) -> None:
    judged(start, 27 * 60)
    assert states(buyer, instance) == []
    with vault():
        ensure_storage()
        judged(start, 25 * 60)
        assert states(buyer, instance) == []
        judged(start, 27 * 60)
        assert states(buyer, instance) == [("backup_age", "firing")]


def test_a_backup_that_fails_its_proof_is_an_incident_and_an_alert_until_one_agrees(
    buyer: Customer, instance: UUID, start: datetime, place: Ground
) -> None:
    with vault() as kept:
        ensure_storage()
        reconcile(place)
        provisioning.back_up_instance(buyer.scope, instance)
        reconcile(place)
        kept.damaged = True
        provisioning.prove_backups(buyer.scope, instance)
        reconcile(place)
        catch_up()
        judged(start, 1)
        assert states(buyer, instance) == [("proofs", "firing")]
        (incident,) = incidents(buyer.scope, instance)
        assert (incident.cause, incident.ended_at is not None) == ("proof_failed", True)
        kept.damaged = False
        provisioning.prove_backups(buyer.scope, instance)
        reconcile(place)
        judged(start, 2, 5)
        assert states(buyer, instance) == [("proofs", "resolved")]


def test_a_value_that_is_not_told_changes_nothing(buyer: Customer, instance: UUID, start: datetime) -> None:
    uses(instance, 9 * GIB)
    judged(start, 0, 3)
    with acting(System("test")):
        LastLook.objects.update(vals=[None, None, None, None])
    judged(start, 4, 20)
    assert states(buyer, instance) == [("disk", "firing")]


def test_a_stopped_service_has_no_alert(buyer: Customer, instance: UUID, start: datetime) -> None:
    uses(instance, 9 * GIB)
    judged(start, 0, 3)
    provisioning.stop_instance(buyer.scope, instance)
    catch_up()
    judged(start, 4)
    assert states(buyer, instance) == [("disk", "resolved")]


def test_thresholds_can_be_changed_and_rules_switched_off(buyer: Customer, instance: UUID, start: datetime) -> None:
    uses(instance, 9 * GIB)
    commands.set_rule(buyer.scope, instance, "disk", 95, enabled=True)
    judged(start, 0, 3)
    assert states(buyer, instance) == []
    commands.set_rule(buyer.scope, instance, "disk", 50, enabled=True)
    judged(start, 4, 7)
    assert states(buyer, instance) == [("disk", "firing")]
    commands.set_rule(buyer.scope, instance, "disk", 50, enabled=False)
    judged(start, 8)
    assert states(buyer, instance) == [("disk", "resolved")]
    (disk,) = [row for row in queries.rules(buyer.scope, instance) if row.rule == "disk"]
    assert (disk.threshold, disk.standard, disk.enabled) == (50, 85, False)


@pytest.mark.parametrize("threshold", [0, -1, 101])
def test_a_threshold_that_makes_no_sense_is_refused(buyer: Customer, instance: UUID, threshold: float) -> None:
    with pytest.raises(errors.ThresholdOutOfRange):
        commands.set_rule(buyer.scope, instance, "disk", threshold, enabled=True)


def test_nobody_changes_somebody_elses_rules_or_webhooks(buyer: Customer, instance: UUID, hook: Receiver) -> None:
    other = customer("Autre SARL").scope
    made = commands.add_webhook(buyer.scope, buyer.organization, hook.url)
    with pytest.raises(NotFound):
        commands.set_rule(other, instance, "disk", 50, enabled=False)
    with pytest.raises(NotFound):
        commands.remove_webhook(other, made.id)
    with pytest.raises(NotFound):
        commands.add_webhook(other, buyer.organization, hook.url)
    assert queries.webhooks(other, buyer.organization) == []


def fired(buyer: Customer, instance: UUID, start: datetime, hook: Receiver) -> str:
    """A webhook and an alert to be told to it; returns the secret."""
    secret = commands.add_webhook(buyer.scope, buyer.organization, hook.url).secret
    uses(instance, 9 * GIB)
    judged(start, 0, 3)
    return secret


def test_a_webhook_gets_a_signed_message_that_its_secret_proves(
    buyer: Customer, instance: UUID, start: datetime, hook: Receiver
) -> None:
    secret = fired(buyer, instance, start, hook)
    sent(start)
    ((headers, body),) = hook.got
    (told,) = hook.bodies()
    assert (told["event"], told["rule"], told["value"]) == ("alert.firing", "disk", 90.0)
    assert told["service"] == {"id": str(instance), "name": "compta"}
    assert headers["Souk-Delivery"] == told["id"]
    at, _, given = headers["Souk-Signature"].partition(",v1=")
    signed = at.removeprefix("t=").encode() + b"." + body
    assert given == hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def test_what_was_not_taken_is_sent_again_under_the_same_id_later_and_later(
    buyer: Customer, instance: UUID, start: datetime, hook: Receiver
) -> None:
    fired(buyer, instance, start, hook)
    hook.statuses = [500, 302]
    for minutes in (3, 3.5, 4.1, 5, 6.2, 60):
        with clock.at(start + timedelta(minutes=minutes)):
            deliver(1)
    assert len(hook.got) == 3
    assert len({body["id"] for body in hook.bodies()}) == 1
    (row,) = queries.deliveries(buyer.scope, buyer.organization)
    assert (row.attempts, row.outcome, row.delivered_at is not None) == (3, "", True)


def test_after_a_day_it_is_given_up_and_says_why(
    buyer: Customer, instance: UUID, start: datetime, hook: Receiver
) -> None:
    fired(buyer, instance, start, hook)
    hook.statuses = [503] * 100
    for hours in range(48):
        with clock.at(start + timedelta(hours=hours + 1)):
            deliver(1)
    (row,) = queries.deliveries(buyer.scope, buyer.organization)
    assert (row.attempts, row.outcome, row.next_at) == (ATTEMPTS, "HTTP 503", None)


def test_a_delivery_whose_worker_died_is_sent_again(
    buyer: Customer, instance: UUID, start: datetime, hook: Receiver
) -> None:
    fired(buyer, instance, start, hook)

    def die(*given: Any) -> None:
        raise SystemExit

    with mock.patch("souk.monitoring.alerts.delivering._record", die), pytest.raises(SystemExit):
        sent(start)
    sent(start, 13)
    assert {body["id"] for body in hook.bodies()} == {hook.bodies()[0]["id"]}
    assert len(hook.got) == 2


def test_an_address_that_leads_inside_is_refused_when_it_is_named(buyer: Customer, instance: UUID) -> None:
    for url in ("https://10.0.0.1/", "http://example.com/", "no address"):
        with pytest.raises(errors.WebhookRefused):
            commands.add_webhook(buyer.scope, buyer.organization, url)


def test_an_organization_has_only_so_many_webhooks(buyer: Customer, instance: UUID) -> None:
    for number in range(commands.MOST_WEBHOOKS):
        commands.add_webhook(buyer.scope, buyer.organization, f"https://hook.example/{number}")
    with pytest.raises(errors.TooManyWebhooks):
        commands.add_webhook(buyer.scope, buyer.organization, "https://hook.example/one-more")


def test_a_removed_webhook_is_told_nothing_any_more(
    buyer: Customer, instance: UUID, start: datetime, hook: Receiver
) -> None:
    fired(buyer, instance, start, hook)
    (row,) = queries.webhooks(buyer.scope, buyer.organization)
    commands.remove_webhook(buyer.scope, row.id)
    sent(start)
    assert hook.got == []


def test_a_webhook_can_be_tried(buyer: Customer, instance: UUID, hook: Receiver) -> None:
    made = commands.add_webhook(buyer.scope, buyer.organization, hook.url)
    commands.try_webhook(buyer.scope, made.id)
    deliver(1)
    assert [body["event"] for body in hook.bodies()] == ["ping"]


def test_what_was_told_long_ago_is_forgotten(buyer: Customer, instance: UUID, start: datetime, hook: Receiver) -> None:
    fired(buyer, instance, start, hook)
    sent(start)
    with clock.at(start + timedelta(days=29)):
        assert forget() == 0
    with clock.at(start + timedelta(days=31)):
        assert forget() == 2
