"""One component: pick the method by its shape and size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matching.allocate import exact, kernel, network, pieces, slopes
from matching.allocate.allocation import Part
from matching.allocate.in_pieces import in_pieces
from matching.allocate.pool import Pool
from matching.allocate.relaxation import RELAX_SHARE, relax
from matching.problem import AllocationProblem
from matching.types import FloatArray

SMALL_COLUMNS = 600
"""Up to so many quantity columns a component is solved to proven optimality, whatever gap is asked."""

SMALL_NODES = 5_000
"""Branch and bound nodes granted to that proof before the asked gap is enough again."""

WHOLE_COLUMNS = 12_000
"""Up to so many quantity columns branch and bound sees the component whole, more are cut into pieces."""

NODES = 1_000
"""Branch and bound nodes of a whole component: a limit of work, not of time, keeps plans repeatable."""

KERNEL_SHARE = 0.8
"""Most of the time that the kernel may take before the whole component is looked at."""

HURRIED_SECONDS = 0.9e-3
"""Seconds per quantity column below which the kernel of the whole may not come to its end: parts of it do."""

PARTS = ((3, 1.0), (2, 1.0), (2, 0.5))
"""Then the component is planned in so many parts, the first of them shrunk to that share."""

Report = Callable[[float, float], bool]


@dataclass(frozen=True)
class Terms:
    """How a component is to be solved: until when (time.monotonic), how well, and who asks."""

    deadline: float
    gap: float
    seed: int
    told: Report

    def remaining(self) -> float:
        return self.deadline - time.monotonic()

    def stop(self) -> bool:
        """Whether to give up now."""
        return self.remaining() <= 0 or not self.told(0.0, 0.0)


def solve(
    problem: AllocationProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int,
    report: Report | None = None,
    pool: Pool | None = None,
) -> Part:
    """The plan of one component; ``report(done, value)`` returns False to stop with the best so far."""
    terms = Terms(time.monotonic() + time_limit, gap, seed, report or (lambda done, value: True))
    if network.is_network(problem):
        values, uppers = problem.values(), problem.uppers()
        quantity = network.flow(problem, values, uppers)
        return Part(quantity, network.bound_above(problem, values, uppers, quantity), "network")
    if is_large(problem):
        return in_pieces(problem, terms.deadline, gap, seed, terms.told, pool or Pool(1))
    if _columns(problem) <= SMALL_COLUMNS:
        return _small(problem, terms)
    return _whole(problem, terms, None) if _has_pins(problem) else _by_kernel(problem, terms, time_limit)


def is_large(problem: AllocationProblem, columns: int | None = None) -> bool:
    """Whether the component is cut into pieces, which several workers can plan at once; ``columns`` sets another
    measure of large."""
    most = WHOLE_COLUMNS if columns is None else columns
    return _columns(problem) > most and not _has_pins(problem) and not network.is_network(problem)


def _columns(problem: AllocationProblem) -> int:
    """Quantity columns: pairs and periods in which something can move."""
    return int((problem.uppers() > 0).sum())


def _small(problem: AllocationProblem, terms: Terms) -> Part:
    """Proven optimal where that takes few nodes, else to the asked gap."""
    found = exact.solve(
        problem,
        time_limit=terms.remaining(),
        gap=0.0,
        seed=terms.seed,
        nodes=SMALL_NODES,
        stop=lambda: not terms.told(0.0, 0.0),
    )
    if found.finished or found.infeasible or terms.remaining() <= 0:
        return _as_part(problem, found, None, terms)
    return _whole(problem, terms, found.quantity)


def _by_kernel(problem: AllocationProblem, terms: Terms, time_limit: float) -> Part:
    """A good plan from few links first; then the whole, which improves and proves it."""
    begun = slopes.start(problem, terms.stop)
    relaxed = relax(problem, terms.remaining() * RELAX_SHARE)
    bound = begun.bound if relaxed is None else min(begun.bound, relaxed.bound)
    gap = _close(problem, begun.quantity, terms.gap) / 2
    if time_limit < HURRIED_SECONDS * _columns(problem):
        first = _in_parts(problem, begun.quantity, terms, gap)
    else:
        first = kernel.solve(
            problem,
            time_limit=terms.remaining() * KERNEL_SHARE,
            gap=gap,
            seed=terms.seed,
            start=begun.quantity,
            relaxed=relaxed,
            nodes=1,
            stop=terms.stop,
        )
    found = _whole(problem, terms, first)
    return replace(found, bound=min(found.bound, bound))


def _in_parts(problem: AllocationProblem, quantity: FloatArray, terms: Terms, gap: float) -> FloatArray:
    for count, first in PARTS:
        for part in pieces.planned(
            problem, quantity, pieces.cut(problem, _columns(problem) // count + 1, first)
        ):
            quantity = quantity.copy()
            quantity[part.links] = kernel.solve(
                part.problem,
                time_limit=max(0.05, terms.remaining() * KERNEL_SHARE),
                gap=gap,
                seed=terms.seed,
                start=quantity[part.links],
                nodes=1,
                stop=terms.stop,
            )
    return quantity


def _whole(problem: AllocationProblem, terms: Terms, start: FloatArray | None) -> Part:
    gap = terms.gap if start is None else _close(problem, start, terms.gap)
    found = exact.solve(
        problem,
        time_limit=max(0.0, terms.remaining()),
        gap=gap,
        seed=terms.seed,
        nodes=None if _has_pins(problem) else NODES,
        start=start,
        stop=lambda: not terms.told(0.0, 0.0),
    )
    return _as_part(problem, found, start, terms)


def _close(problem: AllocationProblem, quantity: FloatArray, gap: float) -> float:
    """The gap that leaves no more than ``gap`` of what choosing can change: where every plan earns nearly the same
    (values of a large constant less costs) a share of the whole value would be far too coarse."""
    value = kernel.worth(problem, quantity)
    best = np.full((len(problem.demand), problem.periods), -np.inf)
    np.maximum.at(best, problem.need, problem.values())
    missed = float(((best[problem.need] - problem.values()) * quantity).sum())
    missed += float(problem.fixed_cost[problem.charged(quantity.sum(axis=1) > 0)].sum())
    return gap if value <= 0 else gap * min(1.0, max(1e-6, missed / value))


def _as_part(problem: AllocationProblem, found: exact.Exact, start: FloatArray | None, terms: Terms) -> Part:
    if found.infeasible and _has_pins(problem):
        return _without_pins(problem, terms)
    quantity = found.quantity
    nothing = np.zeros((problem.links, problem.periods))
    if quantity is None or (
        start is not None and kernel.worth(problem, start) > kernel.worth(problem, quantity)
    ):
        quantity = nothing if start is None else start
    return Part(quantity, found.bound, "exact", stopped=not found.finished, infeasible=found.infeasible)


def _has_pins(problem: AllocationProblem) -> bool:
    return problem.pinned is not None and bool(problem.pinned.any())


def _without_pins(problem: AllocationProblem, terms: Terms) -> Part:
    """The best plan when the pins cannot all hold: none of them is forced, and the plan says so."""
    free = replace(problem, pinned=None)
    part = solve(free, time_limit=terms.remaining(), gap=terms.gap, seed=terms.seed, report=terms.told)
    return replace(part, infeasible=True)
