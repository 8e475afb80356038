"""Exact money: integer minor units and a currency, rounded once, half away from zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 minor-unit exponents of the currencies an operator here meets.
EXPONENTS = {"MAD": 2, "EUR": 2, "USD": 2, "GBP": 2, "TND": 3, "XOF": 0}


class CurrencyMismatch(ValueError):
    """Amounts in different currencies cannot be added or compared."""


@dataclass(frozen=True, order=False)
class Money:
    """An amount of money: `minor` whole minor units (centimes) of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency: {self.currency!r}")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """Round a decimal amount in major units to minor units, half away from zero."""
        scaled = Decimal(amount).scaleb(EXPONENTS[currency])
        return cls(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, rate: Decimal) -> Money:
        """This amount times `rate` (0.20 for twenty per cent), rounded once to minor units."""
        return Money.of(self.amount * rate, self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that must all be in `currency`; zero for none."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result
