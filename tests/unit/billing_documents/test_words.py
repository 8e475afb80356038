"""Amounts in words, in the three languages of an invoice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.billing.documents.arabic_numbers import cardinal
from souk.billing.documents.words import amount_in_words
from souk.kernel.money import EXPONENTS, Money

AMOUNTS = st.integers(0, 10**11)
FRENCH = {
    "0": "zéro dirham",
    "0.01": "un centime",
    "0.80": "quatre-vingts centimes",
    "1": "un dirham",
    "1.01": "un dirham et un centime",
    "2": "deux dirhams",
    "21": "vingt et un dirhams",
    "71": "soixante et onze dirhams",
    "80": "quatre-vingts dirhams",
    "81": "quatre-vingt-un dirhams",
    "200": "deux cents dirhams",
    "201": "deux cent un dirhams",
    "1000": "mille dirhams",
    "80000": "quatre-vingt mille dirhams",
    "200000": "deux cent mille dirhams",
    "1000000": "un million de dirhams",
    "1000000.50": "un million de dirhams et cinquante centimes",
    "1200000": "un million deux cent mille dirhams",
    "200000000": "deux cents millions de dirhams",
    "1000000000": "un milliard de dirhams",
    "2275.80": "deux mille deux cent soixante-quinze dirhams et quatre-vingts centimes",
    "-5": "moins cinq dirhams",
}
ARABIC = {
    "0": "صفر درهم",
    "1": "درهم واحد",
    "2": "درهمان",
    "3": "ثلاثة دراهم",
    "10.11": "عشرة دراهم وأحد عشر سنتيماً",
    "12": "اثنا عشر درهماً",
    "25": "خمسة وعشرون درهماً",
    "100": "مائة درهم",
    "101": "مائة درهم ودرهم واحد",
    "103": "مائة وثلاثة دراهم",
    "200": "مائتا درهم",
    "2000": "ألفا درهم",
    "3000": "ثلاثة آلاف درهم",
    "11000": "أحد عشر ألف درهم",
    "11200": "أحد عشر ألفاً ومائتا درهم",
    "1000000": "مليون درهم",
    "2000000": "مليونا درهم",
    "0.02": "سنتيمان",
    "-5": "ناقص خمسة دراهم",
}
ENGLISH = {
    "0": "zero dirhams",
    "1.01": "one dirham and one centime",
    "1234.56": "one thousand, two hundred and thirty-four dirhams and fifty-six centimes",
    "1000000": "one million dirhams",
    "-5": "minus five dirhams",
}
CASES = [("fr", *pair) for pair in FRENCH.items()]
CASES += [("ar", *pair) for pair in ARABIC.items()]
CASES += [("en", *pair) for pair in ENGLISH.items()]


@pytest.mark.parametrize(("language", "amount", "words"), CASES)
def test_an_amount_is_spelled_as_people_write_it(language: str, amount: str, words: str) -> None:
    assert amount_in_words(Money.of(amount, "MAD"), language) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1000000", "EUR", "un million d'euros"),
        ("21", "GBP", "vingt et une livres sterling"),
        ("3.005", "TND", "trois dinars tunisiens et cinq millimes"),
        ("5000", "XOF", "cinq mille francs CFA"),
        ("2.50", "USD", "deux dollars américains et cinquante cents"),
    ],
)
def test_other_currencies_have_their_own_names(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Money.of(amount, currency), "fr") == words


@given(AMOUNTS, st.sampled_from(["fr", "ar", "en"]), st.sampled_from(sorted(EXPONENTS)))
def test_no_amount_leaves_a_digit_or_a_gap(minor: int, language: str, currency: str) -> None:
    words = amount_in_words(Money(minor, currency), language)
    assert words == words.strip()
    assert not re.search(r"\d|  ", words)


@given(AMOUNTS, AMOUNTS, st.sampled_from(["fr", "ar", "en"]))
def test_different_amounts_have_different_words(one: int, other: int, language: str) -> None:
    same = amount_in_words(Money(one, "MAD"), language) == amount_in_words(Money(other, "MAD"), language)
    assert same == (one == other)


@given(st.integers(0, 10**12 - 1))
def test_an_arabic_number_uses_only_arabic_letters(number: int) -> None:
    assert re.fullmatch("[\u0621-\u064b ]+", cardinal(number))


def test_another_language_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'es'"):
        amount_in_words(Money(1, "MAD"), "es")
