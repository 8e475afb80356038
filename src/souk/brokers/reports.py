"""Use that vendors report: signed by the broker's key, taken once, within bounds of time and of what was sold."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction

from souk.brokers import errors
from souk.brokers.commands.registering import usage_context
from souk.brokers.models import Broker, BrokeredService
from souk.kernel import clock, events, secrets
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.metering import commands as metering
from souk.metering.commands import Reported
from souk.ordering.queries import meters_of

LARGEST = 64 * 1024
"""Bytes of a report."""

DAYS = 7
"""How old use may be when it is reported."""

SKEW = timedelta(minutes=5)
"""How far a vendor's clock may be from ours."""

_SYSTEM = System("brokers")


class Report(msgspec.Struct, forbid_unknown_fields=True):
    """What a vendor says: so many units of a meter, by a service (the id under which it was provisioned), in a time."""

    id: str
    service: UUID
    meter: str
    quantity: Decimal
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Taken:
    """What came of a report: `repeated` if it had been taken before."""

    id: str
    repeated: bool


def take(broker: UUID, body: bytes, signature: str) -> Taken:
    """Take a report. The same one may come again: it counts once.

    Raises:
        NotFound, ReportTooLarge, NoUsageKey, SignatureMissing, SignatureWrong, SignatureOld, ReportMalformed,
        ReportUnknownService, ReportUnknownMeter, ReportLate, ReportAhead, ReportOutside, ReportOverlaps,
        ReportChanged.
    """
    if len(body) > LARGEST:
        raise errors.ReportTooLarge(most=LARGEST)
    with acting(_SYSTEM):
        row = Broker.objects.filter(id=broker, removed_at__isnull=True).first()
        if row is None:
            raise NotFound
        _signed(row, body, signature)
        report = _read(body)
        return _keep(row, report, hashlib.sha256(body).hexdigest())


def _keep(row: Broker, report: Report, digest: str) -> Taken:
    known = metering.reported(row.id, report.id)
    if known is not None:
        if known != digest:
            raise errors.ReportChanged(id=report.id)
        return Taken(report.id, True)
    of = BrokeredService.objects.filter(broker=row, key=report.service).first()
    if of is None:
        raise errors.ReportUnknownService(service=report.service)
    _in_time(report)
    meters, started, ended = meters_of(_SYSTEM, of.instance_id)
    if report.meter not in meters:
        raise errors.ReportUnknownMeter(meter=report.meter, service=report.service)
    if started is None or report.since < started or ended is not None:
        raise errors.ReportOutside(service=report.service, until=report.until.isoformat())
    try:
        with transaction.atomic():
            metering.take_report(
                Reported(
                    of.organization_id,
                    of.instance_id,
                    report.meter,
                    report.quantity,
                    report.since,
                    report.until,
                    row.id,
                    report.id,
                    digest,
                )
            )
    except IntegrityError as error:
        if "reported_usage_once" in str(error):
            # The same one, at the same moment: it says what came of it when it comes again.
            raise errors.ReportChanged(id=report.id) from error
        raise errors.ReportOverlaps(meter=report.meter, service=report.service) from error
    events.record(
        "usage.reported",
        ("service", of.instance_id),
        organization=of.organization_id,
        data={"broker": str(row.id), "report": report.id, "meter": report.meter, "quantity": str(report.quantity)},
    )
    return Taken(report.id, False)


def _signed(row: Broker, body: bytes, signature: str) -> None:
    told = dict(part.partition("=")[::2] for part in signature.split(","))
    at, given = told.get("t", ""), told.get("v1", "")
    if not at.isdecimal() or len(at) > 12 or not given:
        raise errors.SignatureMissing
    signed = f"{at}.".encode() + body
    if not (_by_key(row, signed, given) if row.usage_key else _by_secret(row, signed, given)):
        raise errors.SignatureWrong
    now = clock.now()
    if abs(now.timestamp() - int(at)) > SKEW.total_seconds():
        when = datetime.fromtimestamp(int(at), UTC)
        raise errors.SignatureOld(at=when.isoformat(), now=now.isoformat(timespec="seconds"))


def _by_key(row: Broker, signed: bytes, given: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(row.usage_key)).verify(bytes.fromhex(given), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _by_secret(row: Broker, signed: bytes, given: str) -> bool:
    if row.sealed_usage_secret is None:
        raise errors.NoUsageKey
    secret = secrets.ring("identity").open(bytes(row.sealed_usage_secret), usage_context(row.id))
    return hmac.compare_digest(hmac.new(secret, signed, hashlib.sha256).hexdigest().encode(), given.encode())


def _read(body: bytes) -> Report:
    try:
        report = msgspec.json.decode(body, type=Report)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise errors.ReportMalformed(fault=str(error)[:200]) from None
    if not 1 <= len(report.id) <= 100 or not report.id.isprintable():
        raise errors.ReportMalformed(fault="id")
    bounded = report.quantity.is_finite() and 0 <= report.quantity < Decimal(10) ** 12
    if not bounded or report.quantity != report.quantity.quantize(Decimal("0.000001")):
        raise errors.ReportMalformed(fault="quantity")
    if report.since.tzinfo is None or report.until.tzinfo is None or report.since >= report.until:
        raise errors.ReportMalformed(fault="since, until")
    return report


def _in_time(report: Report) -> None:
    now = clock.now()
    if report.until > now + SKEW:
        raise errors.ReportAhead(until=report.until.isoformat())
    if report.until < now - timedelta(days=DAYS):
        raise errors.ReportLate(until=report.until.isoformat(), days=DAYS)
