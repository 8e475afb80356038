"""Which language the program speaks."""

from __future__ import annotations

import pytest

from souk.cli import formats, language


@pytest.mark.parametrize(
    ("arguments", "environment", "spoken"),
    [
        ([], {}, "en"),
        ([], {"LANG": "fr_MA.UTF-8"}, "fr"),
        ([], {"LANG": "ar_MA.UTF-8"}, "ar"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "fr_FR.UTF-8"}, "fr"),
        ([], {"LANGUAGE": "ar:fr", "LANG": "en_GB"}, "ar"),
        (["market", "--language", "fr"], {"LANG": "ar_MA"}, "fr"),
        (["market", "--language=ar"], {}, "ar"),
        (["connect", "x", "--", "--language", "fr"], {}, "en"),
    ],
)
def test_an_option_wins_over_the_environment(arguments: list[str], environment: dict[str, str], spoken: str) -> None:
    assert language.choose(arguments, environment) == spoken


@pytest.mark.parametrize(
    ("spoken", "amount", "size"),
    [("en", "1,790.00 MAD", "1.5"), ("fr", "1\u202f790,00 MAD", "1,5"), ("ar", "1.790,00 MAD", "1,5")],
)
def test_numbers_are_written_as_each_language_writes_them(spoken: str, amount: str, size: str) -> None:
    language.install(spoken)
    assert formats.amount(179_000, "MAD") == amount
    assert formats.size(1536).startswith(size)


@pytest.mark.parametrize(
    ("value", "shown"), [("0.0020", "0.002 MAD"), ("1.1", "1.10 MAD"), ("590", "590.00 MAD"), (None, "—")]
)
def test_a_price_keeps_the_decimals_it_has(value: str | None, shown: str) -> None:
    assert formats.price(value, "MAD") == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.44, "0.4 s"), (61, "1 min 1 s"), (3_660, "1 h 1 min"), (90_000, "1 d 1 h")]
)
def test_a_duration_has_two_units(seconds: float, shown: str) -> None:
    assert formats.duration(seconds) == shown
