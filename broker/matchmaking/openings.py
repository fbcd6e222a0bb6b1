"""What one step would open: a condition that alone keeps groups from a need, a loss halved, a capacity confirmed anew.

Pure: from the pairs of a need's last run and the capacities of today to openings in kg.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.listings.models import Capacity, Need
from broker.listings.periods import Period
from broker.listings.reserve import supply_of
from broker.listings.volume import Supply
from broker.matchmaking.balance import Stretch, spread
from broker.matchmaking.grid import is_one_off, need_periods

# Whose word opens it: the buyer gives way in a term, or the organization makes something good.
BUYER_GATES = (
    "payment_days", "price", "grade", "spec", "variety", "origin", "calendar", "min_lot", "radius",
)  # fmt: skip
ORGANIZATION_GATES = ("certificate", "readiness")
LEVERS = (*BUYER_GATES, *ORGANIZATION_GATES, "loss", "confirm")
# Conditions met by degrees, and the sign that puts the smallest concession first.
BY_DEGREES = {"payment_days": -1, "readiness": -1, "price": 1, "radius": 1, "min_lot": 1, "spec": 1}
MOST_STEPS = 4
HALF = Decimal(2)


@dataclass(frozen=True)
class Pair:
    """A need and a capacity as the need's last run left them; `details` is `Candidate.pair`. `free_kg` is what the
    capacity has for it in a mean period, neither promised nor in the plan of another need."""

    capacity: Capacity
    kind: str
    details: Mapping[str, Any]
    free_kg: Decimal = Decimal(0)


@dataclass(frozen=True)
class Step:
    """A concession and what it opens: `want` and `have` in the condition's own unit, `missing` certificates by code,
    `parts` the capacities behind it with the kg that each could deliver in a mean period of the need."""

    want: str | None
    have: str | None
    missing: tuple[str, ...]
    parts: tuple[tuple[Capacity, Decimal], ...]

    @property
    def groups(self) -> tuple[Capacity, ...]:
        return tuple(capacity for capacity, _ in self.parts)

    @property
    def kg_per_period(self) -> Decimal:
        return sum((kg for _, kg in self.parts), Decimal(0))

    def kg_of(self, organization_id: int) -> Decimal:
        """kg in a mean period of one organization's part."""
        own = (kg for capacity, kg in self.parts if capacity.organization_id == organization_id)
        return sum(own, Decimal(0))

    @property
    def organizations(self) -> int:
        return len({group.organization_id for group in self.groups})

    @property
    def families(self) -> int:
        """Members of those organizations that say how many they have."""
        return sum(total for total in self._members() if total is not None)

    @property
    def unknown(self) -> int:
        """Organizations that do not say."""
        return sum(total is None for total in self._members())

    def _members(self) -> list[int | None]:
        by_id = {group.organization_id: group.organization for group in self.groups}
        return [organization.members_total for organization in by_id.values()]


@dataclass(frozen=True)
class Opening:
    """One lever of one need: its steps from the smallest concession to the whole, and the kg that the need lacks."""

    need: Need
    lever: str
    steps: tuple[Step, ...]
    lacking_kg: Decimal

    @property
    def whole(self) -> Step:
        return self.steps[-1]

    @property
    def kg(self) -> Decimal:
        """kg over the whole window, never more than the need lacks."""
        return min(self.lacking_kg, self.whole.kg_per_period * len(need_periods(self.need)))

    @property
    def asks_buyer(self) -> bool:
        return self.lever in BUYER_GATES


def openings_of(
    need: Need, pairs: Sequence[Pair], stale: Sequence[Capacity], lacking_kg: Decimal
) -> list[Opening]:
    """Every lever of one need that would open something. `stale` are capacities that nobody has confirmed but which
    meet all that the need has published."""
    found = [*_conditions(need, pairs), ("loss", _losses(need, pairs)), ("confirm", _confirmed(need, stale))]
    return [Opening(need, lever, steps, lacking_kg) for lever, steps in found if _opens(steps)]


def _opens(steps: Sequence[Step]) -> bool:
    return bool(steps) and steps[-1].kg_per_period > 0


def _conditions(need: Need, pairs: Sequence[Pair]) -> Iterable[tuple[str, tuple[Step, ...]]]:
    by_gate: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.kind == "near_miss" and pair.free_kg > 0:
            by_gate[pair.details["closed"][0]["gate"]].append(pair)
    for gate in (*BUYER_GATES, *ORGANIZATION_GATES):
        near = by_gate.get(gate, [])
        if gate == "certificate":
            yield from ((gate, steps) for steps in _by_certificate(near))
        elif gate in BY_DEGREES:
            known = [pair for pair in near if _closed(pair)["have"] is not None]
            yield gate, _by_degrees(gate, known)
            yield gate, _one_step([pair for pair in near if _closed(pair)["have"] is None])
        else:
            yield from (
                (gate, _one_step(same)) for same in _grouped(near, lambda p: _closed(p)["have"] or "")
            )


def _closed(pair: Pair) -> Mapping[str, Any]:
    closed: Mapping[str, Any] = pair.details["closed"][0]
    return closed


def _by_degrees(gate: str, near: Sequence[Pair]) -> tuple[Step, ...]:
    """Each step takes in those before it."""

    def distance(pair: Pair) -> Decimal:
        return BY_DEGREES[gate] * Decimal(_closed(pair)["have"])

    values = _thinned(sorted({distance(pair) for pair in near}))
    ordered = sorted(near, key=distance)
    return tuple(_step([pair for pair in ordered if distance(pair) <= value]) for value in values)


def _thinned(values: list[Decimal]) -> list[Decimal]:
    """At most `MOST_STEPS` of them, evenly chosen, the last among them."""
    if len(values) <= MOST_STEPS:
        return values
    return [values[-1 - number * (len(values) - 1) // MOST_STEPS] for number in range(MOST_STEPS)][::-1]


def _by_certificate(near: Sequence[Pair]) -> Iterable[tuple[Step, ...]]:
    """One step for each set of certificates that somebody lacks; it also opens those who lack fewer."""
    for wanted in sorted({tuple(sorted(_closed(pair)["missing"])) for pair in near}):
        fitting = [pair for pair in near if set(_closed(pair)["missing"]) <= set(wanted)]
        yield (_step(fitting, missing=wanted),)


def _one_step(near: Sequence[Pair]) -> tuple[Step, ...]:
    return (_step(near),) if near else ()


def _grouped(near: Sequence[Pair], key: Callable[[Pair], str]) -> list[list[Pair]]:
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in near:
        groups[key(pair)].append(pair)
    return [groups[name] for name in sorted(groups)]


def _step(pairs: Sequence[Pair], missing: tuple[str, ...] = ()) -> Step:
    """The step that opens these pairs, the last of them being the farthest."""
    farthest = _closed(pairs[-1])
    parts = tuple((pair.capacity, pair.free_kg) for pair in pairs)
    return Step(farthest["want"], farthest["have"], missing, parts)


def _losses(need: Need, pairs: Sequence[Pair]) -> tuple[Step, ...]:
    """Half of the loss after harvest, of groups that already give this need all they have."""
    giving = [
        pair
        for pair in pairs
        if pair.kind == "chosen"
        and pair.details["why"]["code"] == "all_it_has"
        and pair.capacity.loss_pct > 0
    ]
    if not giving:
        return ()
    most = max(pair.capacity.loss_pct for pair in giving)
    parts = tuple((pair.capacity, mean_free(need, _saved(pair.capacity))) for pair in giving)
    return (Step(_plain(most / HALF), _plain(most), (), parts),)


def _saved(capacity: Capacity) -> Supply:
    """What half of the loss would add, delivered when the rest is."""
    kept = 1 - capacity.loss_pct / 100
    more = capacity.volume_kg_year * (capacity.loss_pct / HALF / 100) / kept
    whole = supply_of(capacity)
    return Supply(more, whole.calendar, whole.storable)


def _confirmed(need: Need, stale: Sequence[Capacity]) -> tuple[Step, ...]:
    groups = [(capacity, mean_free(need, supply_of(capacity, capacity.slots))) for capacity in stale]
    useful = tuple((capacity, kg) for capacity, kg in groups if kg > 0)
    return (Step(None, None, (), useful),) if useful else ()


def mean_free(need: Need, supply: Supply, planned: Iterable[Stretch] = ()) -> Decimal:
    """kg free in a mean period of the need, beside what other plans take."""
    periods, stretches = need_periods(need), list(planned)
    if is_one_off(need) and supply.storable:
        free = [_left_of_year(supply, period, stretches) for period in periods]
    else:
        free = [
            supply.free(period, one_off=is_one_off(need)) - kg
            for period, kg in zip(periods, spread(stretches, periods), strict=True)
        ]
    return sum((max(Decimal(0), kg) for kg in free), Decimal(0)) / len(periods)


def _left_of_year(supply: Supply, period: Period, planned: Sequence[Stretch]) -> Decimal:
    """kg that a store can give at once: what is free, as far as the plans of the whole year leave it."""
    first = dt.date(period.start.year, 1, 1)
    year = Period(first, dt.date(first.year, 12, 31), Decimal(52))
    left = supply.volume - supply.reserved_years.get(first, Decimal(0)) - spread(planned, [year])[0]
    return min(supply.free(period, one_off=True), left)


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
