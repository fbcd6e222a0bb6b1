"""Generated markets for benchmarks and property tests; the same seed gives the same market.

The shape follows the benchmark markets of the project: each need meets about 20 capacities and each
capacity about 8 needs nearby in a ring of places, prices 100-200, costs 60-140, transport 0-40 and fixed
costs 100-1,500 per pair; quantities 10-100 kg per need and period, sized so that demand exceeds supply a
little and capacities compete.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matching.problem import AllocationProblem
from matching.types import IntArray

LINKS_PER_NEED, LINKS_PER_CAPACITY = 20, 8


def market(
    links: int, periods: int = 1, *, seed: int = 0, fixed: bool = True, conditions: bool = False
) -> AllocationProblem:
    """An allocation problem of about ``links`` links in one connected market.

    ``fixed`` charges every pair; ``conditions`` adds smallest lots, filled shares, counts and shares.
    """
    generator = np.random.default_rng(seed)
    n, m = max(1, round(links / LINKS_PER_NEED)), max(2, round(links / LINKS_PER_CAPACITY))
    need, capacity = _near(n, m, links, generator)
    e = len(need)
    price, cost = generator.uniform(100, 200, n), generator.uniform(60, 140, m)
    value = price[need] - cost[capacity] - generator.uniform(0, 40, e)
    demand = generator.integers(20, 101, (n, periods)).astype(float)
    supply = generator.integers(8, 41, (m, periods)).astype(float)
    problem = AllocationProblem(
        need=need,
        capacity=capacity,
        value=value,
        fixed_cost=generator.uniform(100, 1500, e) if fixed else np.zeros(e),
        min_lot=np.zeros(e),
        demand=demand,
        supply=supply,
    )
    return _conditioned(problem, generator) if conditions else problem


def _conditioned(problem: AllocationProblem, generator: np.random.Generator) -> AllocationProblem:
    n, e, periods = len(problem.demand), problem.links, problem.periods
    return replace(
        problem,
        min_lot=np.where(generator.random(e) < 0.3, generator.uniform(1, 15, e) * periods, 0.0),
        min_fill=np.where(generator.random(n) < 0.5, generator.uniform(0.2, 0.8, n), 0.0),
        min_suppliers=generator.integers(0, 4, n),
        max_suppliers=np.where(generator.random(n) < 0.5, generator.integers(4, 8, n), 0),
        max_share=np.where(generator.random(n) < 0.5, generator.uniform(0.4, 1.0, n), 1.0),
    )


def _near(n: int, m: int, links: int, generator: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Distinct pairs of places near one another on a ring."""
    each = min(m, max(1, round(links / n)))
    window = min(m, 3 * each)
    offsets = np.argsort(generator.random((n, window)), axis=1)[:, :each] - window // 2
    centre = (np.arange(n) * m) // n
    capacity = (centre[:, None] + offsets) % m
    return np.repeat(np.arange(n), each).astype(np.int64), capacity.ravel().astype(np.int64)
