"""General solvers on the same problem, through formulations of their own."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, vstack

from matching.problem import AllocationProblem


@dataclass(frozen=True)
class Run:
    """Value found, proven limit, seconds including the building of the model."""

    value: float
    bound: float
    seconds: float


def highs_linear(problem: AllocationProblem, seconds: float) -> Run:
    """The linear market by HiGHS through SciPy."""
    begun = time.perf_counter()
    balance, limits = _balance(problem)
    found = linprog(
        -problem.values().ravel(),
        A_ub=balance,
        b_ub=limits,
        bounds=np.column_stack((np.zeros(limits_of(problem)), problem.uppers().ravel())),
        method="highs",
        options={"time_limit": seconds},
    )
    value = -float(found.fun) if found.status == 0 else float("nan")
    return Run(value, value, time.perf_counter() - begun)


def highs_fixed_charge(problem: AllocationProblem, seconds: float) -> Run:
    """The market with fixed costs by HiGHS through SciPy, every period tied to its pair."""
    begun = time.perf_counter()
    e, t = problem.links, problem.periods
    balance, limits = _balance(problem)
    uppers = problem.uppers().ravel()
    ties = coo_array((-uppers, (np.arange(e * t), np.repeat(np.arange(e), t))), shape=(e * t, e))
    left = vstack((balance, coo_array((np.ones(e * t), (np.arange(e * t),) * 2), shape=(e * t, e * t))))
    right = vstack((coo_array((balance.shape[0], e)), ties))
    from scipy.sparse import hstack

    rows = LinearConstraint(hstack((left, right)).tocsr(), ub=np.concatenate((limits, np.zeros(e * t))))
    found = milp(
        np.concatenate((-problem.values().ravel(), problem.fixed_cost)),
        integrality=np.concatenate((np.zeros(e * t), np.ones(e))),
        bounds=Bounds(np.zeros(e * t + e), np.concatenate((uppers, np.ones(e)))),
        constraints=rows,
        options={"time_limit": seconds, "mip_rel_gap": 1e-3},
    )
    value = -float(found.fun) if found.x is not None else 0.0
    bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else float("inf")
    return Run(value, bound, time.perf_counter() - begun)


def limits_of(problem: AllocationProblem) -> int:
    """Number of quantity columns."""
    return problem.links * problem.periods


def _balance(problem: AllocationProblem) -> tuple[coo_array, np.ndarray]:  # type: ignore[type-arg]
    e, t = problem.links, problem.periods
    column = np.arange(e * t)
    period = np.tile(np.arange(t), e)
    demand = np.repeat(problem.need, t) * t + period
    supply = np.repeat(problem.capacity, t) * t + period
    ones = np.ones(e * t)
    matrix = vstack(
        (
            coo_array((ones, (demand, column)), shape=(problem.demand.size, e * t)),
            coo_array((ones, (supply, column)), shape=(problem.supply.size, e * t)),
        )
    ).tocsr()
    return matrix, np.concatenate((problem.demand.ravel(), problem.supply.ravel()))
