"""How far a plan holds when deliveries fall short together.

Scenarios multiply every capacity's deliveries by 1 - shortfall; a shortfall has a part shared by all
capacities of the same crop and country (weather, pests, spot price) and a part of the organization's own,
larger where readiness is lower. The sizes are assumptions of the policy, shown as such; nothing here
claims a default probability of a named organization.
"""

from __future__ import annotations

import numpy as np

from matching.market import Market
from matching.problem import AllocationProblem
from matching.result import Robustness
from matching.types import FloatArray

TAIL = 0.05
"""Share of the worst scenarios that the tail mean looks at."""


def shortfalls(market: Market, seed: int) -> FloatArray:
    """[scenarios, M] share of deliveries that fails, in [0, 1]."""
    policy, capacities = market.policy, market.capacities
    generator = np.random.default_rng(seed)
    place = capacities.concept * (int(capacities.origin.max(initial=0)) + 2) + capacities.origin + 1
    _, group = np.unique(place, return_inverse=True)
    count = policy.scenarios
    shared = np.abs(generator.standard_normal((count, int(group.max(initial=-1)) + 1)))
    own = np.abs(generator.standard_normal((count, len(capacities))))
    unready = 1.0 - np.where(np.isnan(capacities.readiness), 0.0, capacities.readiness) / 100.0
    drawn = policy.shared_shortfall * shared[:, group] + policy.own_shortfall * 2.0 * unready * own
    return np.clip(drawn, 0.0, 1.0)


def simulate(market: Market, problem: AllocationProblem, quantity: FloatArray, seed: int) -> Robustness:
    """The plan under ``policy.scenarios`` drawn shortfalls; without scenarios every entry is NaN."""
    n = len(problem.demand)
    nothing = np.full(n, np.nan)
    if not market.policy.scenarios or not n:
        return Robustness(nothing, nothing, nothing)
    total = quantity.sum(axis=1)
    active = np.flatnonzero(total > 0)
    kept = 1.0 - shortfalls(market, seed)[:, problem.capacity[active]]
    filled = np.zeros((len(kept), n))
    np.add.at(filled.T, problem.need[active], (kept * total[active]).T)
    wanted = problem.demand.sum(axis=1)
    share = np.where(wanted > 0, filled / np.where(wanted > 0, wanted, 1.0), 1.0)
    least = np.zeros(n) if problem.min_fill is None else problem.min_fill
    planned = np.zeros(n, dtype=np.bool_)
    planned[problem.need[active]] = True
    reaches = ((share >= least * (1 - 1e-9)) & planned).mean(axis=0)
    worst = max(1, int(np.ceil(TAIL * len(share))))
    tail = np.sort(share, axis=0)[:worst].mean(axis=0)
    return Robustness(reaches, share.mean(axis=0), tail)
