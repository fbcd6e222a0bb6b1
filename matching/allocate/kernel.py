"""Kernel search: branch and bound on the few links that the linear relaxation finds worth trading.

The relaxation's prices order the links of a fixed-charge market well; those it uses and the next in order hold a plan
within a few tenths of a per cent of the best, and the solver reaches it on a fraction of the columns
(Angelelli, Mansini and Speranza 2010).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.allocate import exact, slopes
from matching.allocate.relaxation import RELAX_SHARE, Relaxation, relax
from matching.components import subproblem
from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray

BESIDES = 1.3
"""Links considered beside those in use, as a multiple of them with one period; fewer with several, where a link's
fixed cost weighs less (measured: with twelve periods more links only take more time)."""

LEAST_BESIDES = 10


def solve(
    problem: AllocationProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int,
    start: FloatArray | None = None,
    relaxed: Relaxation | None = None,
    nodes: int | None = None,
    stop: Callable[[], bool] | None = None,
) -> FloatArray:
    """[E,T] kg of a plan not worse than ``start``; without one, than what slope scaling finds."""
    asked = stop or (lambda: False)
    if start is None:
        start = slopes.start(problem, asked).quantity
    relaxed = relaxed or relax(problem, time_limit * RELAX_SHARE)
    if relaxed is None:
        return start
    links = kernel(problem, relaxed, start)
    part = subproblem(problem, links)
    found = exact.solve(
        part.problem,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        nodes=nodes,
        start=start[part.links],
        stop=stop,
    )
    if found.quantity is None:
        return start
    tried = np.zeros_like(start)
    tried[part.links] = found.quantity
    return tried if worth(problem, tried) > worth(problem, start) else start


def kernel(problem: AllocationProblem, relaxed: Relaxation, start: FloatArray) -> IntArray:
    """Links in use by the relaxation or the plan, and the best of the others by their gain."""
    inside = relaxed.used | (start.sum(axis=1) > 0)
    count = max(LEAST_BESIDES, round(BESIDES * int(inside.sum()) / problem.periods**1.5))
    others = np.flatnonzero(~inside)
    inside[others[np.argsort(-relaxed.gain[others], kind="stable")[:count]]] = True
    return np.flatnonzero(inside)


def worth(problem: AllocationProblem, quantity: FloatArray) -> float:
    """The objective of a plan."""
    return problem.objective(quantity, quantity.sum(axis=1) > 0)
