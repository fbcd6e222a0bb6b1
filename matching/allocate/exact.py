"""One component solved by mixed-integer programming, and any plan made exact for its yes-or-nos."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.allocate import highs
from matching.allocate.model import Model, build
from matching.problem import AllocationProblem
from matching.types import FloatArray

DUST_KG = 1e-6
"""Less than this is solver noise, not a delivery."""


@dataclass(frozen=True)
class Exact:
    """quantity is None when no plan was found; bound is an upper limit of the component's objective."""

    quantity: FloatArray | None
    bound: float
    infeasible: bool
    finished: bool


def solve(
    problem: AllocationProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int,
    nodes: int | None = None,
    start: FloatArray | None = None,
    stop: Callable[[], bool] | None = None,
) -> Exact:
    """The best plan within ``gap``, from ``start`` [E,T] if one is known."""
    model = build(problem)
    if not len(model.link):
        pinned = problem.pinned is not None and bool(problem.pinned.any())
        return Exact(np.zeros((problem.links, problem.periods)), 0.0, pinned, True)
    first = None if start is None else model.point(start)
    answer = highs.solve(
        model.rows, time_limit=time_limit, gap=gap, seed=seed, nodes=nodes, start=first, stop=stop
    )
    if answer.x is None:
        return Exact(None, answer.bound, answer.infeasible, answer.finished)
    return Exact(_exact_quantities(problem, model, answer.x), answer.bound, False, answer.finished)


def root_bound(
    problem: AllocationProblem, time_limit: float, gap: float, seed: int, stop: Callable[[], bool]
) -> float:
    """Upper limit from the cuts at the root of branch and bound, as far as the time goes; inf without time."""
    model = build(problem)
    if not len(model.link):
        return 0.0
    return highs.solve(
        model.rows, time_limit=time_limit, gap=gap, seed=seed, nodes=1, stop=stop, bound_only=True
    ).bound


def tidy(problem: AllocationProblem, quantity: FloatArray) -> FloatArray:
    """The plan without dust, clipped to its limits, no period's demand or supply exceeded by rounding."""
    clean = np.clip(quantity, 0.0, problem.uppers())
    clean[clean < DUST_KG] = 0.0
    for rows, limit in ((problem.need, problem.demand), (problem.capacity, problem.supply)):
        used = np.zeros_like(limit)
        np.add.at(used, rows, clean)
        over = used > limit
        shrink = np.where(over, limit / np.where(over, used, 1.0), 1.0)
        clean *= shrink[rows]
    return clean


def _exact_quantities(problem: AllocationProblem, model: Model, x: FloatArray) -> FloatArray:
    """With the yes-or-nos kept, the linear program gives quantities free of the integer tolerance."""
    shape = (problem.links, problem.periods)
    if not model.rows.integer.any():
        return tidy(problem, model.quantities(x, shape))
    again = highs.solve(model.fixed_to(x))
    point = x if again.x is None or not math.isfinite(again.value) else again.x
    return tidy(problem, model.quantities(point, shape))
