"""Amounts, sizes, durations and instants as a reader in French, Arabic or English expects them.

Plain text, for pages and for letters alike. Digits are Western in every language, as is customary in Morocco,
and numbers in Arabic are grouped as in French. Instants are shown in the fiscal time zone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit
from django.utils.translation import get_language, gettext

from souk.kernel.money import EXPONENTS, Money

FISCAL_ZONE = ZoneInfo("Africa/Casablanca")

_NO_BREAK = "\u00a0"
# Left-to-right isolate and its end: a minus sign stays before its number in Arabic.
_ISOLATED = "\u2066{}\u2069"
_NUMBER_LOCALE = {"fr": "fr", "ar": "fr", "en": "en"}
_DATE_LOCALE = {"fr": "fr", "ar": "ar_MA", "en": "en_GB"}
_DIRHAM = {"ar": "درهم"}
_BINARY = {"fr": ("o", "Kio", "Mio", "Gio", "Tio", "Pio"), "en": ("B", "KiB", "MiB", "GiB", "TiB", "PiB")}


def language() -> str:
    """The reader's language: `fr`, `ar` or `en`."""
    code = (get_language() or "fr").split("-")[0]
    return code if code in _NUMBER_LOCALE else "fr"


def number(value: Decimal | float, decimals: int | None = None, at_least: int = 0) -> str:
    """A number with at most `decimals` decimals (all of them when None) and at least `at_least`."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if decimals is None:
        exponent = exact.as_tuple().exponent
        decimals = max(-exponent, 0) if isinstance(exponent, int) else 0
    decimals = max(decimals, at_least)
    pattern = "#,##0" + ("." + "0" * at_least + "#" * (decimals - at_least) if decimals else "")
    text = format_decimal(exact, format=pattern, locale=_NUMBER_LOCALE[language()])
    text = text.replace("-", "\u2212")
    return _ISOLATED.format(text) if exact < 0 and language() == "ar" else text


def money(value: Money) -> str:
    """`1 234,50 MAD`, `1 234,50 درهم`, `MAD 1,234.50`; every decimal of the currency, always."""
    decimals = EXPONENTS[value.currency]
    return _with_currency(number(value.amount, decimals, decimals), value.currency)


def rate(amount: Decimal, currency: str) -> str:
    """A unit price in major units: the currency's decimals, and up to six when it needs them."""
    return _with_currency(number(amount, 6, EXPONENTS[currency]), currency)


def size(count: float) -> str:
    """Bytes in binary units with at most one decimal: `1,5 Gio`, `1.5 GiB`."""
    units = _BINARY["fr" if language() == "fr" else "en"]
    step, value = 0, Decimal(str(count))
    while abs(value) >= 1024 and step < len(units) - 1:
        value, step = value / 1024, step + 1
    return f"{number(value, 1)}{_NO_BREAK}{units[step]}"


def quantity(value: Decimal | float, unit: str = "", decimals: int = 2) -> str:
    """A number and its unit, kept on one line."""
    return f"{number(value, decimals)}{_NO_BREAK}{unit}" if unit else number(value, decimals)


def duration(value: timedelta | float) -> str:
    """The two largest units of a span given in seconds: `3 min 12 s`, `2 j 4 h`."""
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else value)
    parts: list[tuple[int, str]] = []
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, length)
        if count or (parts and unit != "second") or (not parts and unit == "second"):
            parts.append((count, unit))
    shown = [part for part in parts[:2] if part[0]] or parts[:1]
    texts = [format_unit(n, f"duration-{u}", "short", locale=_DATE_LOCALE[language()]) for n, u in shown]
    return " ".join(text.replace(" ", _NO_BREAK) for text in texts)


def instant(value: datetime, style: str = "datetime", zone: ZoneInfo = FISCAL_ZONE) -> str:
    """An instant in `zone`; `style` is datetime, date, time, full, month, or stamp: digits that sort."""
    local, locale = value.astimezone(zone), _DATE_LOCALE[language()]
    match style:
        case "date":
            return format_date(local, "d MMM y", locale=locale)
        case "time":
            return format_time(local, "short", locale=locale)
        case "month":
            return format_date(local, "LLLL y", locale=locale)
        case "stamp":
            return f"{local:%Y-%m-%d %H:%M:%S}"
        case "full":
            return format_datetime(local, "d MMMM y HH:mm:ss", locale=locale)
        case _:
            return format_datetime(local, "d MMM y HH:mm", locale=locale)


def since(value: datetime, now: datetime) -> str:
    """How long before or after `now`: `il y a 5 minutes`, `dans 2 jours`."""
    span = value - now
    if abs(span) < timedelta(seconds=10):
        return gettext("just now")
    return format_timedelta(span, add_direction=True, locale=_DATE_LOCALE[language()])


def _with_currency(text: str, currency: str) -> str:
    if language() == "en":
        return f"{currency}{_NO_BREAK}{text}"
    name = _DIRHAM.get(language(), currency) if currency == "MAD" else currency
    return f"{text}{_NO_BREAK}{name}"
