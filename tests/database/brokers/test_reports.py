"""Use that vendors report: signed, once, of their own services, in time; and charged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from tests.support import selling
from tests.support.reconciling import settle
from tests.support.selling import Vendor, ordered
from tests.support.world import Customer

from souk.billing.queries import cost_so_far
from souk.brokers import commands, errors
from souk.kernel import clock
from souk.provisioning import commands as provisioning
from souk.provisioning.queries import service
from souk.provisioning.reconciler.converge import Ground


class Reporter:
    """A vendor's program that reports."""

    def __init__(self, seller: Customer, broker: UUID, key: UUID, began: datetime) -> None:
        self.seller, self.broker, self.key, self.began = seller, broker, key, began
        self.secret = commands.register_usage_key(seller.scope, broker)

    def report(self, **other: Any) -> dict[str, Any]:
        """Something true."""
        return {
            "id": "r-1",
            "service": str(self.key),
            "meter": "requests",
            "quantity": "1500.5",
            "since": (self.began + timedelta(seconds=1)).isoformat(),
            "until": (self.began + timedelta(seconds=61)).isoformat(),
            **other,
        }

    def sign(self, body: bytes, at: int) -> str:
        """As its secret says."""
        return hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()

    def post(self, report: Any, *, at: int | None = None, signature: str | None = None) -> Any:
        """Send it."""
        body = report if isinstance(report, bytes) else json.dumps(report).encode()
        moment = int(clock.now().timestamp()) if at is None else at
        told = f"t={moment},v1={self.sign(body, moment)}" if signature is None else signature
        return Client().post(
            f"/api/v1/brokers/{self.broker}/usage-reports",
            body,
            content_type="application/json",
            headers={"Souk-Signature": told, "Accept-Language": "en"},
        )


@pytest.fixture
def running(place: Ground, vendor: Vendor, buyer: Customer) -> tuple[Reporter, UUID]:
    """A store that has been sold with a meter, and who reports of it."""
    seller, broker = selling.sold(vendor, requests="0.01")
    instance = ordered(place, buyer)
    began = service(buyer.scope, instance).ready_at
    assert began is not None
    return Reporter(seller, broker, UUID(next(iter(vendor.instances))), began), instance


def refused(answer: Any, code: str) -> None:
    assert answer.json()["type"] == f"urn:souk:problem:{code}", answer.content


def test_what_is_reported_is_charged_once(running: tuple[Reporter, UUID], buyer: Customer) -> None:
    reporter, instance = running
    before = cost_so_far(buyer.scope, instance)
    first, second = (reporter.post(reporter.report()).json() for _ in range(2))
    assert (first["repeated"], second["repeated"]) == (False, True)
    after = cost_so_far(buyer.scope, instance)
    assert after.minor - before.minor in {1500, 1501}


def test_an_ed25519_key_signs_too(running: tuple[Reporter, UUID], vendor: Vendor) -> None:
    reporter, _ = running
    private = Ed25519PrivateKey.generate()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    with pytest.raises(errors.InvalidUsageKey):
        commands.register_usage_key(reporter.seller.scope, reporter.broker, "no key")
    commands.register_usage_key(reporter.seller.scope, reporter.broker, public)
    refused(reporter.post(reporter.report()), "signature-wrong")
    reporter.sign = lambda body, at: private.sign(f"{at}.".encode() + body).hex()
    assert reporter.post(reporter.report()).status_code == 200


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"service": str(uuid4())}, "report-unknown-service"),
        ({"meter": "egress"}, "report-unknown-meter"),
        ({"quantity": "-1"}, "report-malformed"),
        ({"quantity": "NaN"}, "report-malformed"),
        ({"quantity": "0.0000001"}, "report-malformed"),
        ({"id": ""}, "report-malformed"),
        ({"since": "2026-01-01T00:00:00"}, "report-malformed"),
        ({"extra": 1}, "report-malformed"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    running: tuple[Reporter, UUID], other: dict[str, Any], code: str
) -> None:
    reporter, _ = running
    refused(reporter.post(reporter.report(**other)), code)


def test_another_vendors_service_is_none_of_ours(running: tuple[Reporter, UUID], vendor: Vendor) -> None:
    reporter, _ = running
    seller, broker = selling.sold(vendor, "Autre vendeur", requests="9")
    thief = Reporter(seller, broker, reporter.key, reporter.began)
    refused(thief.post(thief.report()), "report-unknown-service")


def test_who_does_not_sign_well_is_refused(running: tuple[Reporter, UUID]) -> None:
    reporter, _ = running
    report, now = reporter.report(), int(clock.now().timestamp())
    refused(reporter.post(report, signature=""), "signature-missing")
    refused(reporter.post(report, signature=f"t={now},v1={'0' * 64}"), "signature-wrong")
    refused(reporter.post(report, signature=f"t={now},v1=é"), "signature-wrong")
    refused(reporter.post(report, at=now - 3600), "signature-old")
    signed = reporter.sign(json.dumps(report).encode(), now)
    refused(reporter.post(reporter.report(quantity="1"), signature=f"t={now},v1={signed}"), "signature-wrong")


def test_late_early_and_overlapping_use_is_refused(running: tuple[Reporter, UUID]) -> None:
    reporter, _ = running
    began = reporter.began
    ahead = (clock.now() + timedelta(hours=1)).isoformat()
    refused(reporter.post(reporter.report(until=ahead)), "report-ahead")
    refused(reporter.post(reporter.report(since=(began - timedelta(hours=1)).isoformat())), "report-outside")
    assert reporter.post(reporter.report()).status_code == 200
    refused(reporter.post(reporter.report(id="r-2")), "report-overlaps")
    refused(reporter.post(reporter.report(quantity="7")), "report-changed")
    with clock.at(clock.now() + timedelta(days=8)):
        refused(reporter.post(reporter.report(id="r-3")), "report-late")


def test_use_of_a_deleted_service_is_not_taken(running: tuple[Reporter, UUID], place: Ground, buyer: Customer) -> None:
    reporter, instance = running
    provisioning.delete_instance(buyer.scope, instance)
    settle(place)
    refused(reporter.post(reporter.report()), "report-outside")


def test_a_report_has_a_bound(running: tuple[Reporter, UUID]) -> None:
    reporter, _ = running
    refused(reporter.post(b"x" * 70_000), "report-too-large")
