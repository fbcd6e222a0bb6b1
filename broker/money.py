"""Money in whole minor units of a currency, and prices per unit of mass."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from broker.errors import RuleBroken

# Minor digits per ISO 4217; the Colombian peso is quoted to the hundredth in unit prices.
MINOR_DIGITS = {
    "COP": 2, "USD": 2, "BOB": 2, "GTQ": 2, "HNL": 2, "PAB": 2, "NIO": 2, "CRC": 2,
    "MXN": 2, "PEN": 2, "DOP": 2, "BRL": 2, "EUR": 2,
}  # fmt: skip


def minor_digits(currency: str) -> int:
    """Digits after the point of a currency. Raises RuleBroken('currency_unknown')."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise RuleBroken("currency_unknown", field="currency", currency=currency) from None


@dataclass(frozen=True, order=True)
class Money:
    """An amount in whole minor units (cents, centavos) of one currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Money:
        """The amount in major units; raises RuleBroken('money_too_fine') below one minor unit."""
        scaled = Decimal(amount).scaleb(minor_digits(currency))
        if scaled != scaled.to_integral_value():
            raise RuleBroken("money_too_fine", amount=str(amount), currency=currency)
        return cls(int(scaled), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Money:
        """The nearest whole minor unit, ties to even."""
        scaled = amount.scaleb(minor_digits(currency))
        return cls(int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency)

    @property
    def amount(self) -> Decimal:
        """In major units."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.minor, other.currency)


@dataclass(frozen=True)
class UnitPrice:
    """A price per unit of mass: money per `unit`, and how many kg that unit holds."""

    money: Money
    unit: str
    unit_kg: Decimal

    @property
    def per_kg(self) -> Decimal:
        """Major units of the currency per kg."""
        return self.money.amount / self.unit_kg


@dataclass(frozen=True, order=True)
class KgPrice:
    """A price per kg in whole ten-thousandths of the currency unit, so that it is exact and still fine enough."""

    points: int
    currency: str

    SCALE = 4

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> KgPrice:
        """From major units per kg, ties to even."""
        return cls(int(amount.scaleb(cls.SCALE).to_integral_value(ROUND_HALF_EVEN)), currency)

    @property
    def amount(self) -> Decimal:
        """Major units per kg."""
        return Decimal(self.points).scaleb(-self.SCALE)

    def per(self, unit_kg: Decimal) -> Decimal:
        """Major units for a unit of `unit_kg` kg, unrounded."""
        return self.amount * unit_kg

    def total(self, kg: Decimal) -> Money:
        """What `kg` cost, to the nearest minor unit."""
        return Money.rounded(self.amount * kg, self.currency)
