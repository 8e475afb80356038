"""What reads parties: plain typed rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Member, Scope, System, acting
from souk.parties.errors import InvitationGone
from souk.parties.models import ApiToken, BankAccount, Invitation, Membership, Organization, Person, Project
from souk.parties.tokens import digest


@dataclass(frozen=True)
class OrganizationRow:
    """An organization as its members see it."""

    id: UUID
    legal_name: str
    legal_form: str
    segment: str
    ice: str | None
    tax_id: str
    trade_register: str
    trade_register_city: str
    business_tax: str
    cnss: str
    capital_minor: int | None
    address: str
    city: str
    postcode: str
    country: str
    email: str
    phone: str
    instance_quota: int
    created_at: datetime


@dataclass(frozen=True)
class ProjectRow:
    """A project of an organization."""

    id: UUID
    organization_id: UUID
    name: str
    slug: str


@dataclass(frozen=True)
class MemberRow:
    """A member of an organization and its role."""

    person_id: UUID
    email: str
    full_name: str
    role: str
    created_at: datetime


@dataclass(frozen=True)
class InvitationRow:
    """An open invitation."""

    id: UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class OpenInvitation:
    """What an invitation's link tells whoever opens it."""

    organization: str
    role: str
    email: str
    invited_by: str
    expires_at: datetime


@dataclass(frozen=True)
class TokenRow:
    """A token without its secret."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class BankAccountRow:
    """Where an organization is paid."""

    id: UUID
    holder: str
    bank: str
    rib: str
    bic: str


def organizations(scope: Scope, *, words: str = "") -> list[OrganizationRow]:
    """The organizations the scope belongs to (all, for an operator); `words` is part of the name, or the ICE."""
    with acting(scope):
        rows = Organization.objects.order_by("legal_name")
        if words:
            rows = rows.filter(Q(legal_name__icontains=words) | Q(ice=words))
        if isinstance(scope, Member):
            rows = rows.filter(id__in=scope.organizations)
        return [OrganizationRow(*row) for row in rows.values_list(*OrganizationRow.__dataclass_fields__)]


def organization(scope: Scope, identifier: UUID) -> OrganizationRow:
    """One organization."""
    with acting(scope):
        row = Organization.objects.filter(id=identifier).values_list(*OrganizationRow.__dataclass_fields__).first()
    if row is None:
        raise NotFound
    return OrganizationRow(*row)


def projects(scope: Scope, organization: UUID) -> list[ProjectRow]:
    """An organization's projects."""
    with acting(scope):
        rows = Project.objects.filter(organization_id=organization).order_by("name")
        return [ProjectRow(*row) for row in rows.values_list(*ProjectRow.__dataclass_fields__)]


def project(scope: Scope, identifier: UUID) -> ProjectRow:
    """One project.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = Project.objects.filter(id=identifier).values_list(*ProjectRow.__dataclass_fields__).first()
    if row is None:
        raise NotFound
    return ProjectRow(*row)


def members(scope: Scope, organization: UUID) -> list[MemberRow]:
    """An organization's members."""
    with acting(scope):
        rows = Membership.objects.filter(organization_id=organization).order_by("created_at")
        return [
            MemberRow(*row)
            for row in rows.values_list("person_id", "person__email", "person__full_name", "role", "created_at")
        ]


def invitations(scope: Scope, organization: UUID) -> list[InvitationRow]:
    """An organization's open invitations."""
    with acting(scope):
        rows = Invitation.objects.filter(
            organization_id=organization, accepted_at__isnull=True, expires_at__gt=clock.now()
        ).order_by("created_at")
        return [InvitationRow(*row) for row in rows.values_list(*InvitationRow.__dataclass_fields__)]


def invitation(token: str) -> OpenInvitation:
    """The open invitation that a link's token stands for.

    Raises:
        InvitationGone.
    """
    with acting(System("invitation")):
        row = (
            Invitation.objects.filter(token_digest=digest(token), accepted_at__isnull=True, expires_at__gt=clock.now())
            .values_list("organization__legal_name", "role", "email", "invited_by__full_name", "expires_at")
            .first()
        )
    if row is None:
        raise InvitationGone
    return OpenInvitation(*row)


def people(identifiers: Iterable[UUID]) -> dict[UUID, str]:
    """Names of people, or their e-mail addresses where they have none, for an audit's reader."""
    rows = Person.objects.filter(id__in=set(identifiers)).values_list("id", "full_name", "email")
    return {identifier: name or email for identifier, name, email in rows}


def tokens(person: UUID) -> list[TokenRow]:
    """A person's own tokens that still work."""
    with acting(System("token")):
        rows = ApiToken.objects.filter(person_id=person, revoked_at__isnull=True, expires_at__gt=clock.now())
        return [TokenRow(*row) for row in rows.order_by("-id").values_list(*TokenRow.__dataclass_fields__)]


def bank_accounts(scope: Scope, organization: UUID) -> list[BankAccountRow]:
    """Where an organization is paid, newest first."""
    with acting(scope):
        rows = BankAccount.objects.filter(organization_id=organization).order_by("-id")
        return [BankAccountRow(*row) for row in rows.values_list(*BankAccountRow.__dataclass_fields__)]
