"""The common time grid of a market: cells fine enough that every need's periods are made of whole cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from broker.listings.models import Need
from broker.listings.periods import DAY, Period, monday_of, overlap_days, periods_of

MOST_CELLS = 260
"""Beyond this (needs whose weeks start on different days, for instance) the grid falls back to calendar weeks."""


@dataclass(frozen=True)
class Grid:
    """`cells` in date order; `one_off` when every need of the market takes delivery once in a long window."""

    cells: tuple[Period, ...]
    one_off: bool

    def per_cell(self, need: Need, per_period: Sequence[Decimal]) -> list[Decimal]:
        """kg per cell: each period's quantity spread over its cells by days."""
        wanted = [Decimal(0)] * len(self.cells)
        for period, quantity in zip(need_periods(need), per_period, strict=True):
            for index, cell in enumerate(self.cells):
                days = overlap_days(cell.start, cell.end, period.start, period.end)
                if days:
                    wanted[index] += quantity * days / period.days
        return wanted

    def per_cell_of_days(self, deliveries: Sequence[tuple[dt.date, dt.date, Decimal]]) -> list[Decimal]:
        """kg per cell of deliveries given by first day, last day and kg, spread over their days."""
        found = [Decimal(0)] * len(self.cells)
        for first, last, kg in deliveries:
            for index, cell in enumerate(self.cells):
                days = overlap_days(cell.start, cell.end, first, last)
                if days:
                    found[index] += kg * days / ((last - first).days + 1)
        return found

    def per_period(self, need: Need, per_cell: Sequence[Decimal]) -> list[Decimal]:
        """kg per period of the need, from kg per cell."""
        found = []
        for period in need_periods(need):
            total = Decimal(0)
            for cell, kg in zip(self.cells, per_cell, strict=True):
                days = overlap_days(cell.start, cell.end, period.start, period.end)
                total += kg * days / cell.days if days else 0
            found.append(total)
        return found

    def mean_share(self, need: Need) -> list[Decimal]:
        """What of each cell falls into a mean period of the need: with it, kg per cell become kg per mean period."""
        periods = need_periods(need)
        shares = []
        for cell in self.cells:
            days = sum(overlap_days(cell.start, cell.end, p.start, p.end) for p in periods)
            shares.append(Decimal(days) / cell.days / len(periods))
        return shares


def need_periods(need: Need) -> list[Period]:
    """The delivery periods of a need."""
    return periods_of(need.period, need.starts_on, need.ends_on)


def is_one_off(need: Need) -> bool:
    return need.period in ("once", "season")


def grid_of(needs: Sequence[Need]) -> Grid:
    """The grid of some needs: their own periods where these coincide, otherwise the pieces between all borders."""
    one_off = all(is_one_off(need) for need in needs)
    periods = {(p.start, p.end): p for need in needs for p in need_periods(need)}
    borders = sorted({p.start for p in periods.values()} | {p.end + DAY for p in periods.values()})
    if len(borders) > MOST_CELLS:
        borders = _mondays(borders[0], borders[-1])
    cells = []
    for first, after in pairwise(borders):
        last = after - DAY
        if any(p.start <= last and p.end >= first for p in periods.values()):
            weeks = Decimal((last - first).days + 1) / 7
            cells.append(periods.get((first, last)) or Period(first, last, weeks))
    return Grid(tuple(cells), one_off)


def _mondays(first: dt.date, last: dt.date) -> list[dt.date]:
    start = monday_of(first)
    count = -(-(last - start).days // 7)
    return [start + dt.timedelta(weeks=n) for n in range(count + 1)]
