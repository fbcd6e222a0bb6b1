"""Advances, their recovery and interest for paying late."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import RuleBroken
from broker.money import Money
from broker.prices.payments import advance_of, late_interest, recovery, recovery_from_first, recovery_of

AMOUNTS = st.integers(0, 10**12).map(lambda minor: Money(minor, "USD"))
DELIVERIES = st.lists(AMOUNTS, min_size=1, max_size=12)
PERCENTS = st.decimals(0, 100, places=2)


def usd(amount: str | int) -> Money:
    return Money.of(amount, "USD")


def test_story_two_an_advance_of_forty_percent() -> None:
    advance = advance_of(usd("278523.20"), Decimal(40))
    assert (advance, round(advance.amount)) == (usd("111409.28"), 111_409)


@pytest.mark.parametrize("pct", ["-1", "100.01"])
def test_an_advance_is_a_part_of_the_value(pct: str) -> None:
    with pytest.raises(RuleBroken, match="percent_range"):
        advance_of(usd(100), Decimal(pct))


def test_deliveries_pay_an_advance_back_by_their_values() -> None:
    assert recovery(usd(100), [usd(300), usd(300), usd(300)]) == (usd("33.33"), usd("33.33"), usd("33.34"))
    assert recovery(usd(100), [usd(0), usd(0)]) == (usd(0), usd(100))


def test_what_was_not_foreseen_never_pays_back_too_much() -> None:
    advance, expected = usd(400), usd(1000)
    assert recovery_of(usd(400), advance, usd(250), expected, last=False) == usd(100)
    assert recovery_of(usd(50), advance, usd(250), expected, last=False) == usd(50)
    assert recovery_of(usd(300), advance, usd(10), expected, last=True) == usd(300)
    assert recovery_of(usd(300), advance, usd(10), usd(0), last=False) == usd(0)


def test_or_the_first_settlements_pay_it_back() -> None:
    assert recovery_from_first(usd(400), [usd(300), usd(300), usd(300)]) == (usd(300), usd(100), usd(0))


@given(AMOUNTS, DELIVERIES)
def test_what_is_paid_back_sums_to_the_advance(advance: Money, values: list[Money]) -> None:
    parts = recovery(advance, values)
    assert sum((part.minor for part in parts), 0) == advance.minor
    assert all(part.minor >= 0 for part in parts)


@given(DELIVERIES, PERCENTS)
def test_each_delivery_pays_back_its_percent(values: list[Money], pct: Decimal) -> None:
    total = Money(sum(value.minor for value in values), "USD")
    parts = recovery(advance_of(total, pct), values)
    assert sum(part.minor for part in parts) == advance_of(total, pct).minor
    # The last takes what rounding, of the advance and of each part, left over.
    for value, part in zip(values, parts, strict=True):
        assert abs(part.amount - value.amount * pct / 100) <= Decimal("0.01") * len(values)


@given(AMOUNTS, DELIVERIES)
def test_first_settlements_pay_back_no_more_than_they_are_worth(advance: Money, values: list[Money]) -> None:
    parts = recovery_from_first(advance, values)
    assert all(0 <= part.minor <= value.minor for value, part in zip(values, parts, strict=True))
    assert sum(part.minor for part in parts) == min(advance.minor, sum(value.minor for value in values))


def test_interest_is_counted_by_days() -> None:
    assert late_interest(usd("278523.20"), Decimal("2"), 12) == usd("2228.19")
    assert late_interest(usd("50.00"), Decimal("1"), 3) == usd("0.05")
    # 0.5 and 1.5 cents: ties go to the even cent.
    assert late_interest(usd("5.00"), Decimal("1"), 3) == usd(0)
    assert late_interest(usd("15.00"), Decimal("1"), 3) == usd("0.02")


@pytest.mark.parametrize(("amount", "pct", "days"), [(100, 2, 0), (100, 2, -5), (-100, 2, 5), (-100, -2, 5)])
def test_who_is_not_late_owes_no_interest(amount: int, pct: int, days: int) -> None:
    assert late_interest(usd(amount), Decimal(pct), days) == usd(0)


@given(AMOUNTS, PERCENTS, st.integers(-400, 4000))
def test_interest_is_never_negative_and_grows_by_the_day(amount: Money, pct: Decimal, days: int) -> None:
    owed, a_day_later = late_interest(amount, pct, days), late_interest(amount, pct, days + 1)
    assert 0 <= owed.minor <= a_day_later.minor
