"""Invitations: for one address, for a while, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.support.world import PASSWORD, customer

from souk.kernel import clock
from souk.parties import commands, errors
from souk.parties.queries import members

pytestmark = pytest.mark.django_db


def test_an_invited_person_joins_in_its_role() -> None:
    owner = customer()
    person = commands.sign_up("nadia@client.example", PASSWORD, "Nadia")
    _, token = commands.invite(owner.scope, owner.person, owner.organization, "Nadia@client.example", "billing")
    assert commands.accept_invitation(person, token) == owner.organization
    assert {row.role for row in members(owner.scope, owner.organization)} == {"owner", "billing"}


def test_an_invitation_works_once() -> None:
    owner = customer()
    person = commands.sign_up("nadia@client.example", PASSWORD, "Nadia")
    _, token = commands.invite(owner.scope, owner.person, owner.organization, "nadia@client.example", "billing")
    commands.accept_invitation(person, token)
    with pytest.raises(errors.InvitationGone):
        commands.accept_invitation(person, token)


def test_a_link_that_was_passed_on_lets_nobody_else_in() -> None:
    owner, other = customer(), customer("Autre SARL")
    _, token = commands.invite(owner.scope, owner.person, owner.organization, "nadia@client.example", "admin")
    with pytest.raises(errors.InvitationForAnother):
        commands.accept_invitation(other.person, token)
    assert len(members(owner.scope, owner.organization)) == 1


def test_an_old_invitation_is_worthless() -> None:
    owner = customer()
    person = commands.sign_up("nadia@client.example", PASSWORD, "Nadia")
    _, token = commands.invite(owner.scope, owner.person, owner.organization, "nadia@client.example", "billing")
    with clock.at(clock.now() + timedelta(days=15)), pytest.raises(errors.InvitationGone):
        commands.accept_invitation(person, token)


def test_an_organization_keeps_its_last_owner() -> None:
    owner = customer()
    for role in ("viewer", None):
        with pytest.raises(errors.LastOwner):
            commands.change_role(owner.scope, owner.organization, owner.person, role)
