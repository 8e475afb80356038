"""The organization, its people and their tokens."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from tests.database.console.desks import at_desk, text, visitor
from tests.support.world import PASSWORD, Customer, valid_ice

from souk.parties import commands, queries
from souk.parties.access import by_person

pytestmark = pytest.mark.django_db
KEY = "0195894e-7c30-7bb1-a2f4-2b9a6f3f51aa"
DETAILS = {"legal_name": "Atelier Fès", "segment": "tpme", "country": "MA", "email": "f@client.example", "key": KEY}


@pytest.fixture
def newcomer(db: None) -> Client:
    return at_desk(commands.sign_up("fatima@client.example", PASSWORD, "Fatima"))


def link_of(html: str) -> str:
    return re.search(r"http://testserver(/invitations/[^/]+/)", html)[1]


def test_registering_goes_on_where_the_newcomer_wanted_to(newcomer: Client) -> None:
    answer = newcomer.post("/organization/new/", DETAILS | {"ice": valid_ice(), "next": "/market/exemple/order/"})
    assert answer.url == "/market/exemple/order/"
    assert "Atelier Fès" in newcomer.get("/organization/").content.decode()


def test_a_wrong_ice_is_told_at_its_field_and_nothing_typed_is_lost(newcomer: Client) -> None:
    answer = newcomer.post("/organization/new/", DETAILS | {"ice": "123"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "15 chiffres" in html[html.index('id="id_ice_error"') :][:600]
    assert 'value="Atelier Fès"' in html


def test_registering_twice_with_one_form_is_one_organization(newcomer: Client) -> None:
    form = DETAILS | {"ice": valid_ice()}
    for _ in range(2):
        assert newcomer.post("/organization/new/", form).status_code == 302


def test_a_fault_among_the_details_that_may_wait_is_not_folded_away(newcomer: Client) -> None:
    answer = newcomer.post("/organization/new/", DETAILS | {"ice": valid_ice(), "email": "nonsense"})
    assert '<details class="sk-details" open' in answer.content.decode()


def test_changing_the_details_keeps_what_the_form_does_not_ask_for(desk: Client, buyer: Customer) -> None:
    before = queries.organization(buyer.scope, buyer.organization)
    values = {name: getattr(before, name) or "" for name in commands.OrganizationDetails.__dataclass_fields__}
    commands.change_organization(
        buyer.scope, buyer.organization, commands.OrganizationDetails(**values | {"capital_minor": 10_000_000})
    )
    answer = desk.post("/organization/edit/", values | {"city": "Salé"})
    assert answer.status_code == 302
    after = queries.organization(buyer.scope, buyer.organization)
    assert (after.city, after.capital_minor) == ("Salé", 10_000_000)


def test_a_project_is_made(desk: Client) -> None:
    assert "Essais" in text(desk.post("/organization/projects/", {"name": "Essais"}, follow=True))


def test_an_invitation_is_mailed_and_its_link_shown_this_once(desk: Client) -> None:
    answer = desk.post("/people/invite/", {"email": "karim@client.example", "role": "technical"})
    link = link_of(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    (letter,) = mail.outbox
    assert letter.to == ["karim@client.example"]
    assert link in letter.body
    assert link not in desk.get("/people/").content.decode()


def test_who_opens_the_link_signs_in_sees_who_invites_and_joins(desk: Client, buyer: Customer) -> None:
    link = link_of(desk.post("/people/invite/", {"email": "k@client.example", "role": "buyer"}).content.decode())
    assert visitor().get(link).url == f"/accounts/login/?next={link}"
    person = commands.sign_up("k@client.example", PASSWORD, "Karim")
    karim = at_desk(person)
    assert "Rejoindre Atelier Zellige SARL" in text(karim.get(link))
    karim.post(link)
    assert by_person(person, is_operator=False).member.role(buyer.organization) == "buyer"
    assert karim.get(link).status_code == 404


def test_inviting_somebody_twice_is_told_at_the_address(desk: Client) -> None:
    form = {"email": "karim@client.example", "role": "buyer"}
    desk.post("/people/invite/", form)
    answer = desk.post("/people/invite/", form)
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()


def test_an_invitation_can_be_withdrawn(desk: Client, buyer: Customer) -> None:
    link = link_of(desk.post("/people/invite/", {"email": "k@client.example", "role": "buyer"}).content.decode())
    (invitation,) = queries.invitations(buyer.scope, buyer.organization)
    desk.post(f"/people/invitations/{invitation.id}/withdraw/")
    assert desk.get(link).status_code == 404


def test_the_last_owner_can_neither_be_removed_nor_lowered(desk: Client, buyer: Customer) -> None:
    for address, form in (
        (f"/people/{buyer.person}/remove/", {}),
        (f"/people/{buyer.person}/role/", {"role": "viewer"}),
    ):
        assert "propriétaire" in desk.post(address, form, follow=True).content.decode()
    assert by_person(buyer.person, is_operator=False).member.role(buyer.organization) == "owner"


def test_a_role_form_without_a_role_removes_nobody(desk: Client, buyer: Customer) -> None:
    desk.post(f"/people/{buyer.person}/role/", {})
    assert by_person(buyer.person, is_operator=False).member.role(buyer.organization) == "owner"


def test_a_token_is_shown_once_works_and_can_be_revoked(desk: Client, buyer: Customer) -> None:
    answer = desk.post("/tokens/", {"name": "déploiement", "days": "30", "scopes": ["read"]})
    token = re.search(r"souk_[\w-]{43}", answer.content.decode())[0]
    assert answer["Cache-Control"] == "no-store"
    page = desk.get("/tokens/").content.decode()
    assert token not in page
    assert "déploiement" in page
    (row,) = queries.tokens(buyer.person)
    assert row.scopes == ["read"]
    desk.post(f"/tokens/{row.id}/revoke/")
    assert queries.tokens(buyer.person) == []


def test_a_token_that_is_allowed_nothing_is_refused_at_its_field(desk: Client) -> None:
    answer = desk.post("/tokens/", {"name": "rien", "days": "30"})
    assert answer.status_code == 422
    assert 'id="id_scopes_0_error"' in answer.content.decode() or "Ce champ est obligatoire" in text(answer)
