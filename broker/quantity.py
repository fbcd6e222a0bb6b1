"""A mass as it was said and as it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

GRAM = Decimal("0.001")


def to_gram(kg: Decimal) -> Decimal:
    """Kilograms rounded to the whole gram, ties to even."""
    return kg.quantize(GRAM, ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Quantity:
    """`original` units of `unit`, `factor` kg each; the product is what is counted."""

    original: Decimal
    unit: str
    factor: Decimal

    @property
    def kg(self) -> Decimal:
        return to_gram(self.original * self.factor)

    @classmethod
    def of_kg(cls, kg: Decimal) -> Quantity:
        return cls(kg, "kg", Decimal(1))
