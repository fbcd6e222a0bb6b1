"""The demonstration market lies ahead whenever it is loaded, and its weekly windows still start on Mondays."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.demo.market import market, need_fields
from broker.listings.need_input import read_need
from broker.listings.rules import check_need

DAYS = [
    dt.date(2026, 11, 23),
    dt.date(2026, 11, 26),
    dt.date(2026, 11, 27),
    dt.date(2027, 1, 1),
    dt.date(2028, 2, 29),
    dt.date(2031, 12, 31),
]


@pytest.mark.parametrize("today", DAYS)
def test_every_need_can_be_posted_on_any_day(today: dt.date) -> None:
    for buyer in market()["buyers"]:
        data = read_need(need_fields(buyer, today), decimal_separator=".")
        check_need(data, today)
        if data.period == "week":
            assert data.start.weekday() == 0
            assert (data.end - data.start).days % 7 == 6
        assert (data.start - today).days < 600


def test_the_days_as_written_are_kept_while_they_fit() -> None:
    first = read_need(need_fields(market()["buyers"][0], dt.date(2026, 11, 24)), decimal_separator=".")
    assert (first.start, first.end) == (dt.date(2026, 12, 7), dt.date(2027, 6, 6))
