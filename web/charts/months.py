"""Calendar months along an axis of days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """The part of a month that lies on the axis, by the month's first day."""

    month: dt.date
    x: float
    width: float


def month_spans(first: dt.date, days: int, left: float, right: float) -> list[Span]:
    """The months of `days` days from `first` on, over an axis from `left` to `right`; together they fill it."""
    end, a_day = first + dt.timedelta(days=days), (right - left) / days
    found = []
    start = first
    while start < end:
        after = dt.date(start.year + start.month // 12, start.month % 12 + 1, 1)
        last = min(after, end)
        x = left + (start - first).days * a_day
        found.append(Span(start.replace(day=1), x, (last - start).days * a_day))
        start = last
    return found
