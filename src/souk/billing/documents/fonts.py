"""Which characters the shipped fonts can draw, so that nothing ever prints as an empty box by surprise.

An archivable PDF may not hold a character without a glyph, and no font of the machine is used. Text from
people is therefore made printable first.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
REPLACEMENT = "\ufffd"
BREAK_HERE = "\u200b"
#: A word of more characters than this may be broken, so that it stays inside its column.
LONGEST_WORD = 24
_PIECE = 6
# Direction overrides and embeddings can make a number read backwards; joiners and selectors only matter to
# fonts that we do not ship.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
# Not the no-break spaces: they are there to keep a number in one piece.
_BLANKS = re.compile("[\t-\r \x85\u2028\u2029]+")
# A character and the combining marks on it: Latin, Arabic, and what Unicode reserves for the purpose.
_MARKS = (
    r"\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_CLUSTER = re.compile(f"(?s:.)[{_MARKS}]*")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def printable(text: str) -> str:
    """`text` on one line, in composed form, with what cannot be drawn replaced by U+FFFD."""
    composed = unicodedata.normalize("NFC", _BLANKS.sub(" ", text).strip())
    drawn = "".join(_drawable(cluster) for cluster in _CLUSTER.findall(_INVISIBLE.sub("", composed)))
    return _LONG_WORD.sub(_breakable, drawn)


@cache
def coverages() -> tuple[frozenset[int], ...]:
    """The code points that each font can draw."""
    return tuple(frozenset(_character_map(path.read_bytes())) for path in sorted(FOLDER.glob("*.ttf")))


def _drawable(cluster: str) -> str:
    """A letter with its marks if one font has them all, else the letter alone, else the replacement."""
    kind = unicodedata.category(cluster[0])
    if kind in {"Cc", "Cf"}:
        return ""
    for candidate in (cluster, cluster[0]):
        if kind[0] != "C" and any(font.issuperset(map(ord, candidate)) for font in coverages()):
            return candidate
    return REPLACEMENT


def _breakable(word: re.Match[str]) -> str:
    text = word.group()
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return BREAK_HERE.join(pieces)


def _character_map(font: bytes) -> set[int]:
    """The code points in a font's `cmap` table, formats 4 and 12 (OpenType specification)."""
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for index in range(count):
        (offset,) = struct.unpack_from(">4xL", font, start + 4 + 8 * index)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 12:
            found |= _segmented_coverage(font, start + offset)
        elif kind == 4:
            found |= _segment_mapping(font, start + offset)
    return found


def _table(font: bytes, tag: bytes) -> int:
    (tables,) = struct.unpack_from(">H", font, 4)
    for index in range(tables):
        name, offset = struct.unpack_from(">4s4xL", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"the font has no {tag.decode()} table")


def _segmented_coverage(font: bytes, start: int) -> set[int]:
    (groups,) = struct.unpack_from(">L", font, start + 12)
    found: set[int] = set()
    for index in range(groups):
        first, last = struct.unpack_from(">LL", font, start + 16 + 12 * index)
        found.update(range(first, last + 1))
    return found


def _segment_mapping(font: bytes, start: int) -> set[int]:
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    shape = f">{doubled // 2}H"
    lasts = struct.unpack_from(shape, font, start + 14)
    firsts = struct.unpack_from(shape, font, start + 16 + doubled)
    found: set[int] = set()
    for first, last in zip(firsts, lasts, strict=True):
        found.update(range(first, last + 1))
    return found - {0xFFFF}
