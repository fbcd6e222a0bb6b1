"""How far the market lies above what an agreement pays, whatever unit either is in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from broker.prices.agreed import Terms
from broker.prices.formulas import Quote
from broker.prices.market import above_agreed_pct

DAY = dt.date(2027, 1, 8)
PEAS = Terms("fixed", "GTQ", "lb", Decimal("0.45359237"), Decimal("4.20"))


def quoted(value: str, unit: str, weeks_ago: int = 0) -> Quote:
    return Quote("Patzún", Decimal(value), (DAY - dt.timedelta(weeks=weeks_ago)).isoformat(), unit)


@pytest.mark.parametrize(
    ("value", "unit"), [("5.00", "GTQ/lb"), ("11.0231131", "GTQ/kg"), ("500", "GTQ/qq_100lb")]
)
def test_story_three_spot_at_five_is_nineteen_per_cent_above_in_every_unit(value: str, unit: str) -> None:
    gap = above_agreed_pct(PEAS, [quoted(value, unit)], DAY)
    assert gap is not None and round(gap, 4) == Decimal("19.0476")


def test_the_median_of_four_weeks_counts() -> None:
    points = [
        quoted("9", "GTQ/lb", 4),
        quoted("4.20", "GTQ/lb", 2),
        quoted("4.41", "GTQ/lb", 1),
        quoted("9", "GTQ/lb"),
    ]
    assert above_agreed_pct(PEAS, points, DAY) == 5


@pytest.mark.parametrize("unit", ["USD/lb", "usc_lb", "GTQ/caja_declarada", "GTQ/", ""])
def test_what_cannot_be_compared_says_nothing(unit: str) -> None:
    assert above_agreed_pct(PEAS, [quoted("5", unit)], DAY) is None


def test_a_price_that_moves_with_an_index_has_no_gap() -> None:
    moving = Terms("index_floor", "GTQ", "lb", PEAS.unit_kg, PEAS.unit_price)
    assert above_agreed_pct(moving, [quoted("5", "GTQ/lb")], DAY) is None
