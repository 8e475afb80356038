"""People, and the tokens that act for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.parties import errors
from souk.parties.models import (
    ApiToken,
    Person,
)
from souk.parties.tokens import SCOPES, new_token


@dataclass(frozen=True)
class NewToken:
    """A token as it is shown, once."""

    id: UUID
    token: str


def sign_up(email: str, password: str, full_name: str, language: str = "fr") -> UUID:
    """A person signs up.

    Raises:
        EmailTaken, WeakPassword.
    """
    with acting(System("sign-up")):
        email = email.strip().lower()
        if Person.objects.filter(email=email).exists():
            raise errors.EmailTaken
        try:
            validate_password(password, Person(email=email, full_name=full_name))
        except ValidationError as error:
            raise errors.WeakPassword(reasons=" ".join(error.messages)) from error
        person = Person.objects.create_user(email, password, full_name=full_name, language=language)
        events.record("person.signed_up", ("person", person.id), personal={"email": email, "name": full_name})
        return person.id


def create_token(
    person: UUID,
    name: str,
    scopes: Sequence[str] = ("*",),
    *,
    organization: UUID | None = None,
    days: int = 90,
) -> NewToken:
    """A bearer token for a person, limited to an organization if one is given, and to 1–366 days.

    Raises:
        InvalidScopes.
    """
    if not scopes or set(scopes) - set(SCOPES):
        raise errors.InvalidScopes(choices=", ".join(SCOPES), given=", ".join(scopes) or "—")
    token, kept = new_token()
    with acting(System("token")):
        now = clock.now()
        row = ApiToken.objects.create(
            person_id=person,
            organization_id=organization,
            name=name.strip()[:80] or "token",
            hint=token[-4:],
            digest=kept,
            scopes=sorted(set(scopes)),
            created_at=now,
            expires_at=now + timedelta(days=min(max(days, 1), 366)),
        )
        events.record("token.created", ("token", row.id), organization=organization, data={"scopes": row.scopes})
        return NewToken(row.id, token)


def revoke_token(person: UUID, token: UUID) -> None:
    """Make a token of the person's worthless from now on."""
    with acting(System("token")):
        changed = ApiToken.objects.filter(id=token, person_id=person, revoked_at__isnull=True).update(
            revoked_at=clock.now()
        )
        if not changed:
            raise NotFound
        events.record("token.revoked", ("token", token))
