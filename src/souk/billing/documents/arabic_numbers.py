"""Whole numbers spelled in Arabic, agreeing with the (masculine) thing they count.

Arabic inflects the thing counted by the last two digits: one and two stand alone, three to ten take the
plural, eleven to ninety-nine the singular accusative, round hundreds the singular genitive. Thousand,
million and milliard are themselves counted that way, hence one rule for both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """The forms of a masculine noun behind a number."""

    one: str
    two: str
    few: str
    many: str
    genitive: str


_SCALES = (
    (10**9, Noun("مليار", "ملياران", "مليارات", "ملياراً", "مليار")),
    (10**6, Noun("مليون", "مليونان", "ملايين", "مليوناً", "مليون")),
    (10**3, Noun("ألف", "ألفان", "آلاف", "ألفاً", "ألف")),
)
_ONES = (
    "",
    "واحد",
    "اثنان",
    "ثلاثة",
    "أربعة",
    "خمسة",
    "ستة",
    "سبعة",
    "ثمانية",
    "تسعة",
    "عشرة",
    "أحد عشر",
    "اثنا عشر",
)
_TENS = ("", "عشرة", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون")
_HUNDREDS = (
    "", "مائة", "مائتان", "ثلاثمائة", "أربعمائة", "خمسمائة", "ستمائة", "سبعمائة", "ثمانمائة", "تسعمائة",
)  # fmt: skip
_AND = " و"
_DUALS = ("مائتان", *(noun.two for _, noun in _SCALES))
_ACCUSATIVE = "اً"


def counted(number: int, noun: Noun) -> str:
    """`number` of `noun`, both spelled: "ثلاثة دراهم". Numbers from zero on."""
    if number in (1, 2):
        return noun.one if number == 1 else noun.two
    rest = number % 100
    if rest in (1, 2):
        return counted(number - rest, noun) + _AND + counted(rest, noun)
    if rest == 0:
        return f"{_construct(cardinal(number))} {noun.genitive}"
    return f"{cardinal(number)} {noun.few if rest <= 10 else noun.many}"


def cardinal(number: int) -> str:
    """The number alone, in the nominative."""
    if number == 0:
        return "صفر"
    parts = []
    for size, noun in _SCALES:
        count, number = divmod(number, size)
        if count:
            parts.append(counted(count, noun))
    if number:
        parts.append(_below_thousand(number))
    return _AND.join(parts)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [_HUNDREDS[hundreds]] if hundreds else []
    if 0 < rest < len(_ONES):
        parts.append(_ONES[rest])
    elif 0 < rest < 20:
        parts.append(f"{_ONES[rest - 10]} عشر")
    elif rest:
        tens, ones = divmod(rest, 10)
        parts.extend(word for word in (_ONES[ones], _TENS[tens]) if word)
    return _AND.join(parts)


def _construct(words: str) -> str:
    """The form before a genitive: a dual drops its nun, an accusative its tanwin."""
    if words.endswith(_DUALS):
        return words[:-1]
    return words.removesuffix(_ACCUSATIVE)
