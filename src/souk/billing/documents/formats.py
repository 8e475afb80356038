"""Numbers, money and dates as each language writes them on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date

from souk.billing.documents.content import Period
from souk.billing.documents.xml import plain
from souk.kernel.money import Money

# Moroccan documents group by spaces and write a decimal comma, in French and in Arabic, whose digits are
# the western ones there.
_SPACE = "\u00a0"
_SEPARATORS = {"fr": (_SPACE, ","), "ar": (_SPACE, ","), "en": (",", ".")}
_LOCALES = {"fr": "fr", "ar": "ar_MA", "en": "en_GB"}
MINUS = "\u2212"


def number(value: Decimal, language: str, decimals: int = 0) -> str:
    """A number with all its decimals, at least `decimals` of them."""
    whole, _, fraction = plain(abs(value)).partition(".")
    group, point = _SEPARATORS[language]
    text = f"{int(whole):,}".replace(",", group)
    fraction = fraction.ljust(decimals, "0")
    sign = MINUS if value < 0 else ""
    return sign + (f"{text}{point}{fraction}" if fraction else text)


def money(value: Money, language: str) -> str:
    """An amount without its currency, with the currency's own number of decimals."""
    return number(value.amount, language, -int(value.amount.as_tuple().exponent))


def with_currency(value: Money, language: str) -> str:
    """An amount with its ISO code, kept on one line."""
    return f"{money(value, language)}\u00a0{value.currency}"


def day(value: date, language: str) -> str:
    """A date in full: 31 octobre 2026."""
    return format_date(value, "d MMMM y", locale=_LOCALES[language])


def short_day(value: date) -> str:
    """A date in figures, as written in Morocco: 31/10/2026."""
    return f"{value:%d/%m/%Y}"


def period(value: Period) -> str:
    """First and last day in figures."""
    return f"{short_day(value.start)} \u2013 {short_day(value.end)}"


def grouped(text: str, *sizes: int) -> str:
    """An account number in groups: of the given sizes, the last one repeated to the end."""
    compact = "".join(text.split())
    groups, widths = [], list(sizes)
    while compact:
        width = widths.pop(0) if len(widths) > 1 else widths[0]
        groups.append(compact[:width])
        compact = compact[width:]
    return "\u00a0".join(groups)
