"""The order form: prices, one order however often it is sent, and nothing typed lost."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.database.console.desks import ORDER, at_desk, order_form, text, visitor
from tests.support.world import PASSWORD, Customer, some_capacity

from souk.kernel.ids import new_id
from souk.ordering.queries import orders
from souk.parties import commands

pytestmark = pytest.mark.django_db


def colleague(buyer: Customer, role: str) -> Client:
    person = commands.sign_up(f"{role}@client.example", PASSWORD, "Collègue")
    _, token = commands.invite(buyer.scope, buyer.person, buyer.organization, f"{role}@client.example", role)
    commands.accept_invitation(person, token)
    return at_desk(person)


def test_a_visitor_who_orders_signs_in_first_and_comes_back() -> None:
    answer = visitor().get(ORDER, {"plan": "m"})
    assert answer.url == "/accounts/login/?next=/market/exemple/order/%3Fplan%3Dm"


def test_who_has_no_organization_registers_one_first_and_comes_back(db: None) -> None:
    client = at_desk(commands.sign_up("seule@client.example", PASSWORD, "Seule"))
    answer = client.get(ORDER, {"plan": "m"})
    assert answer.url == "/organization/new/?next=%2Fmarket%2Fexemple%2Forder%2F%3Fplan%3Dm"


def test_the_price_box_shows_hour_month_and_tax_apart(desk: Client) -> None:
    box = text(desk.post("/market/exemple/price/", {"plan": "s", "region": "ma-temara"}))
    assert "Par heure 1,20 MAD" in box
    assert "Mois complet, hors taxes 490,00 MAD TVA 20 % 98,00 MAD Mois complet, TTC 588,00 MAD" in box


def test_without_a_plan_the_price_box_asks_for_one(desk: Client) -> None:
    assert "Choisissez une formule" in text(desk.post("/market/exemple/price/", {"plan": "xxl"}))


def test_an_order_leads_to_its_service(desk: Client, buyer: Customer) -> None:
    answer = desk.post(ORDER, order_form(desk), follow=True)
    (order,) = orders(buyer.scope)
    assert answer.redirect_chain == [(f"/services/{order.instance_id}/", 302)]
    assert f"La commande {order.number} est passée." in answer.content.decode()


def test_what_was_ordered_is_called_by_its_name_in_the_readers_language(desk: Client, buyer: Customer) -> None:
    desk.post(ORDER, order_form(desk))
    (order,) = orders(buyer.scope)
    reader = at_desk(buyer.person, "ar")
    for page in ("/orders/", f"/orders/{order.id}/", f"/services/{order.instance_id}/"):
        assert "خدمة نموذجية" in text(reader.get(page)), page
    assert order.offering_name in text(desk.get(f"/orders/{order.id}/"))


def test_the_same_form_sent_twice_is_one_order(desk: Client, buyer: Customer) -> None:
    form = order_form(desk)
    first, second = (desk.post(ORDER, form).url for _ in range(2))
    assert first == second
    assert len(orders(buyer.scope)) == 1


def test_a_form_sent_before_and_changed_since_asks_again_before_it_orders_more(desk: Client, buyer: Customer) -> None:
    form = order_form(desk)
    desk.post(ORDER, form)
    again = desk.post(ORDER, form | {"name": "autre"})
    assert "Ce formulaire a déjà été envoyé" in text(again)
    assert len(orders(buyer.scope)) == 1
    assert form["key"] not in again.content.decode()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"name": "x" * 64}, "63"),
        ({"plan": "xxl"}, "Choisissez une formule."),
        ({"region": "fr-paris"}, "fr-paris"),
        ({"project": str(new_id())}, ""),
    ],
)
def test_a_faulty_form_says_where_and_orders_nothing(
    desk: Client, buyer: Customer, change: dict[str, str], complaint: str
) -> None:
    answer = desk.post(ORDER, order_form(desk) | change)
    assert answer.status_code == 422
    assert complaint in text(answer)
    assert orders(buyer.scope) == []


def test_a_name_that_is_taken_is_told_at_its_field_and_nothing_typed_is_lost(desk: Client, buyer: Customer) -> None:
    desk.post(ORDER, order_form(desk))
    answer = desk.post(ORDER, order_form(desk) | {"plan": "m"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "compta" in html[html.index('id="id_name_error"') :][:400]
    assert 'value="m" checked' in html
    assert len(orders(buyer.scope)) == 1


def test_where_there_is_no_room_nothing_is_ordered_and_the_reader_is_told(desk: Client, buyer: Customer) -> None:
    some_capacity(vcpus=0)
    answer = desk.post(ORDER, order_form(desk))
    assert "Rien n’a été commandé" in text(answer)
    assert 'value="compta"' in answer.content.decode()
    assert orders(buyer.scope) == []


def test_a_viewer_sees_the_form_but_may_not_order(desk: Client, buyer: Customer) -> None:
    viewer = colleague(buyer, "viewer")
    assert "Votre rôle ne permet pas de commander" in text(viewer.get(ORDER))
    answer = viewer.post(ORDER, order_form(desk))
    assert answer.status_code == 422
    assert orders(buyer.scope) == []


def test_an_order_can_be_followed_and_cancelled_while_it_is_open(desk: Client, buyer: Customer) -> None:
    desk.post(ORDER, order_form(desk))
    (order,) = orders(buyer.scope)
    assert str(order.number) in text(desk.get("/orders/"))
    page = desk.get(f"/orders/{order.id}/")
    assert "Prix gelé" in text(page)
    assert "hx-trigger" in page.content.decode()
    assert "Annulée" in text(desk.post(f"/orders/{order.id}/cancel/", follow=True))
    assert "hx-trigger" not in desk.get(f"/orders/{order.id}/").content.decode().partition("<main")[2]
