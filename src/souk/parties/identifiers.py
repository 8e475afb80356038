"""Identifiers of companies and bank accounts, checked by their own check digits."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.ma import ice as ice_number

from souk.parties.errors import InvalidIce, InvalidRib


def clean_ice(value: str) -> str:
    """A Moroccan ICE without separators.

    Raises:
        InvalidIce: not 15 digits, or the check digits don't hold.
    """
    try:
        return str(ice_number.validate(value))
    except ValidationError as error:
        raise InvalidIce(ice=value) from error


def clean_rib(value: str) -> str:
    """A Moroccan RIB without separators: 24 digits, key = 97 − (first 22 × 100 mod 97).

    Raises:
        InvalidRib: not 24 digits, or the key doesn't hold.
    """
    digits = "".join(value.split())
    if not (len(digits) == 24 and digits.isascii() and digits.isdigit()) or rib_key(digits[:22]) != digits[22:]:
        raise InvalidRib(rib=value)
    return digits


def rib_key(account: str) -> str:
    """The two-digit key of a RIB's first 22 digits."""
    return f"{97 - int(account) * 100 % 97:02d}"
