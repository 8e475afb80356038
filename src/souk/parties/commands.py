"""What changes parties. Each verb is one transaction; the caller opens the scope."""

from __future__ import annotations

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from souk.kernel import clock, events, idempotency
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.scope import Scope, System, acting
from souk.parties import errors
from souk.parties.access import CAN_ADMINISTER, need
from souk.parties.identifiers import clean_ice, clean_rib
from souk.parties.models import (
    ApiToken,
    BankAccount,
    Invitation,
    Membership,
    Organization,
    Person,
    Project,
    Role,
    Segment,
    SizeEvidence,
)
from souk.parties.tokens import SCOPES, digest, new_token

INVITATION_DAYS = 14


@dataclass(frozen=True)
class OrganizationDetails:
    """What an organization tells of itself. Identifiers without separators or with them; both are accepted."""

    legal_name: str
    segment: str
    ice: str = ""
    legal_form: str = ""
    tax_id: str = ""
    trade_register: str = ""
    trade_register_city: str = ""
    business_tax: str = ""
    cnss: str = ""
    capital_minor: int | None = None
    address: str = ""
    city: str = ""
    postcode: str = ""
    country: str = "MA"
    email: str = ""
    phone: str = ""


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


def register_organization(person: UUID, details: OrganizationDetails, *, key: str | None = None) -> UUID:
    """A signed-in person registers its organization and becomes its owner; a first project is made with it.

    A second call with the same idempotency `key` returns the first one's organization.

    Raises:
        InvalidIce, IceTaken, IceRequired, InvalidSegment.
    """
    values = _clean(details)
    with acting(System("registration")):
        organization = new_id()
        if (known := idempotency.claim(key, details, organization, principal=f"person:{person}")) != organization:
            return known
        if values["ice"] and Organization.objects.filter(ice=values["ice"]).exists():
            raise errors.IceTaken(ice=values["ice"])
        now = clock.now()
        row = Organization(id=organization, created_at=now, **values)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise errors.IceTaken(ice=values["ice"]) from error
        Membership.objects.create(organization=row, person_id=person, role=Role.OWNER, created_at=now)
        Project.objects.create(organization=row, name="Production", slug="production", created_at=now)
        events.record(
            "organization.registered",
            ("organization", row.id),
            organization=row.id,
            data={"segment": row.segment, "country": row.country},
        )
        return row.id


def change_organization(scope: Scope, organization: UUID, details: OrganizationDetails) -> None:
    """An administrator corrects the organization's details.

    Issued documents keep what they said.
    """
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    values = _clean(details)
    with acting(scope):
        row = Organization.objects.select_for_update().filter(id=organization).first()
        if row is None:
            raise NotFound
        changed = sorted(key for key, value in values.items() if getattr(row, key) != value)
        if "ice" in changed and values["ice"]:
            with acting(System("registration")):
                if Organization.objects.filter(ice=values["ice"]).exclude(id=organization).exists():
                    raise errors.IceTaken(ice=values["ice"])
        for key in changed:
            setattr(row, key, values[key])
        if changed:
            row.save(update_fields=changed)
            events.record(
                "organization.changed",
                ("organization", organization),
                organization=organization,
                data={"fields": changed},
            )


def _clean(details: OrganizationDetails) -> dict[str, object]:
    if details.segment not in Segment.values:
        raise errors.InvalidSegment(segment=details.segment, choices=", ".join(Segment.values))
    values = {key: getattr(details, key) for key in OrganizationDetails.__dataclass_fields__}
    if details.ice:
        values["ice"] = clean_ice(details.ice)
    elif details.country == "MA":
        raise errors.IceRequired
    else:
        values["ice"] = None
    return values


def declare_size(scope: Scope, organization: UUID, *, turnover_minor: int, fiscal_year: int) -> str:
    """Record a turnover and the size class that the rules of the day give it; return the class."""
    from souk.kernel import rules

    need(scope, organization, CAN_ADMINISTER, grant="organization")
    with acting(scope):
        today = clock.now().date()
        maximum = rules.require("MA", "size_class.tpme_turnover_maximum", today)
        size = "tpme" if turnover_minor <= int(str(maximum.value)) * 100 else "large"
        person = scope.person if not isinstance(scope, System) and hasattr(scope, "person") else new_id()
        SizeEvidence.objects.create(
            organization_id=organization,
            size_class=size,
            rule_key=maximum.key,
            rule_version=maximum.article,
            turnover_minor=turnover_minor,
            fiscal_year=fiscal_year,
            declared_by=person,
            declared_at=clock.now(),
        )
        events.record(
            "organization.size_declared",
            ("organization", organization),
            organization=organization,
            data={"size_class": size, "fiscal_year": fiscal_year},
        )
        return size


def add_bank_account(scope: Scope, organization: UUID, *, holder: str, bank: str, rib: str, bic: str = "") -> UUID:
    """Record where an organization is paid.

    Raises:
        InvalidRib.
    """
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    number = clean_rib(rib)
    with acting(scope):
        account = BankAccount.objects.create(
            organization_id=organization,
            holder=holder,
            bank=bank,
            rib=number,
            bic=bic,
            created_at=clock.now(),
        )
        events.record("bank_account.added", ("organization", organization), organization=organization)
        return account.id


def ensure_project(scope: Scope, organization: UUID, slug: str, name: str) -> UUID:
    """The organization's project with this slug, made if it isn't there: for what the platform itself runs."""
    with acting(scope):
        project, _ = Project.objects.get_or_create(
            organization_id=organization, slug=slug, defaults={"name": name, "created_at": clock.now()}
        )
        return project.id


def create_project(scope: Scope, organization: UUID, name: str) -> UUID:
    """A new project; its slug comes from the name and is made unique."""
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    with acting(scope):
        base = slugify(name)[:32] or "projet"
        slug = base
        while Project.objects.filter(organization_id=organization, slug=slug).exists():
            slug = f"{base}-{random.token_hex(2)}"
        project = Project.objects.create(
            organization_id=organization, name=name.strip()[:80], slug=slug, created_at=clock.now()
        )
        events.record("project.created", ("project", project.id), organization=organization)
        return project.id


def invite(scope: Scope, inviter: UUID, organization: UUID, email: str, role: str) -> tuple[UUID, str]:
    """Invite an address; returns the invitation and the token that goes into its link, which is not kept.

    Raises:
        InvalidRole, AlreadyMember, AlreadyInvited.
    """
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    if role not in Role.values:
        raise errors.InvalidRole(role=role, choices=", ".join(Role.values))
    email = email.strip().lower()
    token = random.token_urlsafe(32)
    with acting(scope):
        if Membership.objects.filter(organization_id=organization, person__email=email).exists():
            raise errors.AlreadyMember(email=email)
        now = clock.now()
        Invitation.objects.filter(organization_id=organization, email=email, expires_at__lt=now).delete()
        try:
            with transaction.atomic():
                invitation = Invitation.objects.create(
                    organization_id=organization,
                    email=email,
                    role=role,
                    token_digest=digest(token),
                    invited_by_id=inviter,
                    created_at=now,
                    expires_at=now + timedelta(days=INVITATION_DAYS),
                )
        except IntegrityError as error:
            raise errors.AlreadyInvited(email=email) from error
        events.record(
            "invitation.sent",
            ("invitation", invitation.id),
            organization=organization,
            personal={"email": email},
        )
        return invitation.id, token


def accept_invitation(person: UUID, token: str) -> UUID:
    """The person joins the organization the invitation is for; returns the organization.

    A link that was passed on lets nobody in but whoever owns the invited address.

    Raises:
        InvitationGone, InvitationForAnother.
    """
    with acting(System("invitation")):
        now = clock.now()
        invitation = (
            Invitation.objects.select_for_update()
            .filter(token_digest=digest(token), accepted_at__isnull=True, expires_at__gt=now)
            .first()
        )
        if invitation is None:
            raise errors.InvitationGone
        if invitation.email != Person.objects.values_list("email", flat=True).get(id=person):
            raise errors.InvitationForAnother(email=invitation.email)
        Membership.objects.get_or_create(
            organization_id=invitation.organization_id,
            person_id=person,
            defaults={"role": invitation.role, "created_at": now},
        )
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        events.record("invitation.accepted", ("invitation", invitation.id), organization=invitation.organization_id)
        return invitation.organization_id


def withdraw_invitation(scope: Scope, organization: UUID, invitation: UUID) -> None:
    """Take an open invitation back."""
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    with acting(scope):
        gone, _ = Invitation.objects.filter(
            id=invitation, organization_id=organization, accepted_at__isnull=True
        ).delete()
        if not gone:
            raise NotFound
        events.record("invitation.withdrawn", ("invitation", invitation), organization=organization)


def change_role(scope: Scope, organization: UUID, person: UUID, role: str | None) -> None:
    """Give a member another role, or remove it with None.

    Raises:
        LastOwner: nobody would own the organization any more.
    """
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    if role is not None and role not in Role.values:
        raise errors.InvalidRole(role=role, choices=", ".join(Role.values))
    with acting(scope):
        rows = {
            row.person_id: row
            for row in Membership.objects.select_for_update().filter(organization_id=organization).order_by("id")
        }
        if person not in rows:
            raise NotFound
        owners = {key for key, row in rows.items() if row.role == Role.OWNER}
        if owners == {person} and role != Role.OWNER:
            raise errors.LastOwner
        if role is None:
            rows[person].delete()
        else:
            rows[person].role = role
            rows[person].save(update_fields=["role"])
        events.record(
            "membership.changed",
            ("organization", organization),
            organization=organization,
            data={"person": str(person), "role": role},
        )


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
