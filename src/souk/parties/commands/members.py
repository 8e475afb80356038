"""Who belongs to an organization, in which role, and how one comes and goes."""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, System, acting
from souk.parties import errors
from souk.parties.access import CAN_ADMINISTER, need
from souk.parties.models import (
    Invitation,
    Membership,
    Person,
    Role,
)
from souk.parties.tokens import digest

INVITATION_DAYS = 14


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
