"""The optimum by trying every set of trading pairs: slow, simple, independent of the library."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog

from matching.problem import AllocationProblem


def optimum(problem: AllocationProblem) -> float:
    """The best objective over all sets of pairs, each priced by a linear program; 0 is always possible."""
    return max(
        _of(problem, np.array(chosen, dtype=bool)) for chosen in product((False, True), repeat=problem.links)
    )


def _of(problem: AllocationProblem, active: np.ndarray) -> float:  # type: ignore[type-arg]
    e, t = problem.links, problem.periods
    n = len(problem.demand)
    served = np.zeros(n, dtype=bool)
    served[problem.need[active]] = True
    sellers = {(int(problem.need[e]), int(problem.sellers()[e])) for e in np.flatnonzero(active)}
    count = np.bincount([need for need, _ in sellers], minlength=n) if sellers else np.zeros(n)
    if problem.min_suppliers is not None and (served & (count < problem.min_suppliers)).any():
        return -np.inf
    if (
        problem.max_suppliers is not None
        and ((problem.max_suppliers > 0) & (count > problem.max_suppliers)).any()
    ):
        return -np.inf
    rows, limits = [], []
    for i in range(n):
        for k in range(t):
            rows.append(_row(e, t, [(link, k, 1.0) for link in np.flatnonzero(problem.need == i)]))
            limits.append(problem.demand[i, k])
        if served[i] and problem.min_fill is not None:
            rows.append(
                _row(e, t, [(link, k, -1.0) for link in np.flatnonzero(problem.need == i) for k in range(t)])
            )
            limits.append(-problem.min_fill[i] * problem.demand[i].sum())
    for j in range(len(problem.supply)):
        for k in range(t):
            rows.append(_row(e, t, [(link, k, 1.0) for link in np.flatnonzero(problem.capacity == j)]))
            limits.append(problem.supply[j, k])
    for deal in set(problem.deals()[active]):
        members = np.flatnonzero(problem.deals() == deal)
        rows.append(_row(e, t, [(link, k, -1.0) for link in members for k in range(t)]))
        limits.append(-float(problem.least()[deal]))
    upper = (problem.uppers() * active[:, None]).ravel()
    found = linprog(
        -problem.values().ravel(),
        A_ub=np.array(rows),
        b_ub=np.array(limits),
        bounds=np.column_stack((np.zeros(e * t), upper)),
    )
    return (
        -float(found.fun) + float(problem.bonus()[problem.charged(active)].sum())
        if found.status == 0
        else -np.inf
    )


def _row(e: int, t: int, entries: list[tuple[int, int, float]]) -> np.ndarray:  # type: ignore[type-arg]
    row = np.zeros(e * t)
    for link, period, value in entries:
        row[link * t + period] = value
    return row
