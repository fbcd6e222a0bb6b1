"""Fixed-charge transportation problems in the shape of the literature, as the special case value = BIG - cost.

MIPLIB's ran* and gr4x6 and Balinski's bal8x12 are named after sources x customers. Nothing of their data is here:
sizes are theirs, numbers are drawn. The ran-like ones follow the generator common in that literature (Sun, Aronson,
McKeown and Drinka 1998): whole supplies and demands of equal sums, cost per unit 3-8, fixed charges of one of the
ranges 50-200 (A), 100-400 (B), 200-800 (C), ... All customers must be served in full from exactly what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from matching.problem import AllocationProblem
from matching.types import FloatArray
from tests.bench.contest import Run, contest
from tests.bench.rows import SEED

SECONDS = 30.0
GAP = 1e-9
"""The constant makes the whole value much larger than the cost, so a share of it must be tiny."""


@dataclass(frozen=True)
class Shape:
    """``total`` units in steps of ``step`` from sources to customers; cost per unit and fixed charge from ranges."""

    name: str
    sources: int
    customers: int
    total: int
    step: int
    cost: tuple[float, float]
    charge: tuple[float, float]
    cents: bool = False


SHAPES = (
    Shape("gr4x6-like", 4, 6, 180, 5, (1, 9), (20, 60)),
    Shape("bal8x12-like", 8, 12, 210, 5, (0.5, 8), (8, 30), cents=True),
    Shape("ran10x10-like (A)", 10, 10, 10_000, 1, (3, 8), (50, 200)),
    Shape("ran10x26-like (B)", 10, 26, 15_000, 1, (3, 8), (100, 400)),
    Shape("ran12x21-like (C)", 12, 21, 15_000, 1, (3, 8), (200, 800)),
    Shape("ran13x13-like (D)", 13, 13, 15_000, 1, (3, 8), (400, 1_600)),
    Shape("ran14x18-like (B)", 14, 18, 15_000, 1, (3, 8), (100, 400)),
    Shape("ran17x17-like (D)", 17, 17, 15_000, 1, (3, 8), (400, 1_600)),
)


@dataclass(frozen=True)
class Costs:
    """[sources, customers] cost per unit and fixed charge; [sources], [customers] units."""

    unit: FloatArray
    charge: FloatArray
    supply: FloatArray
    demand: FloatArray

    @property
    def big(self) -> float:
        """Worth of a unit at which leaving any customer unserved is never better."""
        per_unit = self.unit.max() + self.charge.max() * len(self.supply) / self.demand.min()
        return float(np.ceil(per_unit) + 1.0)


def draw(shape: Shape, seed: int) -> Costs:
    """Numbers of the given shape; the same seed gives the same numbers."""
    generator = np.random.default_rng(seed)
    size = (shape.sources, shape.customers)

    def drawn(low: float, high: float) -> FloatArray:
        if shape.cents:
            return np.asarray(generator.uniform(low, high, size).round(2))
        return generator.integers(int(low), int(high) + 1, size).astype(float)

    supply = _parts(shape.total // shape.step, shape.sources, generator) * shape.step
    demand = _parts(shape.total // shape.step, shape.customers, generator) * shape.step
    return Costs(drawn(*shape.cost), drawn(*shape.charge), supply, demand)


def _parts(total: int, count: int, generator: np.random.Generator) -> FloatArray:
    """``count`` whole numbers, none zero, none more than about three times another, that add up to ``total``."""
    weight = generator.uniform(0.5, 1.5, count)
    whole: FloatArray = np.maximum(1.0, np.floor(total * weight / weight.sum()))
    whole[: int(total - whole.sum())] += 1
    return whole


def problem_of(shape: Shape, seed: int) -> AllocationProblem:
    """Customers as needs to be filled whole, sources as capacities, every pair a link."""
    costs = draw(shape, seed)
    capacity, need = (rows.ravel() for rows in np.indices(costs.unit.shape))
    return AllocationProblem(
        need=need,
        capacity=capacity,
        value=costs.big - costs.unit.ravel(),
        fixed_cost=costs.charge.ravel(),
        min_lot=np.zeros(costs.unit.size),
        demand=costs.demand[:, None],
        supply=costs.supply[:, None],
        min_fill=np.ones(shape.customers),
    )


def compare(shape: Shape, rival: str, seconds: float) -> tuple[float, Run, Run]:
    """(BIG x all units, ours, the rival's): what is missing to the first is the cost."""
    costs = draw(shape, SEED)
    make = partial(problem_of, shape, SEED)
    ours, theirs = (contest(solver, make, seconds, 1, GAP) for solver in ("ours", rival))
    return costs.big * float(costs.demand.sum()), ours, theirs
