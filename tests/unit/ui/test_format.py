"""Amounts, sizes and instants in three languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from souk.kernel.money import Money
from souk.ui import format as words

THIN, HARD = "\u202f", "\u00a0"
NOON = datetime(2026, 7, 14, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", f"1{THIN}234,50{HARD}MAD"),
        ("ar", f"1{THIN}234,50{HARD}درهم"),
        ("en", f"MAD{HARD}1,234.50"),
    ],
)
def test_an_amount_is_written_as_its_reader_expects(language: str, expected: str) -> None:
    with override(language):
        assert words.money(Money(123450, "MAD")) == expected


def test_a_negative_amount_in_arabic_keeps_its_minus_before_the_number() -> None:
    with override("ar"):
        assert words.money(Money(-100, "MAD")) == f"\u2066\u22121,00\u2069{HARD}درهم"


def test_every_currency_shows_exactly_its_own_decimals() -> None:
    with override("en"):
        assert words.money(Money(1000, "TND")) == f"TND{HARD}1.000"
        assert words.money(Money(1000, "XOF")) == f"XOF{HARD}1,000"


def test_a_unit_price_shows_as_many_decimals_as_it_needs_and_at_most_six() -> None:
    with override("fr"):
        assert words.rate(Decimal("0.3288"), "MAD") == f"0,3288{HARD}MAD"
        assert words.rate(Decimal("0.5"), "MAD") == f"0,50{HARD}MAD"
        assert words.rate(Decimal("0.0000123456"), "MAD") == f"0,000012{HARD}MAD"


def test_sizes_are_binary_with_at_most_one_decimal() -> None:
    with override("fr"):
        assert words.size(0) == f"0{HARD}o"
        assert words.size(1536) == f"1,5{HARD}Kio"
        assert words.size(10 * 1024**3) == f"10{HARD}Gio"
    with override("ar"):
        assert words.size(1024**4) == f"1{HARD}TiB"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (59.6, "1 min"), (192, "3 min 12 s"), (3600, "1 h"), (93784, "1 j 2 h"), (86405, "1 j")],
)
def test_a_duration_shows_its_two_largest_units(seconds: float, expected: str) -> None:
    with override("fr"):
        assert words.duration(seconds).replace(HARD, " ").replace(THIN, " ") == expected


def test_an_instant_is_shown_in_the_fiscal_zone_with_western_digits_in_every_language() -> None:
    with override("fr"):
        assert words.instant(NOON) == "14 juil. 2026 13:00"
    with override("ar"):
        assert words.instant(NOON, "date") == "14 يوليوز 2026"
    with override("en"):
        assert words.instant(NOON, "month") == "July 2026"
        assert words.instant(NOON, "full") == "14 July 2026 13:00:05"
    with override("ar"):
        assert words.instant(NOON, "stamp") == "2026-07-14 13:00:05"


def test_during_ramadan_the_fiscal_zone_is_at_universal_time() -> None:
    with override("en"):
        assert words.instant(datetime(2026, 3, 1, 12, 0, tzinfo=UTC), "time") == "12:00"


def test_a_moment_ago_is_now_and_a_while_ago_is_told_in_words() -> None:
    with override("fr"):
        assert words.since(NOON, NOON + timedelta(seconds=4)) == "à l’instant"
        assert words.since(NOON, NOON + timedelta(minutes=5)) == "il y a 5 minutes"
        assert words.since(NOON, NOON - timedelta(days=2)) == "dans 2 jours"


def test_an_unknown_language_reads_french() -> None:
    with override("de"):
        assert words.language() == "fr"
