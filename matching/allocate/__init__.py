"""The optimizer: who supplies how many kg to whom, at the highest surplus."""

from __future__ import annotations

import math
import time

import numpy as np

from matching import components
from matching.allocate import component
from matching.allocate.allocation import (
    INFEASIBLE,
    OPTIMAL,
    OPTIMAL_GAP,
    TIME_LIMIT,
    WITHIN_GAP,
    Allocation,
    Part,
    Progress,
    relative_gap,
)
from matching.allocate.pool import Pool, Task
from matching.components import Component
from matching.problem import AllocationProblem

__all__ = ["Allocation", "Progress", "allocate"]

PUNCTUAL = 0.97
"""Share of the time limit that is given out: solvers look at the clock now and then only."""


def allocate(
    problem: AllocationProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Allocation:
    """The best plan found within ``time_limit`` seconds, proven to ``gap`` where that is possible.

    Independent markets are solved apart, the largest first, in ``workers`` processes (None: this one); a market too
    large for one process is cut into pieces that are. The same problem and seed give the same plan for any number of
    workers, as long as the time limit is not what ends the search. ``progress(done, value, bound)`` may return False
    to stop; with several workers it is asked between their tasks. The plan is usable whatever ``status`` says.
    """
    begun = time.monotonic()
    parts = components.split(problem)
    order = sorted(range(len(parts)), key=lambda k: (-parts[k].problem.links, k))
    watch = _Watch(problem, parts, progress, begun + time_limit * PUNCTUAL)
    pool = Pool(workers or 1)
    # What is large keeps every worker busy by itself.
    alone = [k for k in order if pool.workers <= 1 or component.is_large(parts[k].problem)]
    solved = {k: _one(parts[k], watch, gap, seed, k, pool) for k in alone}
    solved |= _many(parts, [k for k in order if k not in solved], watch, gap, seed, pool)
    return _assemble(problem, parts, [solved[k] for k in range(len(parts))], gap, time.monotonic() - begun)


class _Watch:
    """Shares out the time that is left and tells the caller how far the whole has come."""

    def __init__(
        self, problem: AllocationProblem, parts: list[Component], progress: Progress | None, deadline: float
    ) -> None:
        self.weights = [max(1, part.problem.links * part.problem.periods) for part in parts]
        self.left = float(sum(self.weights))
        self.total = max(1.0, self.left)
        self.progress, self.deadline = progress, deadline
        self.value, self.bound, self.stopped = 0.0, 0.0, False

    def left_seconds(self) -> float:
        return self.deadline - time.monotonic()

    def share(self, k: int) -> float:
        """Seconds for component k: its share of the work that is left, at least a moment."""
        return max(0.05, self.left_seconds() * self.weights[k] / max(self.left, 1.0))

    def tell(self, done: float, value: float, k: int) -> bool:
        """Report component k; False when the caller wants to stop."""
        if self.progress is not None and not self.stopped:
            share = (self.total - self.left + done * self.weights[k]) / self.total
            answer = self.progress(min(1.0, share), self.value + value, math.inf)
            self.stopped = answer is False
        return not self.stopped

    def finish(self, k: int, part: Part, value: float) -> None:
        """Component k is done."""
        self.left -= self.weights[k]
        self.value += value
        self.bound += part.bound
        if self.progress is not None and not self.stopped:
            done = (self.total - self.left) / self.total
            self.stopped = self.progress(min(1.0, done), self.value, math.inf) is False


def _one(piece: Component, watch: _Watch, gap: float, seed: int, k: int, pool: Pool) -> Part:
    if watch.stopped:
        part = _untouched(piece)
    else:
        part = component.solve(
            piece.problem,
            time_limit=watch.share(k),
            gap=gap,
            seed=seed,
            report=lambda done, value: watch.tell(done, value, k),
            pool=pool,
        )
    watch.finish(k, part, _value(piece, part))
    return part


def _many(
    parts: list[Component], order: list[int], watch: _Watch, gap: float, seed: int, pool: Pool
) -> dict[int, Part]:
    tasks: list[Task[Part]] = [
        (
            component.solve,
            {
                "problem": parts[k].problem,
                "time_limit": min(watch.left_seconds(), pool.workers * watch.share(k)),
                "gap": gap,
                "seed": seed,
            },
        )
        for k in order
    ]
    solved: dict[int, Part] = {}
    for k, part in zip(order, pool.run(tasks), strict=True):
        solved[k] = part
        watch.finish(k, part, _value(parts[k], part))
    return solved


def _untouched(piece: Component) -> Part:
    """A component the caller did not wait for: nothing planned, the linear market as its limit."""
    problem = piece.problem
    values = np.maximum(problem.values(), 0.0) * problem.uppers()
    bound = float(values.sum() + np.maximum(problem.bonus(), 0.0).sum())
    return Part(np.zeros((problem.links, problem.periods)), bound, "stopped", stopped=True)


def _value(piece: Component, part: Part) -> float:
    return piece.problem.objective(part.quantity, part.quantity.sum(axis=1) > 0)


def _assemble(
    problem: AllocationProblem, parts: list[Component], solved: list[Part], gap: float, seconds: float
) -> Allocation:
    quantity = np.zeros((problem.links, problem.periods))
    stats: dict[str, float] = {"components": float(len(parts))}
    causes: list[tuple[str, int]] = []
    for piece, part in zip(parts, solved, strict=True):
        quantity[piece.links] = part.quantity
        stats[f"links_{part.method}"] = stats.get(f"links_{part.method}", 0.0) + len(piece.links)
        stats["rounds"] = stats.get("rounds", 0.0) + part.rounds
        if part.infeasible and piece.problem.pinned is not None:
            missing = piece.problem.pinned & ~(part.quantity.sum(axis=1) > 0)
            causes += [("pin_cannot_hold", int(link)) for link in piece.links[missing]]
    active = quantity.sum(axis=1) > 0
    served = np.zeros(len(problem.demand), dtype=np.bool_)
    served[problem.need[active]] = True
    value = problem.objective(quantity, active)
    bound = max(value, math.fsum(part.bound for part in solved))
    distance = relative_gap(value, bound)
    if any(part.infeasible for part in solved):
        status = INFEASIBLE
    elif distance <= OPTIMAL_GAP:
        status = OPTIMAL
    elif distance <= gap:
        status = WITHIN_GAP
    else:
        status = TIME_LIMIT
    return Allocation(quantity, active, served, value, bound, distance, status, seconds, stats, tuple(causes))
