"""The map's marks and lines from the listings, and the same facts as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from broker.agreements.flows import Flow
from broker.catalogue.regions import Region, region_of
from broker.listings.models import Capacity, Need
from web.charts.market_map import Link, Mark, MarketMap, draw, radius

ORDER = ("agreed", "suggested", "demand", "supply")


@dataclass(frozen=True)
class Fact:
    """One row: supply (kg a year), demand (kg asked for in all), or a flow (kg in all) with both its ends."""

    kind: str
    kg: Decimal
    product: str
    need: Need | None = None
    capacity: Capacity | None = None
    agreement_id: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One map with the regions that lie on it."""

    drawing: MarketMap
    regions: Sequence[Region]


@dataclass(frozen=True)
class Size:
    """A mark of the legend."""

    kg: Decimal
    radius: float


@dataclass(frozen=True)
class MarketView:
    """The maps, every fact on them, and sizes of marks to compare with."""

    sheets: Sequence[Sheet]
    rows: Sequence[Fact]
    legend: Sequence[Size]


def market_view(needs: Sequence[Need], capacities: Sequence[Capacity], flows: Sequence[Flow]) -> MarketView:
    """Everything given, and the ends of the flows, which their parties may see."""
    demand = {need.id: need for need in (*needs, *(flow.need for flow in flows))}
    supply = {one.id: one for one in (*capacities, *(flow.capacity for flow in flows))}
    rows = [
        *(Fact(f.kind, f.kg, f.need.product, f.need, f.capacity, f.agreement_id) for f in flows),
        *(Fact("demand", need.total_kg, need.product, need=need) for need in demand.values()),
        *(Fact("supply", yearly(one), one.product, capacity=one) for one in supply.values()),
    ]
    rows.sort(key=lambda fact: (ORDER.index(fact.kind), -fact.kg))
    marks = _marks([*demand.values(), *supply.values()])
    links = [
        Link(f.kind, (f.capacity.lat, f.capacity.lon), (f.need.lat, f.need.lon), float(f.kg / 1000))
        for f in flows
    ]
    sheets = [Sheet(drawing, _regions(drawing, demand, supply)) for drawing in draw(marks, links)]
    return MarketView(sheets, rows, _legend(max((mark.amount for mark in marks), default=0.0)))


def yearly(capacity: Capacity) -> Decimal:
    """kg a year that an organization publishes."""
    return capacity.volume_kg_year - capacity.elsewhere_kg_year


def _legend(most: float) -> list[Size]:
    """Two round amounts: the largest that occurs, and a fifth of it."""
    if most <= 0:
        return []
    round_most = Decimal(10) ** floor(log10(most))
    return [Size(tonnes * 1000, radius(float(tonnes), most)) for tonnes in (round_most / 5, round_most)]


def _marks(listings: Sequence[Need | Capacity]) -> list[Mark]:
    """One mark for all supply, and one for all demand, of a place."""
    sums: dict[tuple[str, float, float], tuple[str, Decimal]] = {}
    for listing in listings:
        kind, kg = ("demand", listing.total_kg) if isinstance(listing, Need) else ("supply", yearly(listing))
        key = (kind, listing.lat, listing.lon)
        name, before = sums.get(key, (listing.municipality, Decimal(0)))
        sums[key] = (name, before + kg)
    return [Mark(kind, (lat, lon), float(kg / 1000), name) for (kind, lat, lon), (name, kg) in sums.items()]


def _regions(drawing: MarketMap, demand: dict[int, Need], supply: dict[int, Capacity]) -> list[Region]:
    places = {mark.place for mark in drawing.marks}
    listings: list[Need | Capacity] = [*demand.values(), *supply.values()]
    found = {region_of(one.country, one.municipality) for one in listings if (one.lat, one.lon) in places}
    return sorted(found)
