"""Who is asking. Every query takes a `Scope`, made in one place from the session or token.

`acting` opens the transaction that carries the scope to PostgreSQL, whose row-level security walls every row a
second time: what a forgotten `where` would show, the database does not return.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction


@dataclass(frozen=True)
class Public:
    """A visitor: sees what is published."""


@dataclass(frozen=True)
class Member:
    """A person acting for organizations it belongs to; `roles` maps each to the person's role there."""

    person: UUID
    organizations: frozenset[UUID]
    roles: tuple[tuple[UUID, str], ...] = ()
    scopes: frozenset[str] = frozenset({"*"})

    def role(self, organization: UUID) -> str | None:
        """The person's role in an organization, or None."""
        return dict(self.roles).get(organization)


@dataclass(frozen=True)
class Operator:
    """The operator's engineer, looking across organizations for a stated reason."""

    person: UUID
    reason: str
    scopes: frozenset[str] = frozenset({"*"})


@dataclass(frozen=True)
class System:
    """Souk itself: the worker, a migration, a command run by the host's root."""

    name: str = "worker"


Scope = Public | Member | Operator | System

_current: ContextVar[Scope | None] = ContextVar("souk_scope", default=None)
_request: ContextVar[str] = ContextVar("souk_request", default="")


@dataclass(frozen=True)
class _Settings:
    kind: str
    organizations: str
    person: str = field(default="")


def _settings(scope: Scope) -> _Settings:
    match scope:
        case Public():
            return _Settings("public", "{}")
        case Member(person=person, organizations=organizations):
            return _Settings("member", "{" + ",".join(map(str, sorted(organizations))) + "}", str(person))
        case Operator(person=person):
            return _Settings("operator", "{}", str(person))
        case System():
            return _Settings("system", "{}")


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """Run the block in a transaction as `scope`. Nested in the same scope it costs no statement."""
    outer = _current.get()
    if outer == scope and connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        _carry(scope)
        token = _current.set(scope)
        try:
            yield
        finally:
            _current.reset(token)
        if outer is not None:
            _carry(outer)


def _carry(scope: Scope) -> None:
    settings = _settings(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('souk.scope', %s, true), set_config('souk.organizations', %s, true),"
            " set_config('souk.person', %s, true)",
            [settings.kind, settings.organizations, settings.person],
        )


def actor(scope: Scope) -> str:
    """How the audit names who acted."""
    match scope:
        case Public():
            return "public"
        case Member(person=person):
            return f"person:{person}"
        case Operator(person=person):
            return f"operator:{person}"
        case System(name=name):
            return f"system:{name}"


def current() -> Scope:
    """The scope of the running transaction.

    Raises:
        RuntimeError: nothing acts; a command was called outside `acting`.
    """
    scope = _current.get()
    if scope is None:
        raise RuntimeError("no scope: call inside `with acting(scope)`")
    return scope


@contextmanager
def request(identifier: str) -> Iterator[None]:
    """Name the request or operation that logs and events inside the block belong to."""
    token = _request.set(identifier)
    try:
        yield
    finally:
        _request.reset(token)


def request_id() -> str:
    """The request or operation being served, or an empty string."""
    return _request.get()
