"""Customers who may order: an organization each, an owner, a token, a quota that is never in the way."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from uuid import UUID

from souk.engines.contract import Host
from souk.parties import commands
from souk.parties.models import Organization, Person
from souk.sites.commands import observe_hosts
from souk.sites.queries import sites

PLENTY = 10**12
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Customer:
    """An organization's owner and a bearer token of the owner's."""

    person: UUID
    organization: UUID
    token: str


def customers(count: int, *, quota: int = 1_000_000) -> list[Customer]:
    """Make `count` customers. They have no password: hashing one takes longer than all the rest."""
    return [_customer(next(_numbers), quota) for _ in range(count)]


def _customer(number: int, quota: int) -> Customer:
    person = Person.objects.create_user(f"client{number}@bench.example", full_name=f"Client {number}")
    details = commands.OrganizationDetails(legal_name=f"Client {number} SARL", segment="tpme", ice=_ice(number))
    organization = commands.register_organization(person.id, details)
    Organization.objects.filter(id=organization).update(instance_quota=quota)
    return Customer(person.id, organization, commands.create_token(person.id, "bench").token)


def _ice(number: int) -> str:
    """An ICE whose check digits hold."""
    stem = f"{number:013d}"
    return stem + f"{97 - int(stem) * 100 % 97:02d}"


def endless_capacity() -> None:
    """Let the default site be seen with more room than any benchmark orders."""
    for site in sites():
        observe_hosts(site.id, [Host("bench", True, 10**8, PLENTY * 10**4, 0, PLENTY * 10**5, 0)])
