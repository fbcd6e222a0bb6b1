"""The linear market: a minimum cost flow per period (OR-Tools), exact to the gram.

Without fixed costs, lots, counts and filled shares the periods are independent transportation markets.
The flow works on integers: kg become grams, surplus is scaled to whole units per component.
"""

from __future__ import annotations

import numpy as np

from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray

GRAMS = 1000.0
"""Integer units per kg; less where a market is so large that the flow would overflow."""

COST_UNITS = 1e9
"""The largest surplus per kg of a component as an integer: resolves money to a billionth of it."""

MOST_UNITS = 2.0**58
"""Total flow stays below this many units, far from the solver's 64-bit limit."""


def is_network(problem: AllocationProblem) -> bool:
    """Whether nothing couples the periods or makes a pair yes-or-no."""
    if problem.bonus().any() or problem.min_lot.any():
        return False
    if problem.pinned is not None and problem.pinned.any():
        return False
    if problem.min_fill is not None and problem.min_fill.any():
        return False
    if problem.min_suppliers is not None and (problem.min_suppliers >= 2).any():
        return False
    return not (_count_binds(problem) or _shares_an_organization(problem) or _dependency_binds(problem))


def flow(problem: AllocationProblem, values: FloatArray, uppers: FloatArray) -> FloatArray:
    """[E,T] kg of the best plan of the linear market under ``values`` [E,T] and ``uppers`` [E,T].

    Links whose value is not positive stay empty. Raises ArithmeticError when the solver refuses the
    numbers (only possible outside 64-bit range).
    """
    quantity = np.zeros_like(uppers)
    for t in range(problem.periods):
        use = np.flatnonzero((values[:, t] > 0) & (uppers[:, t] > 0))
        if len(use):
            quantity[use, t] = _one_period(
                problem.need[use],
                problem.capacity[use],
                values[use, t],
                uppers[use, t],
                problem.demand[:, t],
                problem.supply[:, t],
            )
    return quantity


def bound_above(
    problem: AllocationProblem, values: FloatArray, uppers: FloatArray, quantity: FloatArray
) -> float:
    """Upper limit of the linear market's value, given its flow: the value plus what rounding can hide."""
    total = 0.0
    for t in range(problem.periods):
        top = float(values[:, t].max(initial=0.0))
        rough = sum(_not_whole(array[:, t]) for array in (problem.demand, problem.supply, uppers))
        total += top * (rough / GRAMS + float(quantity[:, t].sum()) / COST_UNITS)
    return float((values * quantity).sum()) + total


def _one_period(
    need: IntArray,
    capacity: IntArray,
    value: FloatArray,
    upper: FloatArray,
    demand: FloatArray,
    supply: FloatArray,
) -> FloatArray:
    from ortools.graph.python import min_cost_flow

    needs, i = np.unique(need, return_inverse=True)
    capacities, j = np.unique(capacity, return_inverse=True)
    units = min(GRAMS, MOST_UNITS / max(1.0, float(demand[needs].sum() + supply[capacities].sum())))
    wanted, offered = _whole(demand[needs], units), _whole(supply[capacities], units)
    cost = -np.rint(value * (COST_UNITS / value.max())).astype(np.int64)
    # Node numbers: needs, capacities, and one for whatever stays out of the market.
    n, m = len(needs), len(capacities)
    out = n + m
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(n + j, i, _whole(upper, units), cost)
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate((n + np.arange(m), np.full(n, out))),
        np.concatenate((np.full(m, out), np.arange(n))),
        np.concatenate((offered, wanted)),
        np.zeros(n + m, dtype=np.int64),
    )
    solver.set_nodes_supplies(
        np.arange(n + m + 1), np.concatenate((-wanted, offered, [wanted.sum() - offered.sum()]))
    )
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the flow solver refused the market: {status}")
    kg: FloatArray = np.asarray(solver.flows(arcs), dtype=np.float64) / units
    return np.minimum(kg, upper)


def _whole(kg: FloatArray, units: float) -> IntArray:
    return np.floor(kg * units + 1e-6).astype(np.int64)


def _not_whole(kg: FloatArray) -> int:
    grams = kg * GRAMS
    return int((np.abs(grams - np.rint(grams)) > 1e-6).sum())


def _count_binds(problem: AllocationProblem) -> bool:
    if problem.max_suppliers is None:
        return False
    links = np.bincount(problem.need, minlength=len(problem.demand))
    return bool(((problem.max_suppliers > 0) & (problem.max_suppliers < links)).any())


def _shares_an_organization(problem: AllocationProblem) -> bool:
    """Whether a need with a share limit meets two capacities of one organization."""
    if problem.supplier is None or problem.max_share is None or (problem.max_share >= 1).all():
        return False
    limited = problem.max_share[problem.need] < 1
    who = (
        problem.need[limited] * (int(problem.supplier.max(initial=0)) + 1)
        + problem.supplier[problem.capacity[limited]]
    )
    return len(np.unique(who)) < len(who)


def _dependency_binds(problem: AllocationProblem) -> bool:
    if problem.dependency is None:
        return False
    most = problem.supply.sum(axis=1)
    return bool((problem.dependency < most - 1e-9).any())
