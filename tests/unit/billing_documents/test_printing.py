"""Numbers, dates and text from people, made ready for paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.billing.documents import formats
from souk.billing.documents.codes import UNITS
from souk.billing.documents.content import PaymentMeans
from souk.billing.documents.fonts import coverages, printable
from souk.billing.documents.labels import LANGUAGES, Labels
from souk.kernel.money import Money


@pytest.mark.parametrize(
    ("language", "shown"),
    [("fr", "1\u00a0234\u00a0567,50"), ("ar", "1\u00a0234\u00a0567,50"), ("en", "1,234,567.50")],
)
def test_money_is_grouped_as_the_language_does(language: str, shown: str) -> None:
    assert formats.money(Money.of("1234567.5", "MAD"), language) == shown


def test_a_negative_amount_has_a_true_minus() -> None:
    assert formats.money(Money.of("-64.49", "MAD"), "fr") == "\u221264,49"


def test_a_currency_without_cents_shows_none() -> None:
    assert formats.with_currency(Money.of("5000", "XOF"), "fr") == "5\u00a0000\u00a0XOF"


def test_a_price_shows_all_that_it_was_multiplied_by() -> None:
    assert formats.number(Decimal("0.6944444444"), "fr", 2) == "0,6944444444"
    assert formats.number(Decimal("240.0000000000"), "fr", 2) == "240,00"


@pytest.mark.parametrize(("language", "shown"), [("fr", "1 août 2026"), ("ar", "1 غشت 2026"), ("en", "1 August 2026")])
def test_a_date_is_written_with_the_month_that_moroccans_say(language: str, shown: str) -> None:
    assert formats.day(date(2026, 8, 1), language) == shown


def test_a_rib_is_grouped_by_bank_town_account_and_key() -> None:
    shown = formats.grouped("007780000123456789012396", 3, 3, 16, 2).split("\u00a0")
    assert shown == ["007", "780", "0001234567890123", "96"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cafe\u0301", "Café"),
        ("a\n\t b\x00\x07", "a b"),
        ("abc\u202e123\u2066x", "abc123x"),
        ("漢字", "\ufffd\ufffd"),
        ("ⵜⴰⴼⵔⴰⵡⵜ", "ⵜⴰⴼⵔⴰⵡⵜ"),
        ("تعاونية", "تعاونية"),
        ("👩‍👧☕️", "👩👧☕"),
        ("x\u0301\u0489", "x\u0301\ufffd"),
        ("\ud800", "\ufffd"),
    ],
)
def test_text_from_people_is_made_drawable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_word_without_end_can_be_broken() -> None:
    assert printable("x" * 30).count("\u200b") == 4
    assert "\u200b" not in printable("x" * 24)


@given(st.text())
def test_whatever_is_typed_can_be_drawn(text: str) -> None:
    drawable = frozenset().union(*coverages()) | {ord(" ")}
    assert all(ord(character) in drawable for character in printable(text))


@pytest.mark.parametrize(
    ("language", "quantity", "shown"),
    [("fr", "1", "jour"), ("fr", "1.5", "jour"), ("fr", "-2", "jours"), ("en", "0.5", "days"), ("en", "1", "day")],
)
def test_a_unit_agrees_with_its_quantity(language: str, quantity: str, shown: str) -> None:
    assert LANGUAGES[language].unit("DAY", Decimal(quantity)) == shown


def test_a_unit_without_a_word_is_shown_by_its_code() -> None:
    assert LANGUAGES["fr"].unit("KGM", Decimal(2)) == "KGM"


@pytest.mark.parametrize("labels", LANGUAGES.values(), ids=LANGUAGES)
def test_every_unit_and_means_of_payment_has_a_word_in_every_language(labels: Labels) -> None:
    assert set(labels.units) == set(UNITS)
    assert set(labels.means) == set(PaymentMeans)


@pytest.mark.parametrize("labels", LANGUAGES.values(), ids=LANGUAGES)
def test_every_label_can_be_drawn(labels: Labels) -> None:
    words = [text for text in vars(labels).values() if isinstance(text, str)]
    words += [word for pair in labels.units.values() for word in pair] + list(labels.means.values())
    assert [text for text in words if "\ufffd" in printable(text)] == []
