"""Large neighbourhood search: re-plan a few needs exactly while everyone else keeps his plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matching.allocate import exact
from matching.components import subproblem
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray, IntArray

SIZES = (800, 1_600, 3_200)
"""Quantity columns of a neighbourhood: small ones first, larger ones once small ones find nothing more."""

NODES = 200
"""Branch and bound nodes of one neighbourhood: a limit of work, not of time, keeps plans repeatable."""

SUB_GAP = 5e-4

KEEP_RATE = 2e-4
"""A pass that gains less than this share moves on to larger neighbourhoods, or ends the search."""

MOST_PASSES = 40

OVERLAP = 3
"""How many neighbourhoods of a pass a need is in, on average."""


@dataclass(frozen=True)
class Search:
    """The best plan found, how many neighbourhoods were solved, and whether it ran out of time."""

    quantity: FloatArray
    rounds: int
    stopped: bool


def improve(
    problem: AllocationProblem,
    quantity: FloatArray,
    seen: BoolArray,
    *,
    seed: int,
    remaining: Callable[[], float],
    report: Callable[[float, float], bool],
) -> Search:
    """Passes over the needs in a seeded order until the largest neighbourhoods gain next to nothing.

    ``seen`` are links worth considering besides the ones in use (the kernel); ``report(done, value)``
    returns False to stop.
    """
    generator = np.random.default_rng(seed)
    kernel = seen | _promising(problem)
    neighbours = _neighbours(problem)
    value = problem.objective(quantity, quantity.sum(axis=1) > 0)
    rounds = size = 0
    for number in range(MOST_PASSES):
        before, order = value, generator.permutation(np.unique(problem.need))
        # Neighbourhoods overlap: on average every need is re-planned a few times in one pass.
        typical = max(1.0, SIZES[size] * len(order) / max(1, int(kernel.sum()) * problem.periods))
        for first in order[:: max(1, int(typical / OVERLAP))]:
            if remaining() <= 0 or not report(number / MOST_PASSES, value):
                return Search(quantity, rounds, True)
            needs = _around(problem, int(first), neighbours, kernel, generator, SIZES[size])
            quantity, value = _replan(problem, quantity, value, needs, kernel, remaining(), seed)
            rounds += 1
        if value - before <= KEEP_RATE * abs(value):
            size += 1
        if size == len(SIZES):
            break
    return Search(quantity, rounds, False)


def _replan(
    problem: AllocationProblem,
    quantity: FloatArray,
    value: float,
    needs: IntArray,
    kernel: BoolArray,
    time_limit: float,
    seed: int,
) -> tuple[FloatArray, float]:
    inside = np.isin(problem.need, needs)
    used = np.zeros_like(problem.supply)
    np.add.at(used, problem.capacity[~inside], quantity[~inside])
    free = replace(problem, supply=np.maximum(problem.supply - used, 0.0))
    links = np.flatnonzero(inside & (kernel | (quantity.sum(axis=1) > 0)))
    part = subproblem(free, links)
    found = exact.solve(
        part.problem, time_limit=time_limit, gap=SUB_GAP, seed=seed, nodes=NODES, start=quantity[links]
    )
    if found.quantity is None:
        return quantity, value
    tried = quantity.copy()
    tried[inside] = 0.0
    tried[links] = found.quantity
    gained = problem.objective(tried, tried.sum(axis=1) > 0)
    return (tried, gained) if gained > value else (quantity, value)


def _promising(problem: AllocationProblem) -> BoolArray:
    """[E] the best links of each need and of each capacity by surplus at full load."""
    uppers = problem.uppers()
    most = uppers.sum(axis=1)
    gain = (problem.values() * uppers).sum(axis=1) + problem.bonus()
    rate = gain / np.maximum(most, 1e-9)
    chosen = np.zeros(problem.links, dtype=np.bool_)
    for side in (problem.need, problem.capacity):
        order = np.lexsort((-rate, side))
        count = np.bincount(side, minlength=int(side.max(initial=0)) + 1)
        place = np.arange(len(order)) - (np.cumsum(count) - count)[side[order]]
        chosen[order[place < 4]] = True
    return chosen


@dataclass(frozen=True)
class _Neighbours:
    """Links by need and by capacity, as slices of one order each."""

    by_need: IntArray
    need_start: IntArray
    by_capacity: IntArray
    capacity_start: IntArray


def _neighbours(problem: AllocationProblem) -> _Neighbours:
    def starts(side: IntArray, size: int) -> IntArray:
        return np.concatenate(([0], np.cumsum(np.bincount(side, minlength=size)))).astype(np.int64)

    return _Neighbours(
        np.argsort(problem.need, kind="stable"),
        starts(problem.need, len(problem.demand)),
        np.argsort(problem.capacity, kind="stable"),
        starts(problem.capacity, len(problem.supply)),
    )


def _around(
    problem: AllocationProblem,
    first: int,
    neighbours: _Neighbours,
    kernel: BoolArray,
    generator: np.random.Generator,
    size: int,
) -> IntArray:
    """Needs that compete with the first for capacities, nearest first, until the neighbourhood is full."""
    chosen, columns, queue = {first}, 0, [first]
    while queue:
        need = queue.pop(0)
        links = neighbours.by_need[neighbours.need_start[need] : neighbours.need_start[need + 1]]
        links = links[kernel[links]]
        columns += len(links) * problem.periods
        if columns >= size:
            break
        rivals: list[int] = []
        for capacity in problem.capacity[generator.permutation(links)]:
            at = neighbours.by_capacity[
                neighbours.capacity_start[capacity] : neighbours.capacity_start[capacity + 1]
            ]
            rivals += problem.need[at[kernel[at]]].tolist()
        for rival in rivals:
            if rival not in chosen:
                chosen.add(rival)
                queue.append(rival)
    buyers = _of_one_buyer(problem)
    needs = np.array(sorted(chosen - set(queue)), dtype=np.int64)
    # A buyer's limit counts all of his needs together, so they are re-planned together.
    return needs if buyers is None else np.flatnonzero(np.isin(buyers, buyers[needs]))


def _of_one_buyer(problem: AllocationProblem) -> IntArray | None:
    """[N] buyer numbers when dependency limits tie a buyer's needs together."""
    if problem.dependency is None or problem.buyer is None or not np.isfinite(problem.dependency).any():
        return None
    return problem.buyer
