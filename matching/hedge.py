"""A plan that gives up a little on average to lose less in bad seasons.

    max  (1 - lambda) E[V] + lambda CVaR[V],   V_s = sum over links of value x (1 - shortfall_s) kg

over drawn shortfalls, CVaR being the mean of the worst twentieth of the scenarios (Rockafellar and Uryasev 2000: with
eta and the shortfalls u_s below it, CVaR = eta - sum u_s / (tail S), a linear program). The pairs that trade are kept;
links without a fixed cost, a lot or a counted supplier may join. What it costs on average and saves in the tail is
reported, so that the choice is the broker's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matching.allocate import highs
from matching.allocate.exact import tidy
from matching.allocate.model import build
from matching.allocate.row_builder import RowBuilder
from matching.problem import AllocationProblem
from matching.result import Hedge
from matching.robustness import TAIL
from matching.types import BoolArray, FloatArray, IntArray


def hedge(problem: AllocationProblem, quantity: FloatArray, shortfalls: FloatArray, weight: float) -> Hedge:
    """Shift kg of a plan between links for ``weight`` lambda in [0, 1]; shortfalls [S,M] as from robustness.

    The plan is handed back unchanged where the program finds nothing better. Raises ValueError for another weight.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight: must lie between 0 and 1, is {weight}")
    before = _outcomes(problem, quantity, shortfalls)
    kept = quantity
    if weight > 0 and quantity.any() and len(shortfalls):
        found = _shifted(problem, quantity, shortfalls, weight)
        if found is not None and _score(problem, found, shortfalls, weight) > _mix(before, weight):
            kept = found
    after = _outcomes(problem, kept, shortfalls)
    return Hedge(kept, float(before.mean()), float(after.mean()), _tail(before), _tail(after))


def _outcomes(problem: AllocationProblem, quantity: FloatArray, shortfalls: FloatArray) -> FloatArray:
    """[S] value of the deliveries in each scenario."""
    worth = (problem.values() * quantity).sum(axis=1)
    delivered: FloatArray = (1.0 - shortfalls[:, problem.capacity]) @ worth
    return delivered


def _tail(outcomes: FloatArray) -> float:
    worst = max(1, int(np.ceil(TAIL * len(outcomes))))
    return float(np.sort(outcomes)[:worst].mean())


def _mix(outcomes: FloatArray, weight: float) -> float:
    return (1 - weight) * float(outcomes.mean()) + weight * _tail(outcomes)


def _score(problem: AllocationProblem, quantity: FloatArray, shortfalls: FloatArray, weight: float) -> float:
    return _mix(_outcomes(problem, quantity, shortfalls), weight)


def _free(problem: AllocationProblem, quantity: FloatArray) -> BoolArray:
    """[E] links that may carry something: those that trade, and those whose joining decides nothing."""
    deal = problem.deals()
    plain = (problem.bonus() == 0) & (problem.least()[deal] == 0)
    for limit in (problem.min_suppliers, problem.max_suppliers):
        if limit is not None:
            plain &= limit[problem.need] <= (1 if limit is problem.min_suppliers else 0)
    served = np.zeros(len(problem.demand), dtype=np.bool_)
    served[problem.need[quantity.sum(axis=1) > 0]] = True
    free: BoolArray = (quantity.sum(axis=1) > 0) | (plain & served[problem.need])
    return free


def _shifted(
    problem: AllocationProblem, quantity: FloatArray, shortfalls: FloatArray, weight: float
) -> FloatArray | None:
    links = np.flatnonzero(_free(problem, quantity))
    part = problem.only(links)
    model = build(part)
    fixed = model.fixed_to(model.point(quantity[links]))
    rows = _with_scenarios(fixed, part, model.link, model.period, model.scale, shortfalls, weight)
    answer = highs.solve(rows)
    if answer.x is None:
        return None
    shifted = np.zeros_like(quantity)
    shifted[links] = tidy(part, model.quantities(answer.x, (len(links), problem.periods)))
    # Every deal that traded still must: its yes was fixed, its lot is a row of the program.
    same = (shifted.sum(axis=1) > 0)[links] | ~(quantity[links].sum(axis=1) > 0) | (part.bonus() == 0)
    return shifted if bool(same.all()) else None


def _with_scenarios(
    rows: highs.Rows,
    problem: AllocationProblem,
    link: IntArray,
    period: IntArray,
    scale: float,
    shortfalls: FloatArray,
    weight: float,
) -> highs.Rows:
    """The program with eta and one u per scenario: u_s + V_s - eta >= 0."""
    count, width = len(shortfalls), len(rows.cost)
    unit = max(1e-300, float(np.abs(rows.cost).max()))
    worth = problem.values()[link, period] * scale / unit
    made = RowBuilder()
    opened = made.open(rows.row_low, rows.row_high)
    made.put(np.repeat(opened, np.diff(rows.start)), rows.index, rows.coefficient)
    scenario = made.open(np.zeros(count), np.full(count, np.inf))
    kept = 1.0 - shortfalls[:, problem.capacity[link]]
    made.put(np.repeat(scenario, len(link)), np.tile(np.arange(len(link)), count), (kept * worth).ravel())
    made.put(scenario, np.full(count, width), -1.0)
    made.put(scenario, width + 1 + np.arange(count), 1.0)
    cost = np.zeros(width + 1 + count)
    cost[: len(link)] = (1 - weight) * kept.mean(axis=0) * worth
    cost[width], cost[width + 1 :] = weight, -weight / (TAIL * count)
    low = np.concatenate((rows.low, [-np.inf], np.zeros(count)))
    high = np.concatenate((rows.high, np.full(1 + count, np.inf)))
    return replace(made.rows(cost, low, high, np.zeros(len(cost), dtype=np.int64)))
