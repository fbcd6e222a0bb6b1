"""One component: pick the method by its shape and size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from matching.allocate import exact, network, search, slopes
from matching.allocate.allocation import Part
from matching.problem import AllocationProblem
from matching.types import FloatArray

SMALL_COLUMNS = 600
"""Up to so many quantity columns a component is solved to proven optimality, whatever gap is asked."""

SMALL_NODES = 5_000
"""Branch and bound nodes granted to that proof before the asked gap is enough again."""

EXACT_COLUMNS = 2_500
"""Up to so many quantity columns the whole component goes to branch and bound."""

EXACT_COLUMNS_FEW_PERIODS = 20_000
"""The same with one or two periods, where cuts are strong: better than search in equal time."""

RELAX_COLUMNS = 60_000
"""Up to so many quantity columns the linear relaxation is worth solving for its bound."""

ROOT_COLUMNS = 15_000
"""Up to so many quantity columns cuts at the root tighten that bound within the time left."""

ROOT_SHARE = 0.4
"""Share of the time kept for those cuts once the search has found its plan."""

Report = Callable[[float, float], bool]


def solve(
    problem: AllocationProblem, *, time_limit: float, gap: float, seed: int, report: Report | None = None
) -> Part:
    """The plan of one component; ``report(done, value)`` returns False to stop with the best so far."""
    deadline = time.monotonic() + time_limit

    def remaining() -> float:
        return deadline - time.monotonic()

    def told(done: float, value: float) -> bool:
        return report is None or report(done, value)

    if network.is_network(problem):
        values, uppers = problem.values(), problem.uppers()
        quantity = network.flow(problem, values, uppers)
        return Part(quantity, network.bound_above(problem, values, uppers, quantity), "network")
    columns = int((problem.uppers() > 0).sum())
    pinned = problem.pinned is not None and bool(problem.pinned.any())
    most = EXACT_COLUMNS_FEW_PERIODS if problem.periods <= 2 else EXACT_COLUMNS
    if columns <= most or pinned:
        return _by_branching(problem, columns, remaining, gap, seed, told)
    return _by_search(problem, columns, remaining, gap, seed, told)


def _by_branching(
    problem: AllocationProblem,
    columns: int,
    remaining: Callable[[], float],
    gap: float,
    seed: int,
    told: Report,
) -> Part:
    small = columns <= SMALL_COLUMNS
    first = None
    if not small and not _has_pins(problem):
        first = slopes.start(problem, lambda: remaining() <= 0 or not told(0.0, 0.0)).quantity
    found = exact.solve(
        problem,
        time_limit=remaining(),
        gap=0.0 if small else gap,
        seed=seed,
        nodes=SMALL_NODES if small else None,
        start=first,
        stop=lambda: not told(0.0, 0.0),
    )
    if small and not found.finished and not found.infeasible and remaining() > 0:
        found = exact.solve(
            problem,
            time_limit=remaining(),
            gap=gap,
            seed=seed,
            start=found.quantity,
            stop=lambda: not told(0.0, 0.0),
        )
    if found.infeasible and _has_pins(problem):
        return _without_pins(problem, remaining, gap, seed, told)
    quantity = found.quantity
    if quantity is None:
        quantity = np.zeros((problem.links, problem.periods)) if first is None else first
    return Part(quantity, found.bound, "exact", stopped=not found.finished, infeasible=found.infeasible)


def _by_search(
    problem: AllocationProblem,
    columns: int,
    remaining: Callable[[], float],
    gap: float,
    seed: int,
    told: Report,
) -> Part:
    begun = slopes.start(problem, lambda: remaining() <= 0 or not told(0.0, 0.0))
    bound = begun.bound
    if columns <= RELAX_COLUMNS and remaining() > 0:
        bound = min(bound, exact.relaxation(problem, remaining() * 0.5))

    def report(done: float, value: float) -> bool:
        close = bound - value <= gap * abs(value)
        return told(done, value) and not close

    kept = remaining() * ROOT_SHARE if columns <= ROOT_COLUMNS else 0.0
    found = search.improve(
        problem, begun.quantity, begun.seen, seed=seed, remaining=lambda: remaining() - kept, report=report
    )
    quantity = _polished(problem, found.quantity)
    value = problem.objective(quantity, quantity.sum(axis=1) > 0)
    if kept and bound - value > gap * abs(value) and remaining() > 0 and told(1.0, value):
        bound = min(bound, exact.root_bound(problem, remaining(), gap, seed, lambda: not told(1.0, value)))
    stopped = found.stopped and bound - value > gap * abs(value)
    return Part(quantity, bound, "search", stopped=stopped, rounds=found.rounds)


def _polished(problem: AllocationProblem, quantity: FloatArray) -> FloatArray:
    """The best quantities on the chosen links, if re-planning them all at once gains anything."""
    again = slopes.repaired(problem, quantity)
    old = problem.objective(quantity, quantity.sum(axis=1) > 0)
    return again if problem.objective(again, again.sum(axis=1) > 0) > old else quantity


def _has_pins(problem: AllocationProblem) -> bool:
    return problem.pinned is not None and bool(problem.pinned.any())


def _without_pins(
    problem: AllocationProblem, remaining: Callable[[], float], gap: float, seed: int, told: Report
) -> Part:
    """The best plan when the pins cannot all hold: none of them is forced, and the plan says so."""
    part = solve(replace(problem, pinned=None), time_limit=remaining(), gap=gap, seed=seed, report=told)
    return replace(part, infeasible=True)
