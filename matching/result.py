"""What a run hands back: the plan, its prices, and why everything is as it is, in codes and numbers.

No language: every ``code`` is a key that the pages translate, every number keeps its unit in its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.allocate.allocation import Allocation
from matching.market import Market
from matching.pairs import Pairs
from matching.prices import Corridors, Landed
from matching.problem import AllocationProblem
from matching.scoring import Scores
from matching.types import FloatArray, IntArray

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Reason:
    """A code and the numbers that go with it; ``gate`` names the gate a reason is about.

    Of a need: no_capacity, no_capacity_of_grade, gate_alone (this gate alone closes every pair), gate_all
    (closes every pair, others too), gate, supply_short, max_share, min_suppliers, min_fill, max_suppliers,
    competition, no_surplus. Of a run: pin_closed, pin_cannot_hold.
    """

    code: str
    params: Numbers = field(default_factory=dict)
    gate: str = ""


@dataclass(frozen=True)
class Relaxation:
    """What one step by the buyer would open: the gate, by how much it would have to give way, and how many
    kg per period (mean over the periods with demand) capacities up to that step could deliver."""

    gate: str
    distance: float
    kg_per_period: float
    capacities: tuple[int, ...]


@dataclass(frozen=True)
class StandBy:
    """A capacity that could step in: kg it has left over all periods, and its landed price (NaN unknown)."""

    capacity: int
    kg: float
    landed: float


@dataclass(frozen=True)
class NeedReport:
    """Coverage of one need and why it is not more.

    covered_kg, wanted_kg  totals; covered [T] filled share per period (NaN where nothing is wanted)
    suppliers    organizations in the plan
    reasons      why something stays uncovered; empty when everything is covered
    relaxations  what would open more, the smallest step first within each gate
    standby      who could replace the largest supplier, cheapest first
    standby_short_kg  reserve still missing for that
    """

    covered_kg: float
    wanted_kg: float
    covered: FloatArray
    suppliers: int
    reasons: tuple[Reason, ...]
    relaxations: tuple[Relaxation, ...]
    standby: tuple[StandBy, ...]
    standby_short_kg: float

    @property
    def covered_share(self) -> float:
        """Filled share of the whole demand, 1 when nothing is wanted."""
        return self.covered_kg / self.wanted_kg if self.wanted_kg > 0 else 1.0

    @property
    def covered_pct(self) -> float:
        """Filled share in per cent with one decimal."""
        return round(100.0 * self.covered_share, 1)


@dataclass(frozen=True)
class Hedge:
    """quantity [E,T] kg of the hedged plan; expected and tail value of the objective before fixed costs, of the plan
    as it was and as it is now."""

    quantity: FloatArray
    expected_before: float
    expected: float
    tail_before: float
    tail: float


@dataclass(frozen=True)
class Robustness:
    """How the plan stands up to drawn shortfalls; an assumption of the policy, not a forecast.

    reaches [N] share of the scenarios in which the need still reaches its smallest fill
    expected, tail [N] filled share: mean, and mean of the worst twentieth (CVaR)
    hedge   what ``Policy.tail_weight`` gave up on average and saved in the tail; None where it is 0
    """

    reaches: FloatArray
    expected: FloatArray
    tail: FloatArray
    hedge: Hedge | None = None


@dataclass(frozen=True)
class Result:
    """A finished run.

    links     [L] rows of ``pairs`` with every gate open; ``scores``, ``problem``, ``allocation``,
              ``corridors``, ``prices`` and ``money`` have one row per link in this order
    money     [L] surplus in numeraire per kg (buyer's value - landed cost), without fit or service
    value_money  numeraire gained by the plan; fit_cost  numeraire given up for fit (NaN: not measured)
    acceptance [L] learned chance of a yes that broke ties, None where the weighted fit did
    """

    market: Market
    pairs: Pairs
    links: IntArray
    scores: Scores
    problem: AllocationProblem
    allocation: Allocation
    corridors: Corridors
    prices: Landed
    money: FloatArray
    value_money: float
    fit_cost: float
    needs: tuple[NeedReport, ...]
    robustness: Robustness
    notes: tuple[Reason, ...]
    seconds: Mapping[str, float]
    versions: Mapping[str, str]
    acceptance: FloatArray | None = None

    @property
    def status(self) -> str:
        """optimal, within_gap, time_limit or infeasible."""
        return self.allocation.status

    @property
    def value(self) -> float:
        """Objective of the plan."""
        return self.allocation.value

    @property
    def bound(self) -> float:
        """Proven upper limit of the objective."""
        return self.allocation.bound

    @property
    def gap(self) -> float:
        """(bound - value) / |value|."""
        return self.allocation.gap

    def plan(self) -> dict[str, dict[str, FloatArray]]:
        """kg per period by need id and capacity id, of the pairs that trade."""
        needs, capacities = self.market.needs.id, self.market.capacities.id
        found: dict[str, dict[str, FloatArray]] = {name: {} for name in needs}
        for row, trades in enumerate(self.allocation.active):
            if trades:
                need, capacity = int(self.problem.need[row]), int(self.problem.capacity[row])
                found[needs[need]][capacities[capacity]] = self.allocation.quantity[row]
        return found
