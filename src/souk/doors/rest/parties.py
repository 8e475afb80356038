"""Organizations, projects, members, invitations, bank accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.etags import resource_etag, seen
from souk.parties import commands, queries
from souk.parties.commands import OrganizationDetails

router = Router(tags=["Organizations"])


class OrganizationIn(Schema):
    """What an organization tells of itself. `segment`: tpme, large_enterprise, public_body or auto_entrepreneur."""

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

    def details(self) -> OrganizationDetails:
        """As the command wants it."""
        return OrganizationDetails(**self.dict())


class SizeIn(Schema):
    """A fiscal year's turnover without tax, in minor units."""

    turnover_minor: int
    fiscal_year: int


class SizeOut(Schema):
    """The size class that follows: tpme or large."""

    size_class: str


class ProjectIn(Schema):
    """A project's name."""

    name: str


class InvitationIn(Schema):
    """Whom to invite as what: owner, admin, buyer, billing, technical or viewer."""

    email: str
    role: str


class InvitationOut(Schema):
    """An invitation; its token goes into the link and is shown this once."""

    id: UUID
    token: str


class RoleIn(Schema):
    """A member's new role."""

    role: str


class BankAccountIn(Schema):
    """Where the organization is paid."""

    holder: str
    bank: str
    rib: str
    bic: str = ""


class Created(Schema):
    """What was made."""

    id: UUID


@router.post("/organizations", response={201: queries.OrganizationRow}, operation_id="registerOrganization")
def register(
    request: HttpRequest, body: OrganizationIn, idempotency_key: Header[str | None] = None
) -> Status[queries.OrganizationRow]:
    """Register an organization and become its owner."""
    from souk.kernel.scope import System

    person = member(request).person
    identifier = commands.register_organization(person, body.details(), key=idempotency_key)
    return Status(201, queries.organization(System("registration"), identifier))


@router.get("/organizations", response=list[queries.OrganizationRow], operation_id="listOrganizations")
def organizations(request: HttpRequest) -> list[queries.OrganizationRow]:
    """My organizations."""
    return queries.organizations(member(request))


@router.get("/organizations/{organization}", response=queries.OrganizationRow, operation_id="getOrganization")
def organization(request: HttpRequest, response: HttpResponse, organization: UUID) -> queries.OrganizationRow:
    """One organization; its `ETag` is what a change's `If-Match` refers to."""
    row = queries.organization(either(request), organization)
    response["ETag"] = resource_etag(row)
    return row


@router.put("/organizations/{organization}", response=queries.OrganizationRow, operation_id="changeOrganization")
def change(
    request: HttpRequest, organization: UUID, body: OrganizationIn, if_match: Header[str | None] = None
) -> queries.OrganizationRow:
    """Correct an organization's details; with `If-Match`, only if nobody else did meanwhile."""
    scope = member(request)
    commands.change_organization(scope, organization, body.details(), seen=seen(if_match))
    return queries.organization(scope, organization)


@router.post("/organizations/{organization}/size-evidence", response={201: SizeOut}, operation_id="declareSize")
def declare_size(request: HttpRequest, organization: UUID, body: SizeIn) -> Status[SizeOut]:
    """Declare a fiscal year's turnover; the rules of the day say which size class that is."""
    size = commands.declare_size(
        member(request), organization, turnover_minor=body.turnover_minor, fiscal_year=body.fiscal_year
    )
    return Status(201, SizeOut(size_class=size))


@router.get("/organizations/{organization}/projects", response=list[queries.ProjectRow], operation_id="listProjects")
def projects(request: HttpRequest, organization: UUID) -> list[queries.ProjectRow]:
    """An organization's projects."""
    return queries.projects(either(request), organization)


@router.post("/organizations/{organization}/projects", response={201: Created}, operation_id="createProject")
def create_project(request: HttpRequest, organization: UUID, body: ProjectIn) -> Status[dict[str, Any]]:
    """A new project."""
    return Status(201, {"id": commands.create_project(member(request), organization, body.name)})


@router.get("/organizations/{organization}/members", response=list[queries.MemberRow], operation_id="listMembers")
def members(request: HttpRequest, organization: UUID) -> list[queries.MemberRow]:
    """An organization's members."""
    return queries.members(either(request), organization)


@router.put("/organizations/{organization}/members/{person}", response={204: None}, operation_id="changeRole")
def change_role(request: HttpRequest, organization: UUID, person: UUID, body: RoleIn) -> Status[None]:
    """Give a member another role."""
    commands.change_role(member(request), organization, person, body.role)
    return Status(204, None)


@router.delete("/organizations/{organization}/members/{person}", response={204: None}, operation_id="removeMember")
def remove_member(request: HttpRequest, organization: UUID, person: UUID) -> Status[None]:
    """Remove a member."""
    commands.change_role(member(request), organization, person, None)
    return Status(204, None)


@router.post("/organizations/{organization}/invitations", response={201: InvitationOut}, operation_id="invite")
def invite(request: HttpRequest, organization: UUID, body: InvitationIn) -> Status[dict[str, Any]]:
    """Invite somebody by e-mail address."""
    scope = member(request)
    invitation, token = commands.invite(scope, scope.person, organization, body.email, body.role)
    return Status(201, {"id": invitation, "token": token})


@router.post("/invitations/{token}/accept", response=Created, operation_id="acceptInvitation")
def accept(request: HttpRequest, token: str) -> dict[str, Any]:
    """Join the organization that an invitation is for."""
    return {"id": commands.accept_invitation(member(request).person, token)}


@router.post("/organizations/{organization}/bank-accounts", response={201: Created}, operation_id="addBankAccount")
def add_bank_account(request: HttpRequest, organization: UUID, body: BankAccountIn) -> Status[dict[str, Any]]:
    """Record where the organization is paid."""
    return Status(201, {"id": commands.add_bank_account(member(request), organization, **body.dict())})
