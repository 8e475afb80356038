"""Organizations: what they tell of themselves, the accounts they are paid on, how large they are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from souk.kernel import clock, events, idempotency
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.meanwhile import unchanged
from souk.kernel.scope import Scope, System, acting
from souk.parties import errors, queries
from souk.parties.access import CAN_ADMINISTER, need
from souk.parties.identifiers import clean_ice, clean_rib
from souk.parties.models import (
    BankAccount,
    Membership,
    Organization,
    Project,
    Role,
    Segment,
    SizeEvidence,
)


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


def change_organization(scope: Scope, organization: UUID, details: OrganizationDetails, *, seen: str = "") -> None:
    """An administrator corrects the organization's details.

    Issued documents keep what they said. `seen` is the mark of what the caller saw of it.

    Raises:
        NotFound, RoleTooLow, IceTaken, ChangedMeanwhile, and whatever is wrong with the details.
    """
    need(scope, organization, CAN_ADMINISTER, grant="organization")
    values = _clean(details)
    with acting(scope):
        row = Organization.objects.select_for_update().filter(id=organization).first()
        if row is None:
            raise NotFound
        unchanged(seen, queries.organization(scope, organization))
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
