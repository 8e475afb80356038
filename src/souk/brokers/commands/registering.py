"""Brokers registered, changed, looked at and removed by their vendors."""

from __future__ import annotations

import base64
import binascii
import re
import secrets as random_secrets
from dataclasses import dataclass, field
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from souk.brokers import errors, intake, queries, speaking
from souk.brokers.models import Auth, Broker, BrokeredService, Phase
from souk.kernel import clock, events, secrets
from souk.kernel.errors import NotFound
from souk.kernel.meanwhile import unchanged
from souk.kernel.outside import Refused
from souk.kernel.scope import Scope, System, acting
from souk.parties.access import CAN_ADMINISTER, need

MOST_BROKERS = 10
LONGEST_SECRET = 16_384
_KEY_BYTES = 32
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class BrokerDetails:
    """A broker as its vendor describes it. `secret` is the password, the token, or the client's certificate and key in
    PEM; empty, with a change, it stays.
    """

    name: str
    url: str
    auth: str
    username: str = ""
    secret: str = field(default="", repr=False)
    authority: str = ""


def register_broker(scope: Scope, organization: UUID, details: BrokerDetails) -> UUID:
    """Register a vendor's broker; it is looked at within seconds. Returns the broker.

    Raises:
        NotFound, RoleTooLow, InvalidBrokerName, UrlRefused, InvalidSecret, InvalidAuthority, BrokerNameTaken,
        TooManyBrokers, NotReady.
    """
    with acting(scope):
        need(scope, organization, CAN_ADMINISTER, grant="organization")
        known = Broker.objects.filter(organization_id=organization, removed_at__isnull=True)
        if known.count() >= MOST_BROKERS:
            raise errors.TooManyBrokers(most=MOST_BROKERS)
        clean = _clean(details)
        _fits(clean)
        now = clock.now()
        row = Broker(organization_id=organization, created_at=now, visit_at=now)
        _say(row, clean)
        _save(row)
        _tell(row, "broker.registered")
    return row.id


def change_broker(scope: Scope, broker: UUID, details: BrokerDetails, *, seen: str = "") -> None:
    """Describe a broker anew; it is looked at within seconds. What was ordered from it is asked for there from now on.
    `seen` is the mark of the description that the caller saw.

    Raises:
        NotFound, RoleTooLow, InvalidBrokerName, UrlRefused, InvalidSecret, InvalidAuthority, BrokerNameTaken, NotReady,
        ChangedMeanwhile.
    """
    with acting(scope):
        row = own(scope, broker)
        unchanged(seen, queries.broker(scope, broker).described)
        clean = _clean(details)
        # A secret that was meant for one address, or to be used in one way, is never sent to another.
        if clean.secret or (clean.auth, clean.url, clean.username) != (row.auth, row.url, row.username):
            _fits(clean)
        row.visit_at, row.failures, row.open_until = clock.now(), 0, None
        _say(row, clean)
        _save(row)
        _tell(row, "broker.changed")


def try_broker(scope: Scope, broker: UUID) -> None:
    """Have a broker looked at now, by the worker; what it found is on the broker's page.

    Raises:
        NotFound, RoleTooLow.
    """
    with acting(scope):
        row = own(scope, broker)
        row.visit_at = clock.now()
        row.save(update_fields=["visit_at"])


def remove_broker(scope: Scope, broker: UUID) -> None:
    """Forget a broker, once nothing that was ordered from it is left.

    Raises:
        NotFound, RoleTooLow, BrokerSells.
    """
    with acting(scope):
        row = own(scope, broker)
        left = _left(row)
        if left:
            raise errors.BrokerSells(name=row.name, count=left)
        from souk.brokers.commands.publishing import stop_all

        stop_all(scope, row)
        row.removed_at, row.closed_secret, row.sealed_usage_secret = clock.now(), b"", None
        row.save(update_fields=["removed_at", "closed_secret", "sealed_usage_secret"])
        _tell(row, "broker.removed")


def register_usage_key(scope: Scope, broker: UUID, key: str = "") -> str:
    """Let usage reports be signed with an Ed25519 key from now on, whose public half is given in base64; or, without
    one, with a secret (HMAC-SHA256) that is returned, and never shown again. The one before holds no more.

    Raises:
        NotFound, RoleTooLow, InvalidUsageKey.
    """
    with acting(scope):
        row = own(scope, broker)
        secret = ""
        if key:
            row.usage_key, row.sealed_usage_secret = _public(key), None
        else:
            secret = random_secrets.token_urlsafe(32)
            sealed = secrets.ring("identity").seal(secret.encode(), usage_context(row.id))
            row.usage_key, row.sealed_usage_secret = "", sealed
        row.save(update_fields=["usage_key", "sealed_usage_secret"])
        _tell(row, "broker.usage_key_registered")
    return secret


def usage_context(broker: UUID) -> str:
    """What a broker's secret for usage reports is sealed for."""
    return f"broker:{broker}:usage"


def own(scope: Scope, broker: UUID) -> Broker:
    """A broker that the caller administers, locked until the transaction ends.

    Raises:
        NotFound, RoleTooLow.
    """
    row = Broker.objects.select_for_update().filter(id=broker, removed_at__isnull=True).first()
    if row is None:
        raise NotFound
    need(scope, row.organization_id, CAN_ADMINISTER, grant="organization")
    return row


def _left(row: Broker) -> int:
    """How many services of a broker's are there, whose ever they are."""
    with acting(System("brokers")):
        return BrokeredService.objects.filter(broker=row).exclude(phase__in=[Phase.GONE, Phase.REFUSED]).count()


def _say(row: Broker, details: BrokerDetails) -> None:
    row.name, row.url, row.auth = details.name, details.url, details.auth
    row.username, row.authority = details.username, details.authority
    if details.secret:
        row.closed_secret = intake.close(details.secret)


def _save(row: Broker) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "broker_name_once" in str(error):
            raise errors.BrokerNameTaken(name=row.name) from error
        raise


def _clean(details: BrokerDetails) -> BrokerDetails:
    name, url = " ".join(details.name.split()), details.url.strip().rstrip("/")
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise errors.InvalidBrokerName
    try:
        parts = speaking.bounds().checked(url)
        if len(url) > 300 or not url.isascii() or not url.isprintable() or parts.query:
            raise Refused("it is no https address")
    except Refused as refusal:
        raise errors.UrlRefused(why=gettext(str(refusal))) from None
    authority = details.authority.strip()
    if authority:
        _certificates(authority)
    username = details.username if details.auth == Auth.BASIC else ""
    return BrokerDetails(name, url, details.auth, username, details.secret.strip(), authority)


def _fits(details: BrokerDetails) -> None:
    """See that a secret is what its kind needs."""
    secret = details.secret
    if details.auth not in Auth.values or not secret or len(secret) > LONGEST_SECRET:
        raise errors.InvalidSecret
    if details.auth == Auth.CERTIFICATE:
        _client(secret)
        return
    lines = secret.isascii() and secret.isprintable()
    named = details.auth != Auth.BASIC or (0 < len(details.username) <= 255 and ":" not in details.username)
    if not lines or not named or not details.username.isprintable():
        raise errors.InvalidSecret


def _client(pem: str) -> None:
    found = _CERTIFICATE.search(pem)
    try:
        if found is None:
            raise ValueError
        certificate = x509.load_pem_x509_certificate(found[0].encode())
        key = load_pem_private_key(pem[pem.index("-----BEGIN", pem.index("PRIVATE KEY") - 30) :].encode(), None)
        if certificate.public_key() != key.public_key():
            raise ValueError
    except (ValueError, TypeError):
        raise errors.InvalidSecret from None


def _certificates(pem: str) -> None:
    try:
        if len(pem) > 65_536 or "PRIVATE KEY" in pem or not x509.load_pem_x509_certificates(pem.encode()):
            raise ValueError
    except ValueError:
        raise errors.InvalidAuthority from None


def _public(key: str) -> str:
    try:
        if len(base64.b64decode(key, validate=True)) != _KEY_BYTES:
            raise ValueError
    except (ValueError, binascii.Error):
        raise errors.InvalidUsageKey from None
    return key


def _tell(row: Broker, action: str) -> None:
    data = {"name": row.name, "url": row.url}
    events.record(action, ("broker", row.id), organization=row.organization_id, data=data)
