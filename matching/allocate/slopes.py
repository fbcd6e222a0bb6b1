"""Slope scaling: fixed costs spread over the volume last seen, by repeated minimum cost flows.

A fast start for large components (Kim and Pardalos 1999). The first flow, with every fixed cost spread
over the most a pair can carry, is at the same time the linear relaxation of a one-period market, and an
upper limit of any market.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.allocate import network
from matching.allocate.exact import tidy
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray

ROUNDS = 20
REPAIRS = 12


@dataclass(frozen=True)
class Start:
    """A plan that keeps every condition, and an upper limit."""

    quantity: FloatArray
    bound: float


def start(problem: AllocationProblem, stop: Callable[[], bool]) -> Start:
    """The best plan of some rounds of slope scaling; all zeros when nothing better is found."""
    values, uppers = problem.values(), problem.uppers()
    most = uppers.sum(axis=1)
    fixed = np.maximum(0.0, -problem.spread_bonus())
    slope = np.where(most > 0, fixed / np.where(most > 0, most, 1.0), 0.0)
    best, best_value, bound = np.zeros_like(uppers), 0.0, np.inf
    for round_number in range(ROUNDS):
        tilted = values - slope[:, None]
        quantity = network.flow(problem, tilted, uppers)
        if round_number == 0:
            gifts = float(np.maximum(0.0, problem.bonus()).sum())
            bound = network.bound_above(problem, tilted, uppers, quantity) + gifts
        total = quantity.sum(axis=1)
        plan = repaired(problem, quantity)
        value = problem.objective(plan, plan.sum(axis=1) > 0)
        if value > best_value:
            best, best_value = plan, value
        if stop():
            break
        slope = np.where(total > 0, fixed / np.where(total > 0, total, 1.0), slope)
    return Start(best, bound)


def repaired(problem: AllocationProblem, quantity: FloatArray) -> FloatArray:
    """A plan on the links of ``quantity`` that keeps every condition but pins: what does not pay or reach
    its lot is dropped and the rest re-planned until nothing is left to drop."""
    values, uppers, least, bonus = problem.values(), problem.uppers(), problem.least(), problem.bonus()
    deal, bearing = problem.deals(), np.zeros(len(least))
    bearing[problem.deals()] = bonus
    allowed = quantity.sum(axis=1) > 0
    for _ in range(REPAIRS):
        plan = _shrunk(problem, network.flow(problem, values, uppers * allowed[:, None]))
        total = plan.sum(axis=1)
        active = total > 0
        gain = np.bincount(deal, weights=(values * plan).sum(axis=1)) + bearing
        enough = np.bincount(deal, weights=total) >= least
        keep, gain = active & (enough & (gain > 0))[deal], gain[deal]
        keep &= ~_too_many(problem, keep, gain)
        keep &= _properly_served(problem, plan, keep)[problem.need]
        if (keep == active).all():
            return plan
        allowed = keep
    return np.zeros_like(uppers)


def _too_many(problem: AllocationProblem, keep: BoolArray, gain: FloatArray) -> BoolArray:
    """[E] links beyond a need's largest number of suppliers, the least gainful first."""
    over = np.zeros(problem.links, dtype=np.bool_)
    if problem.max_suppliers is None:
        return over
    rows = np.flatnonzero(keep)
    rows = rows[np.lexsort((-gain[rows], problem.need[rows]))]
    count = np.bincount(problem.need[rows], minlength=len(problem.demand))
    place = np.arange(len(rows)) - (np.cumsum(count) - count)[problem.need[rows]]
    limit = problem.max_suppliers[problem.need[rows]]
    over[rows[(limit > 0) & (place >= limit)]] = True
    return over


def _properly_served(problem: AllocationProblem, plan: FloatArray, keep: BoolArray) -> BoolArray:
    """[N] needs whose filled share and number of suppliers suffice."""
    n = len(problem.demand)
    fine = np.ones(n, dtype=np.bool_)
    if problem.min_fill is not None:
        filled = np.bincount(problem.need, weights=plan.sum(axis=1) * keep, minlength=n)
        fine &= filled >= problem.min_fill * problem.demand.sum(axis=1) * (1 - 1e-12)
    if problem.min_suppliers is not None:
        pairs = np.unique(np.column_stack((problem.need[keep], problem.sellers()[keep])), axis=0)
        count = np.bincount(pairs[:, 0], minlength=n)
        fine &= count >= np.where(problem.min_suppliers >= 2, problem.min_suppliers, 0)
    return fine


def _shrunk(problem: AllocationProblem, plan: FloatArray) -> FloatArray:
    """The plan reduced where one organization's share or one buyer's dependency would be exceeded."""
    if problem.supplier is not None and problem.max_share is not None:
        who = problem.need * (int(problem.supplier.max(initial=0)) + 1) + problem.supplier[problem.capacity]
        _, group = np.unique(who, return_inverse=True)
        used = np.zeros((int(group.max(initial=-1)) + 1, problem.periods))
        np.add.at(used, group, plan)
        limit = (problem.demand * problem.max_share[:, None])[problem.need]
        plan = plan * np.minimum(1.0, limit / np.maximum(used[group], 1e-300))
    if problem.dependency is not None:
        buyer = np.arange(len(problem.demand)) if problem.buyer is None else problem.buyer
        who = buyer[problem.need] * len(problem.supply) + problem.capacity
        _, group = np.unique(who, return_inverse=True)
        taken = np.bincount(group, weights=plan.sum(axis=1))[group] if problem.links else np.zeros(0)
        most = problem.dependency[problem.capacity]
        plan = plan * np.minimum(1.0, most / np.maximum(taken, 1e-300))[:, None]
    return tidy(problem, plan)
