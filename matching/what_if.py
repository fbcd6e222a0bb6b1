"""What if: a plan carried over to a market in which little has changed, re-planned only where it matters.

Markets that share nothing with the change keep their plan. A changed linear market is solved anew; in a changed market
with fixed costs the needs around the change are re-planned by their kernel, beginning from the plan they had.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from matching.allocate import component, kernel, network, slopes
from matching.allocate.allocation import TIME_LIMIT, Allocation
from matching.components import Component, split, subproblem
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray, IntArray

REACH_COLUMNS = 600
"""Quantity columns re-planned around a change: enough for it to ripple, few enough for an answer within a second."""

ANSWER_SECONDS = 0.8
"""Time that solvers may take by default: whoever asks what if waits at the screen."""


@dataclass(frozen=True)
class Replanned:
    """The plan for the changed market; ``touched`` [N] needs looked at again, ``gained`` the objective's change.

    The allocation's bound is infinite: how far it is from the best was not asked again.
    """

    allocation: Allocation
    touched: BoolArray
    gained: float


def replan(
    problem: AllocationProblem,
    before: AllocationProblem,
    quantity: FloatArray,
    *,
    gap: float = 1e-3,
    seed: int = 0,
    time_limit: float = ANSWER_SECONDS,
) -> Replanned:
    """Carry ``quantity`` [E,T], planned for ``before``, over to ``problem`` and re-plan what the change touches.

    Both problems have the same needs, capacities and periods; links may come, go or change.
    Raises ValueError when they have not.
    """
    begun = time.monotonic()
    if problem.demand.shape != before.demand.shape or problem.supply.shape != before.supply.shape:
        raise ValueError("problem: must have the needs, capacities and periods of the market before")
    old = _same_link(problem, before)
    plan = np.where(old[:, None] >= 0, quantity[old], 0.0)
    touched = _touched(problem, before, old)
    seen = np.zeros(len(touched), dtype=np.bool_)
    for part in split(problem):
        if not touched[part.needs].any():
            continue
        for piece in _pieces(part, touched[part.needs], plan[part.links]):
            links = part.links[piece.links]
            seen[part.needs[piece.needs]] = True
            left = time_limit - (time.monotonic() - begun)
            whole = len(piece.links) == len(part.links)
            plan[links] = _solved(piece.problem, plan[links], whole, max(0.05, left), gap, seed)
    value = problem.objective(plan, plan.sum(axis=1) > 0)
    was = before.objective(quantity, quantity.sum(axis=1) > 0)
    return Replanned(_allocation(problem, plan, value, time.monotonic() - begun), seen, value - was)


def _same_link(problem: AllocationProblem, before: AllocationProblem) -> IntArray:
    """[E] row of the same pair in the market before, -1 for a new one."""
    width = len(problem.supply)
    old, new = before.need * width + before.capacity, problem.need * width + problem.capacity
    if not len(old):
        return np.full(len(new), -1)
    order = np.argsort(old, kind="stable")
    place = np.minimum(np.searchsorted(old[order], new), len(old) - 1)
    return np.where(old[order][place] == new, order[place], -1)


def _touched(problem: AllocationProblem, before: AllocationProblem, old: IntArray) -> BoolArray:
    """[N] needs whose own terms, links or capacities are not what they were."""
    rows = np.maximum(old, 0)
    changed = old < 0
    for name in ("value", "fixed_cost", "min_lot", "upper", "incumbent", "switching_cost", "pinned", "joint"):
        now, then = getattr(problem, name), getattr(before, name)
        if (now is None) != (then is None):
            changed |= True
        elif now is not None:
            differs = now != then[rows]
            changed |= differs.any(axis=1) if differs.ndim == 2 else differs
    gone = np.ones(before.links, dtype=np.bool_)
    gone[old[old >= 0]] = False
    touched = _differs(
        problem, before, ("demand", "min_suppliers", "max_suppliers", "min_fill", "max_share", "buyer")
    )
    touched[problem.need[changed]] = True
    touched[before.need[gone]] = True
    capacity = _differs(problem, before, ("supply", "supplier", "dependency"))
    touched[problem.need[capacity[problem.capacity]]] = True
    return touched


def _differs(problem: AllocationProblem, before: AllocationProblem, names: tuple[str, ...]) -> BoolArray:
    """[rows] where any of the named columns differs."""
    found = np.zeros(len(getattr(problem, names[0])), dtype=np.bool_)
    for name in names:
        now, then = getattr(problem, name), getattr(before, name)
        if now is None and then is None:
            continue
        if now is None or then is None:
            return np.ones_like(found)
        differs = now != then
        found |= differs.any(axis=1) if differs.ndim == 2 else differs
    return found


def _pieces(part: Component, touched: BoolArray, plan: FloatArray) -> list[Component]:
    """The whole of a small or linear market, else the surroundings of the change beside the plan of the others."""
    problem = part.problem
    if network.is_network(problem) or not component.is_large(problem, REACH_COLUMNS):
        return [subproblem(problem, np.arange(problem.links))]
    inside = around(problem, np.flatnonzero(touched), REACH_COLUMNS)
    links = np.flatnonzero(inside[problem.need])
    used = np.zeros_like(problem.supply)
    np.add.at(used, problem.capacity[~inside[problem.need]], plan[~inside[problem.need]])
    return [subproblem(replace(problem, supply=np.maximum(problem.supply - used, 0.0)), links)]


def around(problem: AllocationProblem, needs: IntArray, columns: int) -> BoolArray:
    """[N] the given needs and those that compete with them, closest first, up to so many quantity columns."""
    inside = np.zeros(len(problem.demand), dtype=np.bool_)
    inside[needs] = True
    columns_of_link = (problem.uppers() > 0).sum(axis=1)
    size = np.bincount(problem.need, weights=columns_of_link, minlength=len(inside))
    usable = columns_of_link > 0
    while size[inside].sum() < columns:
        reached = np.zeros(len(problem.supply), dtype=np.bool_)
        reached[problem.capacity[usable & inside[problem.need]]] = True
        rivals = problem.need[usable & reached[problem.capacity] & ~inside[problem.need]]
        if not len(rivals):
            break
        strength = np.bincount(rivals, minlength=len(inside))
        order = np.flatnonzero(strength)[np.argsort(-strength[strength > 0], kind="stable")]
        room = size[inside].sum() + np.cumsum(size[order]) <= columns
        room[0] = True
        inside[order[room]] = True
        if not room.all():
            break
    return inside


def _solved(
    problem: AllocationProblem, carried: FloatArray, whole: bool, time_limit: float, gap: float, seed: int
) -> FloatArray:
    """All of a small or linear market anew; surroundings from the plan they had."""
    if whole:
        return component.solve(problem, time_limit=time_limit, gap=gap, seed=seed).quantity
    start = slopes.repaired(problem, np.minimum(carried, problem.uppers()))
    return kernel.solve(problem, time_limit=time_limit, gap=gap, seed=seed, start=start, nodes=1)


def _allocation(problem: AllocationProblem, plan: FloatArray, value: float, seconds: float) -> Allocation:
    active = plan.sum(axis=1) > 0
    served = np.zeros(len(problem.demand), dtype=np.bool_)
    served[problem.need[active]] = True
    return Allocation(plan, active, served, value, math.inf, math.inf, TIME_LIMIT, seconds)
