"""Who calls the API: a bearer token, turned into a caller and from there into a scope."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest

from souk.kernel.errors import NotFound
from souk.kernel.scope import Member, Operator, Scope
from souk.parties.access import Caller, by_token
from souk.parties.errors import NotSignedIn, TokenTooNarrow

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class ApiRequest(HttpRequest):
    """A request whose caller is known."""

    caller: Caller


def bearer(request: HttpRequest) -> Caller:
    """Authenticate by `Authorization: Bearer`.

    Raises:
        NotSignedIn.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    caller = by_token(token.strip())
    cast(ApiRequest, request).caller = caller
    return caller


def member(request: HttpRequest) -> Member:
    """The caller as a member of its organizations."""
    return cast(ApiRequest, request).caller.member


def operator(request: HttpRequest) -> Operator:
    """The caller as one of the operator's engineers; `X-Souk-Reason` says why it looks.

    Raises:
        NotFound: the caller is none. TokenTooNarrow: its token may only read.
    """
    scope = cast(ApiRequest, request).caller.scope(as_operator=True, reason=request.headers.get("X-Souk-Reason", "api"))
    if not isinstance(scope, Operator):
        raise NotFound
    if request.method not in READING and not scope.scopes & {"*", "billing"}:
        raise TokenTooNarrow
    return scope


def either(request: HttpRequest) -> Scope:
    """The caller as an operator if it is one, else as a member."""
    caller = cast(ApiRequest, request).caller
    return operator(request) if caller.is_operator else caller.member


def one_organization(scope: Member, given: UUID | None) -> UUID:
    """The organization that is meant: the one given, or the caller's only one.

    Raises:
        OrganizationMissing: it has none or several and gave none. NotFound: it has nothing to do with the given one.
    """
    from souk.ordering.errors import OrganizationMissing

    if given is not None:
        if given not in scope.organizations:
            raise NotFound
        return given
    if len(scope.organizations) != 1:
        raise OrganizationMissing
    return next(iter(scope.organizations))
