"""Quiet hours and the hour of the digest, by the clock on the reader's wall."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.notifications.quiet import next_digest, quiet_until

BOGOTA, MADRID = ZoneInfo("America/Bogota"), ZoneInfo("Europe/Madrid")
NINE, SIX = dt.time(21), dt.time(6)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24 01:59", None),  # 20:59 in Bogotá
        ("2026-11-24 02:00", "2026-11-24 11:00"),
        ("2026-11-24 05:00", "2026-11-24 11:00"),  # midnight there
        ("2026-11-24 10:59", "2026-11-24 11:00"),
        ("2026-11-24 11:00", None),
        ("2026-12-31 23:30", None),
        ("2027-01-01 03:00", "2027-01-01 11:00"),  # New Year's Eve there
    ],
)
def test_hours_that_pass_midnight(now: str, until: str | None) -> None:
    assert quiet_until(at(now), NINE, SIX, BOGOTA) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "until"),
    [("2026-11-24 16:59", None), ("2026-11-24 17:00", "2026-11-24 19:00"), ("2026-11-24 19:00", None)],
)
def test_hours_within_a_day(now: str, until: str | None) -> None:
    noon, two = dt.time(12), dt.time(14)
    assert quiet_until(at(now), noon, two, BOGOTA) == (at(until) if until else None)


def test_without_hours_nothing_waits() -> None:
    assert quiet_until(at("2026-11-24 05:00"), None, None, BOGOTA) is None


def test_the_clock_on_the_wall_counts_where_summer_time_begins_and_ends() -> None:
    # 28 March 2027: 02:00 becomes 03:00; 25 October 2026: 03:00 becomes 02:00.
    assert quiet_until(at("2027-03-27 23:00"), NINE, SIX, MADRID) == at("2027-03-28 04:00")
    assert quiet_until(at("2026-10-24 23:00"), NINE, SIX, MADRID) == at("2026-10-25 05:00")


@given(
    st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: at("2026-01-01") + dt.timedelta(minutes=minutes)),
    st.times(), st.times(), st.sampled_from([BOGOTA, MADRID, ZoneInfo("America/Sao_Paulo")]),
)  # fmt: skip
def test_what_waits_ends_within_a_day(now: dt.datetime, start: dt.time, end: dt.time, zone: ZoneInfo) -> None:
    until = quiet_until(now, start, end, zone)
    if until is not None:
        assert until - now <= dt.timedelta(hours=25)
        assert now.astimezone(zone).time() != end


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24 11:29", "2026-11-24 11:30"),  # 06:29 in Bogotá
        ("2026-11-24 11:30", "2026-11-25 11:30"),
        ("2026-11-25 03:00", "2026-11-25 11:30"),  # still the 24th there
    ],
)
def test_the_digest_comes_at_half_past_six(now: str, due: str) -> None:
    assert next_digest(at(now), BOGOTA) == at(due)
