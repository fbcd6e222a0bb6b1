"""Delivery periods: a window cut into weeks, fortnights, months, or taken whole."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

WEEKS_PER_MONTH = Decimal(52) / 12
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """`start` to `end`, both included; `share` of a whole period (below 1 only for a cut last one).

    `weeks` is the nominal length: 1, 2, 52/12 for a month, or days/7 for a window taken whole.
    """

    start: dt.date
    end: dt.date
    weeks: Decimal
    share: Decimal = Decimal(1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def periods_of(kind: str, start: dt.date, end: dt.date) -> list[Period]:
    """The periods of a need from `start` to `end` inclusive. A last one cut short counts by its days."""
    if kind in ("once", "season"):
        return [Period(start, end, Decimal((end - start).days + 1) / 7)]
    found: list[Period] = []
    number = 0
    while (first := _nth_start(kind, start, number)) <= end:
        last = _nth_start(kind, start, number + 1) - DAY
        whole = {"week": Decimal(1), "fortnight": Decimal(2), "month": WEEKS_PER_MONTH}[kind]
        if last <= end:
            found.append(Period(first, last, whole))
        else:
            share = Decimal((end - first).days + 1) / ((last - first).days + 1)
            found.append(Period(first, end, whole * share, share))
        number += 1
    return found


def total_kg(per_period: Decimal, kind: str, start: dt.date, end: dt.date) -> Decimal:
    """What a need asks for over its whole window, in kg."""
    return sum((per_period * p.share for p in periods_of(kind, start, end)), Decimal(0))


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def overlap_days(first: dt.date, last: dt.date, other_first: dt.date, other_last: dt.date) -> int:
    """Days that two inclusive date ranges share."""
    return max(0, (min(last, other_last) - max(first, other_first)).days + 1)


def _nth_start(kind: str, start: dt.date, number: int) -> dt.date:
    if kind == "week":
        return start + dt.timedelta(weeks=number)
    if kind == "fortnight":
        return start + dt.timedelta(weeks=2 * number)
    months = start.month - 1 + number
    year, month = start.year + months // 12, months % 12 + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
