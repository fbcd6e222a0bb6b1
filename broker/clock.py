"""Time is passed in, never fetched inside a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """The present moment in UTC."""
    return dt.datetime.now(dt.UTC)


def local_date(moment: dt.datetime, time_zone: str) -> dt.date:
    """The calendar day of a moment in an IANA time zone; dates in papers are those of the people who sign them."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; for tests and replays."""

    now: dt.datetime

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += dt.timedelta(**delta)
