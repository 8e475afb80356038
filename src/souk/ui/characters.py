"""Text as people really type and paste it: invisible marks removed, digits made Western."""

from __future__ import annotations

import unicodedata

# Zero-width and bidirectional control characters: they come along when copying from a web page or a PDF.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


def sane(text: str) -> str:
    """`text` in composed form, with invisible marks removed and white space trimmed and made plain.

    Zero-width joiners stay: Arabic and Amazigh names may need them.
    """
    plain = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return "\n".join(" ".join(line.split()) for line in plain.strip().splitlines())


def western_digits(text: str) -> str:
    """`text` with every decimal digit of any script written 0 to 9."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
