"""What members deliver and when: the figures of story 1, seasons, periods, and reservations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from broker.listings.periods import periods_of, total_kg
from broker.listings.volume import Supply, slots_for, volume_kg_year

ALL_YEAR = [1] * 12
MONDAY = dt.date(2026, 12, 7)

# Organization, area, yield, grade share, delivery share, t/week as the domain study states them; 15 % lost.
STORY_1 = [
    ("P01", "130", "10.5", "84", "78", "14.62"),
    ("P02", "95", "9.2", "82", "72", "8.43"),
    ("P03", "110", "11", "85", "70", "11.77"),
    ("P04", "60", "8", "78", "60", "3.67"),
    ("P05", "42", "8.8", "83", "86", "4.31"),
    ("P06", "55", "7.5", "75", "66", "3.34"),
]


@pytest.mark.parametrize(("name", "area", "yields", "grade", "delivery", "weekly"), STORY_1)
def test_weekly_volume_of_story_1(
    name: str, area: str, yields: str, grade: str, delivery: str, weekly: str
) -> None:
    year = volume_kg_year(Decimal(area), Decimal(yields), Decimal(grade), Decimal(15), Decimal(delivery))
    assert round(year / 52 / 1000, 2) == Decimal(weekly)
    supply = Supply(year, ALL_YEAR, storable=False)
    assert round(supply.in_week(MONDAY) / 1000, 2) == Decimal(weekly)


def test_perishable_produce_all_year_comes_evenly() -> None:
    supply = Supply(Decimal(52_000), ALL_YEAR, storable=False)
    periods = periods_of("week", MONDAY, MONDAY + dt.timedelta(days=27))
    assert [supply.free(period, one_off=False) for period in periods] == [Decimal(1000)] * 4


def test_perishable_produce_comes_only_in_its_season() -> None:
    september_to_april = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]
    supply = Supply(Decimal(8 * 52_000) / 12, september_to_april, storable=False)
    winter = periods_of("week", MONDAY, MONDAY + dt.timedelta(days=6))[0]
    summer = periods_of("week", dt.date(2027, 6, 7), dt.date(2027, 6, 13))[0]
    assert round(supply.free(winter, one_off=False), 3) == 1000
    assert supply.free(summer, one_off=False) == 0


def test_storable_produce_is_spread_over_the_year() -> None:
    supply = Supply(Decimal(52_000), [0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], storable=True)
    month = periods_of("month", dt.date(2026, 12, 1), dt.date(2026, 12, 31))[0]
    assert round(supply.free(month, one_off=False), 3) == round(Decimal(52_000) / 12, 3)


def test_a_single_delivery_may_take_the_whole_harvest_of_its_window() -> None:
    supply = Supply(Decimal(62_720), [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0], storable=True)
    window = periods_of("season", dt.date(2027, 5, 1), dt.date(2027, 9, 30))[0]
    assert round(supply.free(window, one_off=True), 3) == Decimal(62_720)
    half = periods_of("season", dt.date(2027, 5, 1), dt.date(2027, 6, 30))[0]
    assert round(supply.free(half, one_off=True), 3) == Decimal(62_720) * 2 / 5


def test_what_is_promised_is_no_longer_free() -> None:
    supply = Supply(Decimal(52_000), ALL_YEAR, storable=False, reserved_weeks={MONDAY: Decimal(400)})
    first, second = periods_of("week", MONDAY, MONDAY + dt.timedelta(days=13))
    assert supply.free(first, one_off=False) == 600
    assert supply.free(second, one_off=False) == 1000


def test_a_promise_takes_its_weeks_and_no_more_than_they_hold() -> None:
    supply = Supply(Decimal(52_000), ALL_YEAR, storable=False)
    deliveries = [
        (period, Decimal(800)) for period in periods_of("week", MONDAY, MONDAY + dt.timedelta(days=13))
    ]
    slots = slots_for(supply, deliveries, one_off=False)
    assert [(slot.kind, slot.starts_on, slot.kg, slot.available) for slot in slots] == [
        ("week", MONDAY, Decimal(800), Decimal(1000)),
        ("week", MONDAY + dt.timedelta(days=7), Decimal(800), Decimal(1000)),
    ]


def test_a_window_of_26_weeks_has_26_periods() -> None:
    assert len(periods_of("week", MONDAY, dt.date(2027, 6, 6))) == 26
    assert total_kg(Decimal(40_000), "week", MONDAY, dt.date(2027, 6, 6)) == 1_040_000


def test_a_last_period_cut_short_counts_by_its_days() -> None:
    periods = periods_of("week", MONDAY, MONDAY + dt.timedelta(days=9))
    assert [period.share for period in periods] == [1, Decimal(3) / 7]
    assert round(total_kg(Decimal(7000), "week", MONDAY, MONDAY + dt.timedelta(days=9)), 6) == 10_000


def test_months_begin_on_the_same_day_even_in_february() -> None:
    periods = periods_of("month", dt.date(2027, 1, 31), dt.date(2027, 4, 29))
    assert [period.start for period in periods] == [
        dt.date(2027, 1, 31),
        dt.date(2027, 2, 28),
        dt.date(2027, 3, 31),
    ]


def test_fortnights_and_single_deliveries() -> None:
    assert len(periods_of("fortnight", MONDAY, MONDAY + dt.timedelta(days=27))) == 2
    (once,) = periods_of("once", MONDAY, MONDAY)
    assert (once.days, once.share) == (1, 1)
