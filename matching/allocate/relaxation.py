"""The linear relaxation of the strong formulation: its value, its prices, and what each link is worth under them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.allocate import highs, network
from matching.allocate.model import Model, build
from matching.lattice import ends
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray

RELAX_SHARE = 0.3
"""Most of the time that the relaxation may take."""


@dataclass(frozen=True)
class Relaxation:
    """What a market without yes-or-nos would pay.

    bound  upper limit of the objective
    price  [M,T] worth of one more kg of a capacity
    gain   [E] what a link adds when it trades all it may at the prices of both sides, its fixed cost paid: not above
           zero for a link that the relaxation leaves out (its reduced cost)
    used   [E] links that carry anything
    """

    bound: float
    price: FloatArray
    gain: FloatArray
    used: BoolArray


def relax(problem: AllocationProblem, time_limit: float) -> Relaxation | None:
    """By linear programming; None when time runs out first."""
    model = build(problem)
    if not len(model.link):
        return None
    rows = replace(model.rows, integer=np.zeros_like(model.rows.integer))
    answer = highs.solve(rows, time_limit=time_limit)
    if not answer.finished or answer.x is None:
        return None
    rent, price = _duals(problem, model, answer.row_dual)
    used = model.quantities(answer.x, (problem.links, problem.periods)).sum(axis=1) > 0
    return Relaxation(answer.bound, price, _gain(problem, rent, price), used)


def relax_by_flow(problem: AllocationProblem) -> Relaxation:
    """By one flow per period, each fixed cost spread over the most its pair can carry: as tight as the linear program
    with one period, looser with several, and possible at any size. Conditions of needs are left out."""
    values, uppers = problem.values(), problem.uppers()
    most = uppers.sum(axis=1)
    fixed = np.maximum(0.0, -problem.spread_bonus())
    tilted = values - np.where(most > 0, fixed / np.where(most > 0, most, 1.0), 0.0)[:, None]
    quantity = network.flow(problem, tilted, uppers)
    gifts = float(np.maximum(0.0, problem.bonus()).sum())
    bound = network.bound_above(problem, tilted, uppers, quantity) + gifts
    rent, price = np.zeros_like(problem.demand), np.zeros_like(problem.supply)
    for t in range(problem.periods):
        found = ends(
            problem.need,
            problem.capacity,
            tilted[:, t],
            quantity[:, t],
            uppers[:, t],
            problem.demand[:, t],
            problem.supply[:, t],
        )
        rent[:, t] = (found.alpha_buyer_best + found.alpha_seller_best) / 2
        price[:, t] = (found.q_buyer_best + found.q_seller_best) / 2
    return Relaxation(bound, price, _gain(problem, rent, price), quantity.sum(axis=1) > 0)


def _gain(problem: AllocationProblem, rent: FloatArray, price: FloatArray) -> FloatArray:
    left = problem.values() - rent[problem.need] - price[problem.capacity]
    gained: FloatArray = (np.maximum(0.0, left) * problem.uppers()).sum(axis=1) + problem.spread_bonus()
    return gained


def _duals(problem: AllocationProblem, model: Model, dual: FloatArray) -> tuple[FloatArray, FloatArray]:
    """[N,T] and [M,T] prices per kg of the demand and supply rows, which are the first that were opened."""
    worth = np.zeros(problem.demand.size + problem.supply.size)
    first = model.rows.number < len(worth)
    worth[model.rows.number[first]] = np.abs(dual[first]) / model.scale
    split = problem.demand.size
    return worth[:split].reshape(problem.demand.shape), worth[split:].reshape(problem.supply.shape)
