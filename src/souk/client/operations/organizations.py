"""Operations of the API: organizations. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Organizations(Transport):
    """Organizations."""

    def register_organization(self, body: models.OrganizationIn, *, key: str | None = None) -> models.OrganizationRow:
        """Register an organization and become its owner."""
        found: models.OrganizationRow = self._call("POST", path("organizations"), body=body, key=key)
        return found

    def list_organizations(self) -> list[models.OrganizationRow]:
        """My organizations."""
        found: list[models.OrganizationRow] = self._call("GET", path("organizations"))
        return found

    def get_organization(self, organization: str) -> models.OrganizationRow:
        """One organization; its `ETag` is what a change's `If-Match` refers to."""
        found: models.OrganizationRow = self._call("GET", path("organizations", organization))
        return found

    def change_organization(
        self, organization: str, body: models.OrganizationIn, *, if_match: str | None = None
    ) -> models.OrganizationRow:
        """Correct an organization's details; with `If-Match`, only if nobody else did meanwhile."""
        found: models.OrganizationRow = self._call(
            "PUT", path("organizations", organization), body=body, headers={"If-Match": if_match}
        )
        return found

    def declare_size(self, organization: str, body: models.SizeIn) -> models.SizeOut:
        """Declare a fiscal year's turnover; the rules of the day say which size class that is."""
        found: models.SizeOut = self._call("POST", path("organizations", organization, "size-evidence"), body=body)
        return found

    def list_projects(self, organization: str) -> list[models.ProjectRow]:
        """An organization's projects."""
        found: list[models.ProjectRow] = self._call("GET", path("organizations", organization, "projects"))
        return found

    def create_project(self, organization: str, body: models.ProjectIn) -> models.Created:
        """A new project."""
        found: models.Created = self._call("POST", path("organizations", organization, "projects"), body=body)
        return found

    def list_members(self, organization: str) -> list[models.MemberRow]:
        """An organization's members."""
        found: list[models.MemberRow] = self._call("GET", path("organizations", organization, "members"))
        return found

    def change_role(self, organization: str, person: str, body: models.RoleIn) -> None:
        """Give a member another role."""
        self._call("PUT", path("organizations", organization, "members", person), body=body)

    def remove_member(self, organization: str, person: str) -> None:
        """Remove a member."""
        self._call("DELETE", path("organizations", organization, "members", person))

    def invite(self, organization: str, body: models.InvitationIn) -> models.InvitationOut:
        """Invite somebody by e-mail address."""
        found: models.InvitationOut = self._call("POST", path("organizations", organization, "invitations"), body=body)
        return found

    def accept_invitation(self, token: str) -> models.Created:
        """Join the organization that an invitation is for."""
        found: models.Created = self._call("POST", path("invitations", token, "accept"))
        return found

    def add_bank_account(self, organization: str, body: models.BankAccountIn) -> models.Created:
        """Record where the organization is paid."""
        found: models.Created = self._call("POST", path("organizations", organization, "bank-accounts"), body=body)
        return found
