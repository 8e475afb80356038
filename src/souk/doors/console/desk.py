"""Where a signed-in person works: who it is, for which organization and project. Made once per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from souk.kernel.scope import Member, Operator, acting
from souk.parties import queries
from souk.parties.access import Caller, by_person

_ORGANIZATION, _PROJECT = "organization", "project"
_CACHED = "_souk_desk"


@dataclass(frozen=True)
class Desk:
    """A signed-in person with the organization and, if one was picked, the project it works for."""

    caller: Caller
    organizations: tuple[queries.OrganizationRow, ...] = ()
    chosen: queries.OrganizationRow | None = None
    projects: tuple[queries.ProjectRow, ...] = ()
    project: queries.ProjectRow | None = None

    @property
    def scope(self) -> Member:
        """What the person may see as a member of its organizations."""
        return self.caller.member

    @property
    def operator(self) -> Operator:
        """What the person may see as one of the operator's engineers.

        Raises:
            NotFound: it is none.
        """
        scope = self.caller.scope(as_operator=True, reason="console")
        assert isinstance(scope, Operator)
        return scope

    @property
    def person(self) -> UUID:
        """The person."""
        return self.caller.person

    @property
    def organization(self) -> queries.OrganizationRow:
        """The organization the person works for; `member_page` sees to it that there is one."""
        assert self.chosen is not None
        return self.chosen

    @property
    def role(self) -> str:
        """The person's role in that organization, or nothing."""
        return (self.scope.role(self.chosen.id) or "") if self.chosen else ""

    def may(self, roles: frozenset[str]) -> bool:
        """Whether the person's role is one of `roles`."""
        return self.role in roles


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of whoever is signed in, or None for a visitor."""
    if not request.user.is_authenticated:
        return None
    known = getattr(request, _CACHED, None)
    if known is None:
        known = _sit_down(request, request.user)
        setattr(request, _CACHED, known)
    return known


def choose(request: HttpRequest, organization: str, project: str = "") -> None:
    """Keep in the session what the person wants to work for; what it may not see is ignored when read."""
    request.session[_ORGANIZATION] = organization
    request.session[_PROJECT] = project
    if hasattr(request, _CACHED):
        delattr(request, _CACHED)


def _sit_down(request: HttpRequest, user: Any) -> Desk:
    caller = by_person(user.id, is_operator=user.is_operator)
    if not caller.member.organizations:
        return Desk(caller)
    with acting(caller.member):
        organizations = tuple(queries.organizations(caller.member))
        wanted = request.session.get(_ORGANIZATION)
        chosen = next((row for row in organizations if str(row.id) == wanted), organizations[0])
        projects = tuple(queries.projects(caller.member, chosen.id))
    picked = request.session.get(_PROJECT)
    project = next((row for row in projects if str(row.id) == picked), None)
    return Desk(caller, organizations, chosen, projects, project)
