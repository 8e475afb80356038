"""Who calls a broker: HTTP Basic, a project's id as the user and a token as the password."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import msgspec
from django.http import HttpRequest

from souk.doors.osb import errors
from souk.kernel.errors import NotFound
from souk.kernel.scope import Member
from souk.parties.access import by_token
from souk.parties.errors import NotSignedIn
from souk.parties.queries import project

_VERSION = re.compile(r"2\.(\d{1,3})")
_OLDEST = 13
"""Of the minor versions: the first with the fields that are told here. Later ones only add."""


@dataclass(frozen=True)
class Buyer:
    """The project that a platform orders for, and on whose behalf it says that it asks."""

    scope: Member
    organization: UUID
    project: UUID
    platform: str = ""
    identity: object = None


class BrokerRequest(HttpRequest):
    """A request whose buyer is known."""

    buyer: Buyer


def basic(request: HttpRequest) -> Buyer:
    """Authenticate, and see that both speak the same protocol.

    Raises:
        NotSignedIn, VersionRefused, Malformed.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise NotSignedIn
    try:
        user, _, token = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        identifier = UUID(user)
    except (binascii.Error, ValueError) as error:
        raise NotSignedIn from error
    scope = by_token(token).member
    organization = _owner(scope, identifier)
    spoken = _VERSION.fullmatch(request.headers.get("X-Broker-API-Version", "").strip())
    if spoken is None or int(spoken[1]) < _OLDEST:
        raise errors.VersionRefused
    buyer = Buyer(scope, organization, identifier, *_identity(request))
    cast(BrokerRequest, request).buyer = buyer
    return buyer


def _owner(scope: Member, identifier: UUID) -> UUID:
    try:
        found = project(scope, identifier)
    except NotFound as error:
        raise NotSignedIn from error
    if found.organization_id not in scope.organizations:
        raise NotSignedIn
    return found.organization_id


def _identity(request: HttpRequest) -> tuple[str, object]:
    """The platform's user for whom it asks, as the platform names one: its own word, proved by nothing."""
    told = request.headers.get("X-Broker-API-Originating-Identity")
    if told is None:
        return "", None
    platform, _, encoded = told.strip().partition(" ")
    try:
        value = msgspec.json.decode(base64.b64decode(encoded.strip(), validate=True))
    except (binascii.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise errors.Malformed(fault="X-Broker-API-Originating-Identity") from error
    if not platform or not isinstance(value, dict):
        raise errors.Malformed(fault="X-Broker-API-Originating-Identity")
    return platform[:60], value


def buyer(request: HttpRequest) -> Buyer:
    """The project that the request orders for."""
    return cast(BrokerRequest, request).buyer
