"""How much members will deliver, and when.

Year's volume = area x yield x grade share x (1 - loss) x delivery share. Perishable produce comes evenly over
the weeks of its season (52/12 weeks a month, by the weights of the calendar), nothing outside it; storable
produce is spread over 52 weeks, and a one-off sale may instead draw on the whole harvest that falls inside
its window.
"""

from __future__ import annotations

import calendar as civil
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from broker.listings.periods import DAY, WEEKS_PER_MONTH, Period, monday_of, overlap_days
from broker.quantity import GRAM, to_gram

WEEK = dt.timedelta(weeks=1)


def volume_kg_year(
    area_ha: Decimal,
    yield_t_ha_year: Decimal,
    grade_share_pct: Decimal,
    loss_pct: Decimal,
    delivery_share_pct: Decimal,
) -> Decimal:
    """kg a year that the organization can commit."""
    share = (grade_share_pct / 100) * (1 - loss_pct / 100) * (delivery_share_pct / 100)
    return to_gram(area_ha * yield_t_ha_year * 1000 * share)


def volume_of_weeks(kg_week: Decimal, calendar: Sequence[int], *, storable: bool) -> Decimal:
    """kg a year of an organization that says what it delivers in a week while it delivers: every week where the
    produce keeps, else the weeks of its months."""
    months = 12 if storable else sum(1 for weight in calendar if weight)
    return to_gram(kg_week * WEEKS_PER_MONTH * months)


@dataclass(frozen=True)
class Supply:
    """The calendar of one capacity. `volume` is kg a year after what is committed elsewhere; `calendar` has
    twelve weights; `reserved_weeks` and `reserved_years` hold what is already promised, by Monday and by 1
    January."""

    volume: Decimal
    calendar: Sequence[int]
    storable: bool
    reserved_weeks: dict[dt.date, Decimal] = field(default_factory=dict)
    reserved_years: dict[dt.date, Decimal] = field(default_factory=dict)

    def weekly(self, day: dt.date) -> Decimal:
        """kg a week at which the capacity delivers on `day`, before reservations."""
        if self.storable:
            return self.volume / 52
        weights = sum(self.calendar)
        return (
            self.volume * self.calendar[day.month - 1] / weights / WEEKS_PER_MONTH if weights else Decimal(0)
        )

    def in_week(self, monday: dt.date) -> Decimal:
        """kg available in the week that starts on `monday`, before reservations."""
        return sum((self.weekly(monday + n * DAY) for n in range(7)), Decimal(0)) / 7

    def harvest_in(self, start: dt.date, end: dt.date) -> Decimal:
        """kg of the harvest that falls between two dates, both included."""
        weights = sum(self.calendar)
        shares = Decimal(0)
        first = start.replace(day=1)
        while first <= end and weights:
            length = civil.monthrange(first.year, first.month)[1]
            last = first.replace(day=length)
            days = overlap_days(first, last, start, end)
            shares += Decimal(self.calendar[first.month - 1]) / weights * days / length
            first = last + DAY
        return self.volume * shares

    def free(self, period: Period, *, one_off: bool) -> Decimal:
        """kg still free in a period. `one_off` for a need that takes delivery once in a long window."""
        if one_off and self.storable:
            year = dt.date(period.start.year, 1, 1)
            left = self.volume - self.reserved_years.get(year, Decimal(0))
            stock = self.volume * period.days / 7 / 52
            return max(Decimal(0), min(max(self.harvest_in(period.start, period.end), stock), left))
        monday, total = monday_of(period.start), Decimal(0)
        while monday <= period.end:
            days = overlap_days(monday, monday + 6 * DAY, period.start, period.end)
            drained = self.promised(monday)
            if days == 7:
                total += 7 * max(Decimal(0), self.in_week(monday) - drained)
            else:
                first = max(monday, period.start)
                rates = sum((self.weekly(first + n * DAY) for n in range(days)), Decimal(0))
                total += max(Decimal(0), rates - days * drained)
            monday += WEEK
        return total / period.days * period.weeks

    def promised(self, monday: dt.date) -> Decimal:
        """kg of the week that starts on `monday` that are promised, with its part of what one-off sales of the year
        take."""
        return self.reserved_weeks.get(monday, Decimal(0)) + self._one_off_drain(monday.year)

    def _one_off_drain(self, year: int) -> Decimal:
        """Per week, what one-off sales of a year take beyond the weekly reservations."""
        total = self.reserved_years.get(dt.date(year, 1, 1), Decimal(0))
        if not total:
            return Decimal(0)
        weekly = sum((kg for monday, kg in self.reserved_weeks.items() if monday.year == year), Decimal(0))
        return max(Decimal(0), total - weekly) / 52


@dataclass(frozen=True)
class SlotNeed:
    """What a promise takes from one slot: its kind, its first day, kg, and kg the slot can hold."""

    kind: str
    starts_on: dt.date
    kg: Decimal
    available: Decimal


def slots_for(
    supply: Supply, deliveries: Iterable[tuple[Period, Decimal]], *, one_off: bool
) -> list[SlotNeed]:
    """The slots that a schedule of deliveries (period, kg) takes, in date order."""
    weeks: dict[dt.date, Decimal] = {}
    years: dict[dt.date, Decimal] = {}
    for period, kg in deliveries:
        if supply.storable:
            year = dt.date(period.start.year, 1, 1)
            years[year] = years.get(year, Decimal(0)) + kg
        if one_off and supply.storable:
            continue
        monday = monday_of(period.start)
        while monday <= period.end:
            days = overlap_days(monday, monday + 6 * DAY, period.start, period.end)
            weeks[monday] = weeks.get(monday, Decimal(0)) + kg / period.weeks * days / 7
            monday += WEEK
    found = [SlotNeed("week", day, _floor(kg), slot_size(supply, "week", day)) for day, kg in weeks.items()]
    found += [SlotNeed("year", day, _floor(kg), slot_size(supply, "year", day)) for day, kg in years.items()]
    return sorted(found, key=lambda slot: (slot.starts_on, slot.kind))


def slot_size(supply: Supply, kind: str, starts_on: dt.date) -> Decimal:
    """kg that a slot can hold, before reservations."""
    if kind == "week":
        return to_gram(supply.in_week(starts_on))
    # A year holds 52 or 53 Mondays; weekly promises at the full rate must fit in either.
    has_53 = starts_on.weekday() == 0 or (civil.isleap(starts_on.year) and starts_on.weekday() == 6)
    return to_gram(supply.volume * (53 if has_53 else 52) / 52)


def _floor(kg: Decimal) -> Decimal:
    return kg.quantize(GRAM, ROUND_FLOOR)
