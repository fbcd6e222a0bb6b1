"""Supply and demand of a product, week by week over the year to come, as one reader may know them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from broker.listings.models import Capacity, Need
from broker.listings.periods import DAY, monday_of, overlap_days, periods_of
from broker.listings.reserve import supply_of

WEEKS = 52
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Week:
    """kg in the week that starts on `monday`. `committed` and `free` are of capacities whose promises the reader may
    know; `offered` is what others publish, of which she does not know how much is promised. `covered` and `open` are
    demand."""

    monday: dt.date
    committed: Decimal = NOTHING
    free: Decimal = NOTHING
    offered: Decimal = NOTHING
    covered: Decimal = NOTHING
    open: Decimal = NOTHING

    @property
    def supply(self) -> Decimal:
        return self.committed + self.free + self.offered

    @property
    def demand(self) -> Decimal:
        return self.covered + self.open


AMOUNTS = tuple(field.name for field in fields(Week) if field.name != "monday")


@dataclass(frozen=True)
class ProductCalendar:
    """The 52 weeks of one product; `season` is the share of a year's harvest (0 to 1) in each month from January, of
    all capacities in sight together, all zero where there are none."""

    product: str
    weeks: tuple[Week, ...]
    season: tuple[Decimal, ...]
    needs: int
    capacities: int

    def total(self, name: str) -> Decimal:
        """kg over all weeks of one of `AMOUNTS`, 'supply' or 'demand'."""
        return sum((getattr(week, name) for week in self.weeks), NOTHING)


def calendars(
    needs: Sequence[Need], capacities: Sequence[Capacity], today: dt.date, sees: Callable[[int], bool]
) -> list[ProductCalendar]:
    """One calendar for each product, the greatest demand first, then the greatest supply. `sees` tells of the owner
    of a capacity whether the reader may know its promises."""
    products = {need.product for need in needs} | {capacity.product for capacity in capacities}
    found = [
        _calendar(
            product,
            [need for need in needs if need.product == product],
            [capacity for capacity in capacities if capacity.product == product],
            monday_of(today),
            sees,
        )
        for product in sorted(products)
    ]
    return sorted(found, key=lambda one: (-one.total("demand"), -one.total("supply"), one.product))


def _calendar(
    product: str,
    needs: Sequence[Need],
    capacities: Sequence[Capacity],
    first: dt.date,
    sees: Callable[[int], bool],
) -> ProductCalendar:
    mondays = [first + dt.timedelta(weeks=number) for number in range(WEEKS)]
    sums = [dict.fromkeys(AMOUNTS, NOTHING) for _ in mondays]
    for need in needs:
        _add_demand(sums, need, first)
    for capacity in capacities:
        _add_supply(sums, capacity, mondays, sees(capacity.organization_id))
    weeks = tuple(Week(monday, **kg) for monday, kg in zip(mondays, sums, strict=True))
    return ProductCalendar(product, weeks, _season(capacities), len(needs), len(capacities))


def _add_demand(sums: list[dict[str, Decimal]], need: Need, first: dt.date) -> None:
    """What is agreed of a need is spread over its window as the need itself is."""
    covered = need.covered_kg / need.total_kg
    for period in periods_of(need.period, need.starts_on, need.ends_on):
        monday = max(first, monday_of(period.start))
        while monday <= period.end and (number := (monday - first).days // 7) < WEEKS:
            days = overlap_days(monday, monday + 6 * DAY, period.start, period.end)
            kg = need.quantity_kg * period.share * days / period.days
            sums[number]["covered"] += kg * covered
            sums[number]["open"] += kg * (1 - covered)
            monday += 7 * DAY


def _add_supply(
    sums: list[dict[str, Decimal]], capacity: Capacity, mondays: Iterable[dt.date], sees: bool
) -> None:
    supply = supply_of(capacity, capacity.slots if sees else ())
    for monday, kg in zip(mondays, sums, strict=True):
        whole = supply.in_week(monday)
        if not sees:
            kg["offered"] += whole
            continue
        committed = min(whole, supply.promised(monday))
        kg["committed"] += committed
        kg["free"] += whole - committed


def _season(capacities: Sequence[Capacity]) -> tuple[Decimal, ...]:
    months = [NOTHING] * 12
    for capacity in capacities:
        weights = sum(capacity.calendar)
        for month, weight in enumerate(capacity.calendar):
            volume = capacity.volume_kg_year - capacity.elsewhere_kg_year
            months[month] += volume * weight / weights if weights else NOTHING
    whole = sum(months, NOTHING)
    return tuple(kg / whole if whole else NOTHING for kg in months)
