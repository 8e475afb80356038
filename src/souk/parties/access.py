"""From a person or a token to a `Scope`: the one place where it is made."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.db import connection

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Member, Operator, Scope, System
from souk.parties.errors import NotSignedIn, RoleTooLow
from souk.parties.tokens import digest
from souk.parties.words import ROLE_LABELS

#: Roles that may do a thing, from the strongest to the weakest.
CAN_ORDER = frozenset({"owner", "admin", "buyer"})
CAN_OPERATE = frozenset({"owner", "admin", "buyer", "technical"})
CAN_ADMINISTER = frozenset({"owner", "admin"})
CAN_SEE_MONEY = frozenset({"owner", "admin", "buyer", "billing"})

_FIND_CALLER = "select person, is_operator, scopes::text, organizations, roles from souk_caller_by_token(%s, %s)"
_CALLER_OF_PERSON = "select organizations, roles from souk_caller_by_person(%s)"


@dataclass(frozen=True)
class Caller:
    """Who calls: the person, whether it is one of the operator's, and what it may be as a member."""

    person: UUID
    is_operator: bool
    member: Member

    def scope(self, *, as_operator: bool = False, reason: str = "") -> Scope:
        """The caller's scope, as an operator if it asks for that and is one."""
        if as_operator:
            if not self.is_operator:
                raise NotFound
            return Operator(self.person, reason or "console", self.member.scopes)
        return self.member


def by_token(token: str) -> Caller:
    """Who a bearer token stands for; one statement.

    Raises:
        NotSignedIn: the token is unknown, revoked or expired.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND_CALLER, [digest(token), clock.now()])
        row = cursor.fetchone()
    if row is None:
        raise NotSignedIn
    person, is_operator, scopes, organizations, roles = row
    member = Member(
        person,
        frozenset(organizations),
        tuple(sorted(zip(organizations, roles, strict=True))),
        frozenset(msgspec.json.decode(scopes, type=list[str])),
    )
    return Caller(person, is_operator, member)


def by_person(person: UUID, *, is_operator: bool) -> Caller:
    """Who a signed-in person is; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLER_OF_PERSON, [person])
        organizations, roles = cursor.fetchone()
    member = Member(person, frozenset(organizations), tuple(sorted(zip(organizations, roles, strict=True))))
    return Caller(person, is_operator, member)


def need(scope: Scope, organization: UUID, roles: frozenset[str], *, grant: str = "*") -> None:
    """Let the scope through if its role in `organization` is one of `roles` and its token allows `grant`.

    Raises:
        NotFound: the scope has nothing to do with the organization.
        RoleTooLow: it is a member, but with another role, or with a narrower token.
    """
    match scope:
        case System():
            return
        case Operator():
            return
        case Member():
            role = scope.role(organization)
            if role is None:
                raise NotFound
            if role not in roles or not scope.scopes & {"*", grant}:
                raise RoleTooLow(role=ROLE_LABELS.get(role, role))
        case _:
            raise NotSignedIn
