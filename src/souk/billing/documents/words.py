"""An amount of money in words, as the closing sentence of a Moroccan invoice states it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from num2words import num2words

from souk.billing.documents import arabic_numbers
from souk.billing.documents.arabic_numbers import Noun
from souk.kernel.money import EXPONENTS, Money


@dataclass(frozen=True)
class Unit:
    """A currency's unit, singular and plural."""

    one: str
    many: str
    feminine: bool = False


_CENTIME, _CENT = Unit("centime", "centimes"), Unit("cent", "cents")
FRENCH = {
    "MAD": (Unit("dirham", "dirhams"), _CENTIME),
    "EUR": (Unit("euro", "euros"), _CENTIME),
    "USD": (Unit("dollar américain", "dollars américains"), _CENT),
    "GBP": (Unit("livre sterling", "livres sterling", feminine=True), Unit("penny", "pence")),
    "TND": (Unit("dinar tunisien", "dinars tunisiens"), Unit("millime", "millimes")),
    "XOF": (Unit("franc CFA", "francs CFA"), _CENTIME),
}
ENGLISH = {
    "MAD": (Unit("dirham", "dirhams"), _CENTIME),
    "EUR": (Unit("euro", "euros"), _CENT),
    "USD": (Unit("US dollar", "US dollars"), _CENT),
    "GBP": (Unit("pound sterling", "pounds sterling"), Unit("penny", "pence")),
    "TND": (Unit("Tunisian dinar", "Tunisian dinars"), Unit("millime", "millimes")),
    "XOF": (Unit("CFA franc", "CFA francs"), _CENTIME),
}
_SANTIM = Noun("سنتيم واحد", "سنتيمان", "سنتيمات", "سنتيماً", "سنتيم")
_SENT = Noun("سنت واحد", "سنتان", "سنتات", "سنتاً", "سنت")
ARABIC = {
    "MAD": (Noun("درهم واحد", "درهمان", "دراهم", "درهماً", "درهم"), _SANTIM),
    "EUR": (Noun("يورو واحد", "اثنان يورو", "يورو", "يورو", "يورو"), _SENT),
    "USD": (Noun("دولار واحد", "دولاران", "دولارات", "دولاراً", "دولار"), _SENT),
    "GBP": (
        Noun(
            "جنيه إسترليني واحد", "جنيهان إسترلينيان", "جنيهات إسترلينية", "جنيهاً إسترلينياً", "جنيه إسترليني",
        ),
        Noun("بنس واحد", "بنسان", "بنسات", "بنساً", "بنس"),
    ),
    "TND": (
        Noun("دينار تونسي واحد", "ديناران تونسيان", "دنانير تونسية", "ديناراً تونسياً", "دينار تونسي"),
        Noun("مليم واحد", "مليمان", "مليمات", "مليماً", "مليم"),
    ),
    "XOF": (Noun("فرنك واحد", "فرنكان", "فرنكات", "فرنكاً", "فرنك"), _SANTIM),
}  # fmt: skip


def amount_in_words(money: Money, language: str) -> str:
    """The amount spelled out in `fr`, `ar` or `en`: no digit, minor units only where there are some.

    Raises `ValueError` for another language.
    """
    spell, conjunction, minus = _language(language)
    major, minor = divmod(abs(money.minor), 10 ** EXPONENTS[money.currency])
    parts = [spell(major, money.currency, 0)] if major or not minor else []
    if minor:
        parts.append(spell(minor, money.currency, 1))
    return (minus if money.minor < 0 else "") + conjunction.join(parts)


def _language(language: str) -> tuple[Callable[[int, str, int], str], str, str]:
    known: dict[str, tuple[Callable[[int, str, int], str], str, str]] = {
        "fr": (_french, " et ", "moins "),
        "en": (_english, " and ", "minus "),
        "ar": (_arabic, " و", "ناقص "),
    }
    if language not in known:
        raise ValueError(f"no words for amounts in {language!r}")
    return known[language]


def _french(number: int, currency: str, part: int) -> str:
    unit = FRENCH[currency][part]
    words = num2words(number, lang="fr")
    if unit.feminine:
        words = re.sub(r"\bun$", "une", words)
    # A million, a milliard are nouns in French: "un million de dirhams", but "un million deux cents dirhams".
    if number and number % 10**6 == 0:
        words += " d'" if unit.many[0] in "aeiou" else " de "
        return f"{words}{unit.many}"
    return f"{words} {unit.one if number < 2 else unit.many}"


def _english(number: int, currency: str, part: int) -> str:
    unit = ENGLISH[currency][part]
    return f"{num2words(number, lang='en')} {unit.one if number == 1 else unit.many}"


def _arabic(number: int, currency: str, part: int) -> str:
    return arabic_numbers.counted(number, ARABIC[currency][part])
