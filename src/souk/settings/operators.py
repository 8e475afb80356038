"""People that the host's administrator lets in: the operator's engineers, and sign-ins for a demonstration."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from souk.kernel import events
from souk.kernel.scope import System, acting
from souk.parties import commands, errors
from souk.parties.models import Organization, Person, Role

SETUP = System("setup")


def ensure_person(email: str, full_name: str, password: str) -> UUID:
    """Somebody who signs in with exactly this password; made, or given the password if it was another.

    Raises:
        WeakPassword.
    """
    email = email.strip().lower()
    with acting(SETUP):
        person = Person.objects.filter(email=email).first()
        if person is None:
            return commands.sign_up(email, password, full_name)
        if not person.check_password(password):
            try:
                validate_password(password, person)
            except ValidationError as error:
                raise errors.WeakPassword(reasons=" ".join(error.messages)) from error
            person.set_password(password)
            person.save(update_fields=["password"])
            events.record("person.password_set", ("person", person.id))
        return person.id


def find_person(email: str) -> UUID | None:
    """The person who signs in with this address, or None."""
    with acting(SETUP):
        return Person.objects.filter(email=email.strip().lower()).values_list("id", flat=True).first()


def make_operator(person: UUID) -> bool:
    """Let a person act as one of the operator's engineers; False if it was one already."""
    with acting(SETUP):
        changed = Person.objects.filter(id=person, is_operator=False).update(is_operator=True)
        if changed:
            events.record("person.made_operator", ("person", person))
        return bool(changed)


def ensure_owner(ice: str, person: UUID, email: str) -> None:
    """Make a person an owner of the organization with this ICE, if it is no member yet."""
    with acting(SETUP):
        organization = Organization.objects.values_list("id", flat=True).get(ice=ice)
        try:
            _, token = commands.invite(SETUP, person, organization, email, Role.OWNER)
        except errors.AlreadyMember:
            return
        commands.accept_invitation(person, token)
