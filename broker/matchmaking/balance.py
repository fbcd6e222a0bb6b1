"""Month by month: demand that no plan meets beside capacity that lies idle, by product and region. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.catalogue.regions import Region, region_of
from broker.listings.models import Capacity, Need
from broker.listings.periods import DAY, Period, overlap_days
from broker.listings.reserve import supply_of

MONTHS = 12
NOTHING = Decimal(0)
Amounts = tuple[Decimal, ...]


@dataclass(frozen=True)
class Stretch:
    """kg spread evenly over the days from `start` to `end`, both included."""

    start: dt.date
    end: dt.date
    kg: Decimal


@dataclass(frozen=True)
class RegionBalance:
    """kg a month in one region. `unmet` is demand delivered there; `near` and `idle` are free capacity grown there,
    of groups that one condition keeps from such a need, and of all others."""

    region: Region
    unmet: Amounts
    near: Amounts
    idle: Amounts


@dataclass(frozen=True)
class ProductBalance:
    """One product over the months, its regions with most unmet demand first; `organizations` are one condition
    away."""

    product: str
    months: tuple[dt.date, ...]
    regions: tuple[RegionBalance, ...]
    needs: int
    organizations: int

    def monthly(self, name: str) -> Amounts:
        """kg of all regions together, month by month, of 'unmet', 'near' or 'idle'."""
        rows = [getattr(region, name) for region in self.regions]
        return tuple(sum(month, NOTHING) for month in zip(*rows, strict=True))

    def total(self, name: str) -> Decimal:
        return sum(self.monthly(name), NOTHING)


def months_from(today: dt.date) -> tuple[Period, ...]:
    """Twelve calendar months, the first from today on."""
    found = []
    first = today
    for _ in range(MONTHS):
        after = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(Period(first, after - DAY, Decimal((after - first).days) / 7))
        first = after
    return tuple(found)


def balances(
    unmet: Mapping[Need, Sequence[Stretch]],
    capacities: Sequence[Capacity],
    planned: Mapping[int, Sequence[Stretch]],
    near: Mapping[int, int],
    today: dt.date,
) -> list[ProductBalance]:
    """The products of which something is unmet, most first. `planned` is what plans that nobody has answered take of
    each capacity, by its id; `near` names the capacities one condition away, with their organizations."""
    months = months_from(today)
    found = []
    for product in sorted({need.product for need in unmet}):
        rows: dict[Region, dict[str, list[Decimal]]] = defaultdict(
            lambda: {name: [NOTHING] * MONTHS for name in ("unmet", "near", "idle")}
        )
        needs = [need for need in unmet if need.product == product]
        for need in needs:
            _add(rows[region_of(need.country, need.municipality)]["unmet"], spread(unmet[need], months))
        offers = [capacity for capacity in capacities if capacity.product == product]
        for capacity in offers:
            kind = "near" if capacity.id in near else "idle"
            free = _free(capacity, planned.get(capacity.id, ()), months)
            _add(rows[region_of(capacity.country, capacity.municipality)][kind], free)
        away = {near[capacity.id] for capacity in offers if capacity.id in near}
        found.append(_product(product, months, rows, len(needs), len(away)))
    return sorted(found, key=lambda one: (-one.total("unmet"), one.product))


def _product(
    product: str,
    months: Sequence[Period],
    rows: Mapping[Region, Mapping[str, list[Decimal]]],
    needs: int,
    organizations: int,
) -> ProductBalance:
    regions = [
        RegionBalance(region, tuple(kg["unmet"]), tuple(kg["near"]), tuple(kg["idle"]))
        for region, kg in rows.items()
    ]
    regions.sort(key=lambda one: (-sum(one.unmet), -sum(one.near) - sum(one.idle), one.region))
    starts = tuple(month.start for month in months)
    return ProductBalance(product, starts, tuple(regions), needs, organizations)


def spread(stretches: Iterable[Stretch], periods: Sequence[Period]) -> Amounts:
    """kg of the stretches in each period, by days."""
    totals = [NOTHING] * len(periods)
    for stretch in stretches:
        length = (stretch.end - stretch.start).days + 1
        for number, period in enumerate(periods):
            days = overlap_days(period.start, period.end, stretch.start, stretch.end)
            totals[number] += stretch.kg * days / length if days else 0
    return tuple(totals)


def _free(capacity: Capacity, planned: Iterable[Stretch], months: Sequence[Period]) -> Amounts:
    """What is neither promised nor in a plan that waits for an answer."""
    supply = supply_of(capacity, capacity.slots)
    taken = spread(planned, months)
    return tuple(
        max(NOTHING, supply.free(month, one_off=False) - kg) for month, kg in zip(months, taken, strict=True)
    )


def _add(totals: list[Decimal], more: Amounts) -> None:
    for number, kg in enumerate(more):
        totals[number] += kg
