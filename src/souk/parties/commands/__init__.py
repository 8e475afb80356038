"""What changes parties. Each verb is one transaction; the caller opens the scope."""

from souk.parties.commands.members import accept_invitation, change_role, invite, withdraw_invitation
from souk.parties.commands.organizations import (
    OrganizationDetails,
    add_bank_account,
    change_organization,
    declare_size,
    register_organization,
)
from souk.parties.commands.people import NewToken, create_token, revoke_token, sign_up
from souk.parties.commands.projects import create_project, ensure_project

__all__ = [
    "NewToken",
    "OrganizationDetails",
    "accept_invitation",
    "add_bank_account",
    "change_organization",
    "change_role",
    "create_project",
    "create_token",
    "declare_size",
    "ensure_project",
    "invite",
    "register_organization",
    "revoke_token",
    "sign_up",
    "withdraw_invitation",
]
