"""The market place, as visitors see it."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text, visitor
from tests.support.world import Customer, operator

pytestmark = pytest.mark.django_db


def test_a_visitor_sees_what_is_for_sale_and_from_which_price() -> None:
    page = text(visitor().get("/market/"))
    assert "Exemple géré" in page
    assert "dès 490,00 MAD / mois" in page


@pytest.mark.parametrize("words", ["exem", "exemple géré", "EXEMPLE ger"])
def test_the_beginning_of_the_last_word_is_enough_to_find_an_offering(words: str) -> None:
    assert "Exemple géré" in text(visitor().get("/market/", {"q": words}))


@pytest.mark.parametrize("words", ["zzz", "' & | !", "½ ŉ", "exemple zzz"])
def test_words_that_match_nothing_say_so(words: str) -> None:
    page = text(visitor().get("/market/", {"q": words}))
    assert "Rien ne correspond" in page
    assert "Exemple géré" not in page


def test_a_category_narrows_what_is_shown() -> None:
    assert "Exemple géré" in text(visitor().get("/market/", {"category": "databases"}))
    assert "Rien ne correspond" in text(visitor().get("/market/", {"category": "storage"}))


def test_an_offering_lists_every_plan_with_both_prices() -> None:
    page = text(visitor().get("/market/exemple/"))
    for price in ("490,00 MAD / mois", "1,20 MAD / heure", "1 690,00 MAD / mois", "3,60 MAD / heure"):
        assert price in page
    assert "Témara , Maroc" in page
    assert "0 – 100 Gio : inclus" in page


def test_an_unknown_offering_is_a_problem_in_the_readers_language() -> None:
    answer = visitor("en").get("/market/nothing/")
    assert answer.status_code == 404
    assert "nothing" in text(answer)
    assert 'dir="rtl"' in visitor("ar").get("/market/nothing/").content.decode()


def test_everybody_starts_where_their_work_is(desk: Client, buyer: Customer) -> None:
    assert visitor().get("/").url == "/market/"
    assert desk.get("/").url == "/services/"
    assert at_desk(operator().person).get("/").url == "/operator/"
