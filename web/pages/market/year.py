"""The year of one product, put together for its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.listings.market_calendar import WEEKS, ProductCalendar
from web.charts.columns import Columns, stacked_columns
from web.charts.months import Span, month_spans

SUPPLY, DEMAND = ("committed", "free", "offered"), ("covered", "open")
BAND = 26.0
"""Height of the strip of the harvest below the columns."""


@dataclass(frozen=True)
class Season:
    """A month on the axis, its share of the year's harvest, and the height of its mark in the strip."""

    span: Span
    share: Decimal
    height: float


@dataclass(frozen=True)
class YearView:
    """The chart of one product in tonnes a week; `kinds` are the amounts that occur, in their order."""

    calendar: ProductCalendar
    chart: Columns
    seasons: Sequence[Season]
    kinds: Sequence[str]

    def season_of(self, monday: dt.date) -> Decimal:
        """Share of the year's harvest in the month of a week."""
        return self.calendar.season[monday.month - 1]


def year_view(found: Sequence[ProductCalendar]) -> YearView | None:
    """The first of the calendars; None where there is none."""
    if not found:
        return None
    calendar = found[0]
    groups = [
        [[(kind, getattr(week, kind) / 1000) for kind in stack] for stack in (SUPPLY, DEMAND)]
        for week in calendar.weeks
    ]
    chart = stacked_columns(groups, height=300, bottom=64)
    most = max(calendar.season)
    spans = month_spans(calendar.weeks[0].monday, 7 * WEEKS, chart.left, chart.right)
    seasons = [
        Season(span, share, float(BAND * float(share / most)) if most else 0.0)
        for span in spans
        for share in (calendar.season[span.month.month - 1],)
    ]
    return YearView(
        calendar, chart, seasons, [kind for kind in (*SUPPLY, *DEMAND) if calendar.total(kind) > 0]
    )
