"""Large components: pieces planned by their kernels, cut anew in every pass, and a limit proven piece by piece."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from matching.allocate import exact, kernel, pieces, slopes
from matching.allocate.allocation import Part
from matching.allocate.pool import Pool, Task
from matching.allocate.relaxation import Relaxation, relax, relax_by_flow
from matching.components import Component
from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray

PIECE_COLUMNS = 8_000
"""Quantity columns of a piece: what a kernel settles to a few tenths of a per cent within seconds."""

RELAX_COLUMNS = 100_000
"""Up to so many quantity columns the linear program of the whole is solved for its prices."""

PASSES = ((1.0, 2e-3), (0.5, 1e-3), (0.75, 5e-4), (0.25, 2.5e-4), (0.6, 0.0))
"""Size of the first piece in each pass, so that borders move, and the gap that is enough inside its pieces."""

KEEP_RATE = 2e-4
"""The search ends with two passes in a row that each gain less than this share: one alone may have had its borders in
the wrong places."""

START_SHARE = 0.1
"""Share of the time for a first plan of the whole, so that no piece stays empty when time runs out."""

PLAN_SHARE = 0.6
"""Share of the time for planning; the rest proves how good the plan is."""


@dataclass(frozen=True)
class _Clock:
    end: float

    def remaining(self) -> float:
        return self.end - time.monotonic()


def in_pieces(
    problem: AllocationProblem,
    deadline: float,
    gap: float,
    seed: int,
    told: Callable[[float, float], bool],
    pool: Pool,
) -> Part:
    """The plan of one large component and its upper limit."""
    begun = time.monotonic()
    starting = _Clock(begun + (deadline - begun) * START_SHARE)
    start = slopes.start(problem, lambda: starting.remaining() <= 0 or not told(0.0, 0.0))
    columns = int((problem.uppers() > 0).sum())
    relaxed = relax(problem, (deadline - begun) * 0.2) if columns <= RELAX_COLUMNS else None
    relaxed = relaxed or relax_by_flow(problem)
    now = time.monotonic()
    planning = _Clock(now + (deadline - now) * PLAN_SHARE)
    quantity, rounds, settled = start.quantity, 0, 0
    value = kernel.worth(problem, quantity)
    for number, (first, enough) in enumerate(PASSES):
        cut = pieces.cut(problem, PIECE_COLUMNS, first)

        def reached(share: float, value: float, passed: int = number) -> bool:
            return told(PLAN_SHARE * (passed + share) / len(PASSES), value)

        better, solved = _planned(problem, quantity, cut, planning, max(enough, gap / 4), seed, pool, reached)
        gained = kernel.worth(problem, better) - value
        if gained > 0:
            quantity, value = better, value + gained
        rounds += solved
        settled = settled + 1 if gained <= KEEP_RATE * abs(value) else 0
        if settled == 2 or planning.remaining() <= 0 or not reached(1.0, value):
            break
    bound = min(relaxed.bound, start.bound)
    if _open(value, bound, gap) and told(PLAN_SHARE, value):
        bound = min(bound, _limit(problem, relaxed, _Clock(deadline), gap, seed, pool))
    return Part(quantity, bound, "pieces", stopped=_open(value, bound, gap), rounds=rounds)


def _open(value: float, bound: float, gap: float) -> bool:
    return bound - value > gap * abs(value)


def _planned(
    problem: AllocationProblem,
    quantity: FloatArray,
    cut: list[IntArray],
    clock: _Clock,
    gap: float,
    seed: int,
    pool: Pool,
    told: Callable[[float, float], bool],
) -> tuple[FloatArray, int]:
    parts = pieces.planned(problem, quantity, cut)
    share = _Share(clock, parts, pool.workers)
    tasks: list[Task[FloatArray]] = [
        (
            _plan,
            {
                "problem": part.problem,
                "start": quantity[part.links],
                "time_limit": share.of(part),
                "gap": gap,
                "seed": seed,
            },
        )
        for part in parts
    ]
    better, solved = quantity.copy(), 0
    for part, found in zip(parts, pool.run(tasks), strict=True):
        better[part.links] = found
        solved += 1
        if clock.remaining() <= 0 or not told(solved / len(parts), kernel.worth(problem, better)):
            break
    return better, solved


def _plan(
    problem: AllocationProblem, start: FloatArray, time_limit: float, gap: float, seed: int
) -> FloatArray:
    return kernel.solve(problem, time_limit=time_limit, gap=gap, seed=seed, start=start, nodes=1)


def _limit(
    problem: AllocationProblem, relaxed: Relaxation, clock: _Clock, gap: float, seed: int, pool: Pool
) -> float:
    """The sum of the pieces' limits at the relaxation's prices."""
    cut = pieces.cut(problem, PIECE_COLUMNS)
    priced = pieces.priced(problem, cut, relaxed.price)
    share = _Share(clock, priced.parts, pool.workers)
    tasks: list[Task[float]] = [
        (_prove, {"problem": part.problem, "time_limit": share.of(part), "gap": gap, "seed": seed})
        for part in priced.parts
    ]
    return priced.paid + math.fsum(pool.run(tasks))


def _prove(problem: AllocationProblem, time_limit: float, gap: float, seed: int) -> float:
    return exact.root_bound(problem, time_limit, gap, seed, lambda: False)


class _Share:
    """Seconds for each piece, by its columns."""

    def __init__(self, clock: _Clock, parts: list[Component], workers: int) -> None:
        self.whole = max(0.0, clock.remaining()) * min(workers, len(parts))
        self.columns = max(1, sum(part.problem.links for part in parts))

    def of(self, part: Component) -> float:
        """At least a moment."""
        return max(0.05, self.whole * part.problem.links / self.columns)
