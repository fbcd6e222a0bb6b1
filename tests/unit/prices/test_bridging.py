"""The cash gap of a whole need at its own payment days and at others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.money import Money
from broker.prices.bridging import bridge_of
from tests.unit.prices.test_worth import need


def test_forty_tonnes_a_week_at_eight_days_and_at_fifteen() -> None:
    bridge = bridge_of(need())
    assert bridge is not None
    assert (bridge.weekly_kg, bridge.price, bridge.weekly_value.amount) == (40_000, 2150, 86_000_000)
    assert bridge.gap == Money(9_828_571_429, "COP")
    assert bridge.at(15) == Money(18_428_571_429, "COP")
    assert [days for days, _ in bridge.choices] == [0, 8, 15, 30, 45]
    assert bridge.choices[0] == (0, Money(0, "COP"))


def test_an_advance_and_longer_periods_need_less() -> None:
    whole, part = bridge_of(need()), bridge_of(need(advance_pct="50"))
    month = bridge_of(need(period="month", quantity="130"))
    assert whole is not None and part is not None and month is not None
    assert part.gap == Money(4_914_285_714, "COP")
    assert round(month.weekly_kg) == 30_000
    assert month.days in [days for days, _ in month.choices]


@pytest.mark.parametrize("period", ["once", "season"])
def test_one_delivery_has_no_weekly_value(period: str) -> None:
    assert bridge_of(need(period=period)) is None


def test_a_price_that_follows_an_index_is_taken_from_the_plan() -> None:
    indexed = need(price_method="index_differential", index_series="ICE C", differential="18", price="")
    assert bridge_of(indexed) is None
    bridge = bridge_of(indexed, Decimal(2000))
    assert bridge is not None and bridge.price == 2000
