"""The schedule of prices by grade: each grade pays a percent of the base price (domain model 2.9, grade prices)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from broker.errors import RuleBroken
from broker.money import Money, minor_digits


@dataclass(frozen=True)
class Grades:
    """Percent of the base price by grade code: 100 the agreed grade, 0 taken without pay.

    Raises RuleBroken('number_negative') for a percent below zero.
    """

    pct: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        for grade, percent in self.pct.items():
            _not_negative(percent, grade)

    def of(self, grade: str) -> Decimal:
        """Raises RuleBroken('grade_not_priced')."""
        try:
            return self.pct[grade]
        except KeyError:
            raise RuleBroken("grade_not_priced", field=grade, grade=grade) from None


@dataclass(frozen=True)
class GradeLine:
    """`kg` of a grade at `pct` percent of the base price; `price` per unit, unrounded; `amount` to the minor unit."""

    grade: str
    kg: Decimal
    pct: Decimal
    price: Decimal
    amount: Money


def by_grade(
    price: Decimal,
    kg_by_grade: Mapping[str, Decimal],
    grades: Grades,
    currency: str,
    *,
    unit_kg: Decimal = Decimal(1),
) -> tuple[GradeLine, ...]:
    """A line per grade, in the order given, for a base `price` in major units per `unit_kg` kg.

    The total is the exact sum rounded once, half even. Each line is first cut down to the minor unit; the units still
    missing go one each to the lines that lost most (largest remainder, the earlier line where equal). So the lines
    sum to the total, and none is a whole minor unit away from its exact amount, which a last line that takes the rest
    cannot promise. Raises RuleBroken: grade_not_priced, number_negative (kg), currency_unknown.
    """
    exact = [
        _not_negative(kg, grade) * price * grades.of(grade) / (100 * unit_kg)
        for grade, kg in kg_by_grade.items()
    ]
    amounts = largest_remainder(exact, currency)
    return tuple(
        GradeLine(grade, kg, grades.of(grade), price * grades.of(grade) / 100, amount)
        for (grade, kg), amount in zip(kg_by_grade.items(), amounts, strict=True)
    )


def largest_remainder(exact: list[Decimal], currency: str) -> list[Money]:
    """Exact amounts in major units as money that sums to the rounded total."""
    scaled = [amount.scaleb(minor_digits(currency)) for amount in exact]
    whole = [int(amount.to_integral_value(ROUND_FLOOR)) for amount in scaled]
    missing = Money.rounded(sum(exact, Decimal(0)), currency).minor - sum(whole)
    by_loss = sorted(range(len(exact)), key=lambda i: whole[i] - scaled[i])
    for line in by_loss[:missing]:
        whole[line] += 1
    return [Money(minor, currency) for minor in whole]


def _not_negative(value: Decimal, grade: str) -> Decimal:
    if value < 0:
        raise RuleBroken("number_negative", field=grade, text=str(value))
    return value
