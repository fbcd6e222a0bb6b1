"""Prices by grade, whose lines sum to the total."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from broker.errors import RuleBroken
from broker.money import Money
from broker.prices.grades import Grades, by_grade

PLANTAIN = Grades({"primera": Decimal(100), "segunda": Decimal(70), "rechazo": Decimal(0)})


def test_each_grade_pays_its_part_of_the_price() -> None:
    kg = {"primera": Decimal(900), "segunda": Decimal("80.5"), "rechazo": Decimal("19.5")}
    lines = by_grade(Decimal(2150), kg, PLANTAIN, "COP")
    assert [(line.grade, line.kg, line.price) for line in lines] == [
        ("primera", 900, 2150), ("segunda", Decimal("80.5"), 1505), ("rechazo", Decimal("19.5"), 0),
    ]  # fmt: skip
    assert [line.amount for line in lines] == [Money.of(n, "COP") for n in (1_935_000, "121152.50", 0)]


def test_the_units_lost_go_to_the_lines_that_lost_most() -> None:
    thirds = Grades(dict.fromkeys("abc", Decimal(100)))
    lines = by_grade(Decimal("0.333"), dict.fromkeys("abc", Decimal(1)), thirds, "USD")
    assert [line.amount.minor for line in lines] == [34, 33, 33]


def test_a_price_by_the_unit_is_exact_to_the_cent() -> None:
    """Half a quintal of 46 kg at 306.27 is 153.135, a tie; by the kg the cut-off digits would make it less."""
    whole = Grades({"SHG": Decimal(100)})
    (line,) = by_grade(Decimal("306.27"), {"SHG": Decimal(23)}, whole, "USD", unit_kg=Decimal(46))
    assert line.amount == Money.of("153.14", "USD")


@pytest.mark.parametrize(
    ("kg", "code", "field"),
    [
        ({"tercera": Decimal(1)}, "grade_not_priced", "tercera"),
        ({"primera": Decimal(-1)}, "number_negative", "primera"),
    ],
)
def test_what_has_no_price_is_named(kg: dict[str, Decimal], code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        by_grade(Decimal(2150), kg, PLANTAIN, "COP")
    assert (broken.value.code, broken.value.field) == (code, field)


def test_a_negative_percent_is_no_schedule() -> None:
    with pytest.raises(RuleBroken, match="number_negative"):
        Grades({"primera": Decimal(-1)})


def test_lines_sum_to_the_rounded_total_in_a_hundred_thousand_cases() -> None:
    draw = random.Random(20261123)
    for _ in range(100_000):
        names = "abcde"[: draw.randint(1, 5)]
        grades = Grades({name: Decimal(draw.randint(0, 12_000)).scaleb(-2) for name in names})
        kg = {name: Decimal(draw.randint(0, 10**7)).scaleb(-3) for name in names}
        price = Decimal(draw.randint(1, 10**9)).scaleb(-draw.randint(0, 6))
        lines = by_grade(price, kg, grades, "COP")
        exact = [kg[name] * price * grades.pct[name] / 100 for name in names]
        assert sum(line.amount.minor for line in lines) == Money.rounded(sum(exact), "COP").minor
        assert all(
            abs(line.amount.amount - one) < Decimal("0.01") for line, one in zip(lines, exact, strict=True)
        )
        assert all(line.amount.minor >= 0 for line in lines)
