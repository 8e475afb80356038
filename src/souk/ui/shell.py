"""What the frame around every page needs to know about the reader.

The room that knows people and organizations fills it in: the setting `SOUK_SHELL` names a function
`(HttpRequest) -> Shell`. Without it, only the signed-in person is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from souk.ui.navigation import Audience


@dataclass(frozen=True)
class ProjectChoice:
    """A project the reader may switch to."""

    id: str
    name: str
    current: bool = False


@dataclass(frozen=True)
class OrganizationChoice:
    """An organization the reader belongs to, with its projects."""

    id: str
    name: str
    projects: tuple[ProjectChoice, ...] = ()
    current: bool = False


@dataclass(frozen=True)
class Shell:
    """The reader: name and address, audiences, and where they act.

    `switch_url` takes a POST of `organization`, `project` (may be absent) and `next`.
    """

    name: str = ""
    email: str = ""
    audiences: frozenset[Audience] = frozenset({Audience.VISITOR})
    organizations: tuple[OrganizationChoice, ...] = ()
    switch_url: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether anybody is signed in."""
        return bool(self.name)

    @property
    def organization(self) -> OrganizationChoice | None:
        """The organization the reader acts for."""
        return next((choice for choice in self.organizations if choice.current), None)

    @property
    def project(self) -> ProjectChoice | None:
        """The project the reader acts in."""
        chosen = self.organization
        return next((choice for choice in chosen.projects if choice.current), None) if chosen else None

    @property
    def initials(self) -> str:
        """One or two letters for the account's mark."""
        words = [word for word in self.name.split("@")[0].replace(".", " ").split() if word]
        return "".join(word[0] for word in words[:2]).upper()


def shell_of(request: HttpRequest) -> Shell:
    """The shell of this request, from `SOUK_SHELL` or from the signed-in person alone."""
    dotted = getattr(settings, "SOUK_SHELL", None)
    provider: Callable[[HttpRequest], Shell] = import_string(dotted) if dotted else person_only
    return provider(request)


def person_only(request: HttpRequest) -> Shell:
    """A shell that knows no organization: name, address, and whether the person is one of the operator's."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Shell()
    audiences = {Audience.BUYER}
    if getattr(user, "is_operator", False):
        audiences.add(Audience.OPERATOR)
    email = getattr(user, "email", "")
    name = getattr(user, "full_name", "") or email or str(user)
    return Shell(name=name, email=email, audiences=frozenset(audiences))
