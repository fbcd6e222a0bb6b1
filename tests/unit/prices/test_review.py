"""When the market opens the review of a fixed price."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import RuleBroken
from broker.prices.agreed import Terms
from broker.prices.formulas import Quote
from broker.prices.review import review

DAY = dt.date(2027, 1, 8)
PLANTAIN = Terms(
    "fixed_reviewed", "COP", "kg", Decimal(1), Decimal(2150),
    {"review_weeks": "4", "band_pct": "8", "series": "SIPSA Pereira"},
)  # fmt: skip
BASE = Decimal(2000)


def weekly(*values: str | int, series: str = "SIPSA Pereira") -> list[Quote]:
    """One quotation a week, the last on the day."""
    start = DAY - dt.timedelta(weeks=len(values) - 1)
    days = [start + dt.timedelta(weeks=week) for week in range(len(values))]
    return [Quote(series, Decimal(value), day.isoformat()) for value, day in zip(values, days, strict=True)]


def test_story_one_a_median_eleven_percent_up_opens_a_band_of_eight() -> None:
    found = review(PLANTAIN, BASE, weekly(2000, 2180, 2210, 2230, 2300), DAY)
    assert (found.open, found.median, found.change_pct, found.band_pct) == (True, 2220, 11, 8)
    assert found.base == 2000
    assert found.dates == ("2026-12-18", "2026-12-25", "2027-01-01", "2027-01-08")


@pytest.mark.parametrize(
    ("value", "is_open"), [("2160", False), ("2160.01", True), ("1840", False), ("1839.99", True)]
)
def test_on_the_edge_of_the_band_the_price_stands(value: str, is_open: bool) -> None:
    assert review(PLANTAIN, BASE, weekly(value), DAY).open is is_open


def test_one_wild_week_opens_nothing() -> None:
    assert not review(PLANTAIN, BASE, weekly(2000, 2010, 2020, 9000), DAY).open


def test_only_the_series_and_the_four_weeks_count() -> None:
    later = Quote("SIPSA Pereira", Decimal(9000), (DAY + dt.timedelta(days=1)).isoformat())
    points = [*weekly(9000, 2000, 2000, 2000, 2000), *weekly(9000, series="SIPSA Cali"), later]
    found = review(PLANTAIN, BASE, reversed(points), DAY)
    assert (found.median, len(found.dates)) == (2000, 4)


@pytest.mark.parametrize(
    ("terms", "base", "code", "field"),
    [
        (PLANTAIN, 2000, "quote_missing", "points"),
        (PLANTAIN, 0, "price_method_needs", "base_value"),
        (Terms("fixed_reviewed", "COP", "kg", Decimal(1)), 2000, "price_method_needs", "band_pct"),
    ],
)
def test_what_a_review_cannot_do_without(terms: Terms, base: int, code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        review(terms, Decimal(base), [], DAY)
    assert (broken.value.code, broken.value.field) == (code, field)


@given(st.lists(st.decimals(1, 10**6, places=2), min_size=1, max_size=4), st.decimals(1, 10**6, places=2))
def test_a_review_opens_exactly_beyond_the_band(values: list[Decimal], base: Decimal) -> None:
    found = review(PLANTAIN, base, weekly(*map(str, values)), DAY)
    assert min(values) <= found.median <= max(values)
    assert found.open == (not base * 92 / 100 <= found.median <= base * 108 / 100)
