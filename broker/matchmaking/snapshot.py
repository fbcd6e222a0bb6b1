"""Rows become arrays here and nowhere else: one market per product, in US dollars per kg, frozen at one moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from broker.catalogue import products
from broker.catalogue.places import ROAD_FACTOR
from broker.listings.models import Capacity, CapacitySlot, Need
from broker.listings.reserve import supply_of
from broker.matchmaking.grid import Grid, grid_of, need_periods
from broker.matchmaking.pricing import Prices, capacities_priced, needs_priced
from broker.matchmaking.spec_arrays import SpecArrays, spec_arrays
from broker.matchmaking.wish_arrays import cap_rows, pair_rows
from broker.parties.models import Certificate
from broker.prices.quotes import Quotes
from broker.readiness.scores import Readiness
from matching.market import Capacities, Market, Needs
from matching.policy import Policy


@dataclass(frozen=True)
class Inputs:
    """Everything a run looks at. `readiness`, `certificates` and `unions` are keyed by organization, `slots` by
    capacity, `promised` (kg per period already agreed) and `partners` (organizations already supplying) by need,
    `taken` by capacity: first day, last day and kg that plans outside this market count on. The broker's
    `exclusions`, `pins` and `caps` (kg per period) are keyed by need and capacity. Transient rows of a spreadsheet have
    ids too, so that both ways in share this one path."""

    needs: Sequence[Need]
    capacities: Sequence[Capacity]
    quotes: Quotes
    today: dt.date
    readiness: Mapping[int, Readiness] = field(default_factory=dict)
    certificates: Mapping[int, Sequence[Certificate]] = field(default_factory=dict)
    unions: Mapping[int, int] = field(default_factory=dict)
    slots: Mapping[int, Sequence[CapacitySlot]] = field(default_factory=dict)
    promised: Mapping[int, Sequence[Decimal]] = field(default_factory=dict)
    partners: Mapping[int, int] = field(default_factory=dict)
    taken: Mapping[int, Sequence[tuple[dt.date, dt.date, Decimal]]] = field(default_factory=dict)
    exclusions: frozenset[tuple[int, int]] = frozenset()
    pins: frozenset[tuple[int, int]] = frozenset()
    caps: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)

    def wanted(self, need: Need) -> list[Decimal]:
        """kg per period of a need that are still to be covered."""
        periods = need_periods(need)
        promised = self.promised.get(need.id, [Decimal(0)] * len(periods))
        return [
            max(Decimal(0), need.quantity_kg * period.share - kg)
            for period, kg in zip(periods, promised, strict=True)
        ]


@dataclass(frozen=True)
class Block:
    """The market of one product: rows i and j of the arrays are `needs[i]` and `capacities[j]`."""

    product: str
    needs: tuple[Need, ...]
    capacities: tuple[Capacity, ...]
    grid: Grid
    market: Market
    schemes: tuple[str, ...]
    spec_columns: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """The blocks of a run in product order, and a hash of all that was looked at. `unanswered` needs could not enter
    a market and `left_out` capacities were not offered in it, each with its reason: 'no_capacity', or a code of
    `broker.matchmaking.pricing`."""

    blocks: tuple[Block, ...]
    unanswered: tuple[tuple[Need, str], ...]
    left_out: tuple[tuple[Capacity, str], ...]
    sha256: str


def take(inputs: Inputs, policy: Policy) -> Snapshot:
    """Freeze the market. What cannot be priced stays outside with its reason, so that one row never stops a run."""
    blocks: list[Block] = []
    prices, unpriced = needs_priced(inputs.needs, inputs.quotes)
    offers, left_out = capacities_priced(inputs.capacities, inputs.quotes)
    unanswered = list(unpriced)
    thrifty = _thrifty(policy, prices, offers)
    for product in sorted({need.product for need in prices}):
        needs = tuple(sorted((n for n in prices if n.product == product), key=lambda n: n.id))
        capacities = tuple(sorted((c for c in offers if c.product == product), key=lambda c: c.id))
        if capacities:
            blocks.append(_block(product, needs, capacities, inputs, Prices(prices, offers), thrifty))
        else:
            unanswered.extend((need, "no_capacity") for need in needs)
    sha256 = _hash(blocks, [*unanswered, *left_out], policy)
    return Snapshot(tuple(blocks), tuple(unanswered), tuple(left_out), sha256)


def _thrifty(policy: Policy, needs: Iterable[Need], capacities: Iterable[Capacity]) -> Policy:
    """The policy that lists pairs as the whole run is large or small, not each of its markets by itself."""
    offered = Counter(capacity.product for capacity in capacities)
    pairs = sum(offered[need.product] for need in needs)
    return policy if pairs <= policy.keep_closed else replace(policy, keep_closed=0)


def _block(
    product: str,
    needs: tuple[Need, ...],
    capacities: tuple[Capacity, ...],
    inputs: Inputs,
    prices: Prices,
    policy: Policy,
) -> Block:
    grid = grid_of(needs)
    schemes = tuple(sorted({scheme for need in needs for scheme in need.certificates}))
    countries = sorted({c for need in needs for c in need.origins} | {c.country for c in capacities})
    spec = spec_arrays(product, needs, capacities)
    market = Market(
        needs=_needs(needs, inputs, prices, grid, schemes, countries, spec),
        capacities=_capacities(capacities, inputs, prices, grid, schemes, countries, spec),
        periods=np.array([float(cell.weeks) for cell in grid.cells]),
        policy=policy,
        exclusions=pair_rows(needs, capacities, inputs.exclusions),
        pins=pair_rows(needs, capacities, inputs.pins),
        caps=cap_rows(needs, capacities, inputs.caps),
    )
    return Block(product, needs, capacities, grid, market, schemes, spec.columns)


def _needs(
    needs: tuple[Need, ...],
    inputs: Inputs,
    known: Prices,
    grid: Grid,
    schemes: tuple[str, ...],
    countries: list[str],
    spec: SpecArrays,
) -> Needs:
    prices = [known.needs[need] for need in needs]
    return Needs(
        id=tuple(str(need.id) for need in needs),
        concept=np.zeros(len(needs), dtype=np.int64),
        wait_days=_floats(need.wait_days for need in needs),
        demand=np.array([[float(kg) for kg in grid.per_cell(need, inputs.wanted(need))] for need in needs]),
        ceiling=_floats(ceiling for ceiling, _ in prices),
        price=_floats(price for _, price in prices),
        min_fill=_floats(_open_fill(need) for need in needs),
        min_suppliers=np.array(
            [max(1, need.min_suppliers - inputs.partners.get(need.id, 0)) for need in needs]
        ),
        max_suppliers=np.array([_open_places(need, inputs) for need in needs]),
        max_share=_floats(min(1.0, need.max_share_pct / 100 / _open_share(need)) for need in needs),
        lat=_floats(need.lat for need in needs),
        lon=_floats(need.lon for need in needs),
        certificates=_flags(
            [[scheme in need.certificates for scheme in schemes] for need in needs], len(schemes)
        ),
        origin=_flags([[country in need.origins for country in countries] for need in needs], len(countries)),
        spec_low=spec.low,
        spec_high=spec.high,
        spec_one_of=spec.one_of,
        spec_critical=spec.critical,
        description=tuple(need.description for need in needs),
        buyer=np.array([need.buyer_id for need in needs]),
    )


def _capacities(
    capacities: tuple[Capacity, ...],
    inputs: Inputs,
    prices: Prices,
    grid: Grid,
    schemes: tuple[str, ...],
    countries: list[str],
    spec: SpecArrays,
) -> Capacities:
    offers = [prices.capacities[capacity] for capacity in capacities]
    known = [inputs.readiness.get(capacity.organization_id) for capacity in capacities]
    own, by_buyer = _certificates(capacities, inputs, schemes)
    return Capacities(
        id=tuple(str(capacity.id) for capacity in capacities),
        concept=np.zeros(len(capacities), dtype=np.int64),
        supply=np.array([_supply(capacity, inputs, grid) for capacity in capacities]),
        organization=np.array([capacity.organization_id for capacity in capacities]),
        max_wait_days=_floats(capacity.max_wait_days for capacity in capacities),
        ask=_floats(offer.ask for offer in offers),
        readiness=_floats(np.nan if r is None or r.score is None else r.score for r in known),
        reliability_confidence=_floats(0 if r is None else r.confidence_pct / 100 for r in known),
        lat=_floats(capacity.lat for capacity in capacities),
        lon=_floats(capacity.lon for capacity in capacities),
        certificates=own,
        buyer_held=by_buyer,
        origin=np.array([countries.index(capacity.country) for capacity in capacities]),
        attributes=spec.values,
        min_lot=_floats(capacity.min_lot_kg for capacity in capacities),
        freight_base=_floats(offer.freight_base for offer in offers),
        freight_per_km=_floats(offer.freight_per_km for offer in offers),
        description=tuple(capacity.description for capacity in capacities),
    )


def _open_share(need: Need) -> float:
    """Share of the need that is still open; a full need keeps a sliver, so that shares stay defined."""
    return max(1e-6, float(1 - need.covered_kg / need.total_kg))


def _open_fill(need: Need) -> float:
    """Smallest share of what is still open that makes the whole need reach its minimum."""
    missing = need.min_fill_pct / 100 - float(need.covered_kg / need.total_kg)
    return min(1.0, max(0.0, missing / _open_share(need)))


def _open_places(need: Need, inputs: Inputs) -> int:
    """How many more organizations may supply; 0 for no limit."""
    return max(1, need.max_suppliers - inputs.partners.get(need.id, 0)) if need.max_suppliers else 0


def _supply(capacity: Capacity, inputs: Inputs, grid: Grid) -> list[float]:
    supply = supply_of(capacity, inputs.slots.get(capacity.id, ()))
    taken = grid.per_cell_of_days(inputs.taken.get(capacity.id, ()))
    return [
        float(max(Decimal(0), supply.free(cell, one_off=grid.one_off) - kg))
        for cell, kg in zip(grid.cells, taken, strict=True)
    ]


def _certificates(
    capacities: tuple[Capacity, ...], inputs: Inputs, schemes: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """What each capacity can show: held by the organization or its union, or else by which buyer."""
    own = np.zeros((len(capacities), len(schemes)), dtype=np.bool_)
    by_buyer = np.full((len(capacities), len(schemes)), -1, dtype=np.int64)
    buyers = {need.buyer_id for need in inputs.needs}
    for row, capacity in enumerate(capacities):
        organization = capacity.organization_id
        holders = {organization, inputs.unions.get(organization)}
        for certificate in inputs.certificates.get(organization, ()):
            if certificate.scheme not in schemes or not certificate.valid_on(inputs.today):
                continue
            if certificate.product not in (None, capacity.product):
                continue
            column = schemes.index(certificate.scheme)
            own[row, column] |= certificate.holder_id in holders
            if certificate.holder_id in buyers:
                by_buyer[row, column] = certificate.holder_id
    return own, by_buyer


def _floats(values: object) -> np.ndarray:
    return np.array([float(value) for value in values], dtype=np.float64)  # type: ignore[attr-defined]


def _flags(rows: list[list[bool]], width: int) -> np.ndarray:
    return np.array(rows, dtype=np.bool_).reshape(len(rows), width)


def _hash(blocks: Sequence[Block], outside: Sequence[tuple[Need | Capacity, str]], policy: Policy) -> str:
    """SHA-256 over every array, id and setting: equal hashes mean an equal run."""
    digest = hashlib.sha256(json.dumps(policy.as_dict(), sort_keys=True).encode())
    digest.update(str(ROAD_FACTOR).encode())
    for block in blocks:
        digest.update(f"{block.product}:{products.get(block.product).storable}".encode())
        for part in (block.market.needs, block.market.capacities):
            for name in sorted(part.__dataclass_fields__):
                value = getattr(part, name)
                raw = (
                    np.ascontiguousarray(value).tobytes()
                    if isinstance(value, np.ndarray)
                    else repr(value).encode()
                )
                digest.update(name.encode() + raw)
        digest.update(block.market.periods.tobytes() + block.market.exclusions.tobytes())
        digest.update(block.market.pins.tobytes() + block.market.caps.tobytes())
    digest.update(",".join(f"{one.id}:{code}" for one, code in outside).encode())
    return digest.hexdigest()


def to_kg(value: float) -> Decimal:
    """kg rounded down to the gram, so that parts never exceed the whole they were cut from."""
    return Decimal(int(value * 1000 + 1e-6)) / 1000
