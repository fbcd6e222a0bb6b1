"""Whether the market has moved far enough for a fixed price to be reviewed (domain model 2.6, fixed_reviewed)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from broker.errors import RuleBroken
from broker.prices.agreed import Terms
from broker.prices.formulas import Quote

FOUR_WEEKS = dt.timedelta(weeks=4)


@dataclass(frozen=True)
class Review:
    """`open`: either party may ask to review the price. `median` of the quotations of `dates` (ISO, oldest first) lies
    `change_pct` percent from `base`, the series' value at signature or at the last review."""

    open: bool
    median: Decimal
    base: Decimal
    change_pct: Decimal
    band_pct: Decimal
    dates: tuple[str, ...]


def review(terms: Terms, base_value: Decimal, points: Iterable[Quote], day: dt.date) -> Review:
    """Compare the median of the clause's series over the four weeks that end on `day` with its base value.

    |median / base - 1| > band opens the review; on the edge of the band the price stands. Points of other series and
    of other weeks are left out. Raises RuleBroken: price_method_needs (series, band_pct, base_value above zero) and
    quote_missing (nothing quoted in the four weeks).
    """
    band, series = terms.number("band_pct"), terms.text("series")
    if base_value <= 0:
        raise terms.lacks("base_value")
    recent = sorted(
        (point for point in points if point.series == series and _within(point, day)),
        key=lambda one: one.date,
    )
    if not recent:
        raise RuleBroken("quote_missing", field="points", series=series)
    middle = median(point.value for point in recent)
    change = 100 * (middle - base_value)
    return Review(
        open=abs(change) > band * base_value,
        median=middle,
        base=base_value,
        change_pct=change / base_value,
        band_pct=band,
        dates=tuple(point.date for point in recent),
    )


def _within(point: Quote, day: dt.date) -> bool:
    return day - FOUR_WEEKS < dt.date.fromisoformat(point.date) <= day
