"""Prices when fixed costs, lots and counts may leave the core empty: the least temptation to leave.

With the plan kept, the payoffs of a pair's deal are divided so that the most tempted pair gains as little
as possible by trading on its own: minimise epsilon >= 0 subject to a_i + q_j + epsilon >= v_ij for every
pair, v_ij being the best the two could do alone, and nobody below zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.allocate import highs
from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray


@dataclass(frozen=True)
class Division:
    """Seller's part of each link's surplus over the whole run [E] (0 where nothing is traded), at the end
    best for buyers and best for sellers, and the least epsilon, in the objective's unit."""

    seller_low: FloatArray
    seller_high: FloatArray
    epsilon: float


def alone(problem: AllocationProblem) -> FloatArray:
    """[E] what each pair could gain trading only with each other, not below 0; nothing where the need's
    filled share, its number of suppliers or the lot forbid a deal of two."""
    wanted = np.where(problem.values() > 0, problem.uppers(), 0.0)
    full: FloatArray = (problem.values() * wanted).sum(axis=1) - problem.fixed_cost
    possible = problem.uppers().sum(axis=1) >= problem.least()[problem.deals()] * (1 - 1e-9)
    if problem.min_suppliers is not None:
        possible &= problem.min_suppliers[problem.need] <= 1
    if problem.min_fill is not None:
        least = problem.min_fill * problem.demand.sum(axis=1)
        possible &= wanted.sum(axis=1) >= least[problem.need] * (1 - 1e-9)
    return np.where(possible, np.maximum(0.0, full), 0.0)


def divide(problem: AllocationProblem, quantity: FloatArray) -> Division:
    """The fairest division of a plan's surplus and both ends of what keeps the temptation least.

    Raises ArithmeticError when the solver cannot divide (the surplus of the plan is always divisible, so
    that would be a programming error).
    """
    traded = np.flatnonzero(quantity.sum(axis=1) > 0)
    zero = np.zeros(problem.links)
    if not len(traded):
        return Division(zero, zero, float(alone(problem).max(initial=0.0)))
    surplus = (problem.values() * quantity).sum(axis=1) - _fixed_cost(problem, quantity)
    unit = max(1e-300, float(np.abs(surplus).max()))
    rows = _program(problem, traded, surplus / unit, alone(problem) / unit)
    least = _solved(rows, np.append(np.zeros(len(traded)), -1.0))
    epsilon = max(0.0, float(least[-1]))
    top = rows.high.copy()
    top[-1] = epsilon * (1 + 1e-9) + 1e-9
    held = _with(rows, high=top)
    low, high = zero.copy(), zero.copy()
    low[traded] = _solved(held, np.append(-np.ones(len(traded)), 0.0))[:-1] * unit
    high[traded] = _solved(held, np.append(np.ones(len(traded)), 0.0))[:-1] * unit
    return Division(np.minimum(low, high), np.maximum(low, high), epsilon * unit)


def _fixed_cost(problem: AllocationProblem, quantity: FloatArray) -> FloatArray:
    """[E] what each link bears of its deal's fixed cost: a bundle's members share it by what they deliver."""
    if problem.joint is None:
        return problem.fixed_cost
    kg, deal = quantity.sum(axis=1), problem.deals()
    whole = np.bincount(deal, weights=kg)[deal]
    return problem.fixed_cost * np.where(whole > 0, kg / np.where(whole > 0, whole, 1.0), 1.0)


def _program(
    problem: AllocationProblem, traded: IntArray, surplus: FloatArray, best_alone: FloatArray
) -> highs.Rows:
    """Columns: seller's part of every traded link, then epsilon. Rows: buyers and sellers not below zero,
    then every pair that could gain anything alone."""
    from scipy.sparse import coo_array, vstack

    n, m, k = len(problem.demand), len(problem.supply), len(traded)
    need, capacity, column = problem.need[traded], problem.capacity[traded], np.arange(k)
    buyers = coo_array((-np.ones(k), (need, column)), shape=(n, k + 1)).tocsr()
    sellers = coo_array((np.ones(k), (capacity, column)), shape=(m, k + 1)).tocsr()
    whole = np.bincount(need, weights=surplus[traded], minlength=n)
    # A deal kept for the sake of a running alliance may lose money: then staying out tempts as well.
    losing = bool((surplus[traded] < 0).any())
    tempted = np.arange(problem.links) if losing else np.flatnonzero(best_alone > 0)
    ones = coo_array(
        (np.ones(len(tempted)), (np.arange(len(tempted)), np.full(len(tempted), k))),
        shape=(len(tempted), k + 1),
    ).tocsr()
    pairs = buyers[problem.need[tempted]] + sellers[problem.capacity[tempted]] + ones
    matrix = vstack((buyers, sellers, pairs)).tocsr()
    low = np.concatenate(
        (np.minimum(0.0, whole) - whole, np.zeros(m), best_alone[tempted] - whole[problem.need[tempted]])
    )
    part = surplus[traded]
    return highs.Rows(
        cost=np.zeros(k + 1),
        low=np.append(np.minimum(0.0, part), 0.0),
        high=np.append(np.maximum(0.0, part), np.inf),
        integer=np.zeros(k + 1, dtype=np.int64),
        start=matrix.indptr.astype(np.int64),
        index=matrix.indices.astype(np.int64),
        coefficient=matrix.data,
        row_low=low.astype(np.float64),
        row_high=np.full(len(low), np.inf),
        number=np.arange(len(low)),
    )


def _solved(rows: highs.Rows, cost: FloatArray) -> FloatArray:
    answer = highs.solve(_with(rows, cost=cost))
    if answer.x is None:
        raise ArithmeticError("the surplus of the plan could not be divided")
    return answer.x


def _with(rows: highs.Rows, *, cost: FloatArray | None = None, high: FloatArray | None = None) -> highs.Rows:
    return replace(rows, cost=rows.cost if cost is None else cost, high=rows.high if high is None else high)
