"""People and organizations for tests, made by the same commands as real ones."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from uuid import UUID

from souk.engines.contract import Host
from souk.kernel.scope import Member, Operator
from souk.parties import commands
from souk.parties.access import by_person
from souk.parties.models import Person
from souk.sites.commands import observe_hosts
from souk.sites.queries import sites

PASSWORD = "un-mot-de-passe-long"
GIB = 1024**3
_numbers = itertools.count(1)


def valid_ice() -> str:
    """A fresh ICE whose check digits hold."""
    stem = f"{next(_numbers):013d}"
    return stem + f"{97 - int(stem) * 100 % 97:02d}"


@dataclass(frozen=True)
class Customer:
    """An organization with its owner."""

    person: UUID
    organization: UUID
    email: str

    @property
    def scope(self) -> Member:
        """The owner's scope, as a session or token would make it."""
        return by_person(self.person, is_operator=False).member

    def token(self) -> str:
        """A bearer token of the owner's."""
        return commands.create_token(self.person, "test").token


def customer(name: str = "Atelier Zellige SARL", segment: str = "tpme") -> Customer:
    """An organization that has just signed up."""
    email = f"personne{next(_numbers)}@client.example"
    person = commands.sign_up(email, PASSWORD, "Aïcha Bennani")
    details = commands.OrganizationDetails(
        legal_name=name,
        segment=segment,
        ice=valid_ice(),
        legal_form="SARL",
        tax_id="45678901",
        trade_register="123456",
        trade_register_city="Rabat",
        business_tax="25123456",
        cnss="7654321",
        address="12, rue des Potiers",
        city="Rabat",
        postcode="10000",
        email=email,
    )
    return Customer(person, commands.register_organization(person, details), email)


def operator() -> Operator:
    """One of the operator's engineers."""
    person = Person.objects.create_user(f"ingenieur{next(_numbers)}@operateur.example", PASSWORD, is_operator=True)
    return Operator(person.id, "test")


def some_capacity(vcpus: int = 64, memory: int = 256 * GIB, disk: int = 4096 * GIB) -> None:
    """Let the default site's engine be seen with this much room."""
    for site in sites():
        observe_hosts(site.id, [Host("memory", True, vcpus, memory, 0, disk, 0)])
