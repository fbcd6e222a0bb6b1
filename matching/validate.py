"""Check a plan against the raw problem, trusting no solver and none of its bookkeeping."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from matching.allocate.allocation import Allocation
from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray

ABSOLUTE_KG = 1e-3
"""A gram: finer than any scale of the trade."""

RELATIVE = 1e-9


@dataclass(frozen=True)
class Violation:
    """What is broken: a code, the row it concerns (link, need or capacity) and by how much."""

    code: str
    row: int
    amount: float


def validate(problem: AllocationProblem, allocation: Allocation) -> list[Violation]:
    """Every broken condition of a plan; empty when it can be carried out and its figures are true."""
    shape = (problem.links, problem.periods)
    if allocation.quantity.shape != shape or allocation.active.shape != shape[:1]:
        return [Violation("shape", 0, 0.0)]
    if not np.isfinite(allocation.quantity).all():
        return [Violation("not_a_number", int(np.argwhere(~np.isfinite(allocation.quantity))[0, 0]), 0.0)]
    found: list[Violation] = []
    _limits(problem, allocation.quantity, found)
    _pairs(problem, allocation, found)
    _served(problem, allocation, found)
    _organizations(problem, allocation.quantity, found)
    _figures(problem, allocation, found)
    return found


def _slack(limit: FloatArray | float) -> FloatArray:
    return ABSOLUTE_KG + RELATIVE * np.abs(np.asarray(limit, dtype=np.float64))


def _above(code: str, used: FloatArray, limit: FloatArray, found: list[Violation]) -> None:
    """One violation per row whose worst entry lies above its limit."""
    over = used - limit
    bad = over > _slack(limit)
    worst = over.max(axis=1) if over.ndim == 2 else over
    rows = bad.any(axis=1) if bad.ndim == 2 else bad
    found += [Violation(code, int(row), float(worst[row])) for row in np.flatnonzero(rows)]


def _sums(rows: IntArray, quantity: FloatArray, size: int) -> FloatArray:
    total = np.zeros((size, quantity.shape[1]))
    np.add.at(total, rows, quantity)
    return total


def _limits(problem: AllocationProblem, quantity: FloatArray, found: list[Violation]) -> None:
    _above("negative", -quantity, np.zeros_like(quantity), found)
    _above("demand", _sums(problem.need, quantity, len(problem.demand)), problem.demand, found)
    _above("supply", _sums(problem.capacity, quantity, len(problem.supply)), problem.supply, found)
    if problem.upper is not None:
        _above("upper", quantity, problem.upper, found)
    if problem.max_share is not None:
        limit = problem.demand * problem.max_share[:, None]
        _above("max_share", quantity, limit[problem.need], found)


def _pairs(problem: AllocationProblem, allocation: Allocation, found: list[Violation]) -> None:
    total, active = allocation.quantity.sum(axis=1), allocation.active
    for row in np.flatnonzero((total > 0) != active):
        found.append(Violation("active", int(row), float(total[row])))
    lot, least, delivered = problem.min_lot, problem.least()[problem.deals()], total
    if problem.joint is not None:
        for number in np.unique(problem.joint[problem.joint >= 0]):
            members = problem.joint == number
            delivered = np.where(members, total[members].sum(), delivered)
    _above("min_lot", np.where(active, lot - delivered, 0.0), np.zeros(problem.links), found)
    _above("least", np.where(active, least - delivered, 0.0), np.zeros(problem.links), found)
    if problem.pinned is not None:
        named = {row for _, row in allocation.causes}
        for row in np.flatnonzero(problem.pinned & ~active):
            if int(row) not in named:
                found.append(Violation("pinned", int(row), 1.0))


def _served(problem: AllocationProblem, allocation: Allocation, found: list[Violation]) -> None:
    n = len(problem.demand)
    suppliers: dict[int, set[int]] = defaultdict(set)
    filled = np.zeros(n)
    for link in np.flatnonzero(allocation.active):
        need, capacity = int(problem.need[link]), int(problem.capacity[link])
        seller = capacity if problem.supplier is None else int(problem.supplier[capacity])
        bundle = -1 if problem.joint is None else int(problem.joint[link])
        suppliers[need].add(seller if bundle < 0 else -1 - bundle)
        filled[need] += allocation.quantity[link].sum()
    for need in range(n):
        count, served = len(suppliers[need]), need in suppliers and len(suppliers[need]) > 0
        if served != bool(allocation.served[need]):
            found.append(Violation("served", need, float(count)))
        if not served:
            continue
        if problem.min_suppliers is not None and count < problem.min_suppliers[need]:
            found.append(Violation("min_suppliers", need, float(problem.min_suppliers[need] - count)))
        if problem.max_suppliers is not None and 0 < problem.max_suppliers[need] < count:
            found.append(Violation("max_suppliers", need, float(count - problem.max_suppliers[need])))
        if problem.min_fill is not None:
            least = float(problem.min_fill[need] * problem.demand[need].sum())
            if filled[need] < least - float(_slack(least)):
                found.append(Violation("min_fill", need, least - float(filled[need])))


def _organizations(problem: AllocationProblem, quantity: FloatArray, found: list[Violation]) -> None:
    if problem.supplier is not None and problem.max_share is not None:
        together: dict[tuple[int, int], FloatArray] = defaultdict(lambda: np.zeros(problem.periods))
        for link in np.flatnonzero(quantity.sum(axis=1) > 0):
            need = int(problem.need[link])
            together[need, int(problem.supplier[problem.capacity[link]])] += quantity[link]
        for (need, _), kg in together.items():
            limit = problem.demand[need] * problem.max_share[need]
            if (kg > limit + _slack(limit)).any():
                found.append(Violation("max_share", need, float((kg - limit).max())))
    if problem.dependency is not None:
        taken: dict[tuple[int, int], float] = defaultdict(float)
        for link in np.flatnonzero(quantity.sum(axis=1) > 0):
            need, capacity = int(problem.need[link]), int(problem.capacity[link])
            buyer = need if problem.buyer is None else int(problem.buyer[need])
            taken[buyer, capacity] += float(quantity[link].sum())
        for (_, capacity), total in taken.items():
            most = float(problem.dependency[capacity])
            if total > most + float(_slack(most)):
                found.append(Violation("dependency", capacity, total - most))


def _figures(problem: AllocationProblem, allocation: Allocation, found: list[Violation]) -> None:
    quantity = allocation.quantity
    per_kg = problem.value[:, None] if problem.value.ndim == 1 else problem.value
    value, seen = float((per_kg * quantity).sum()), set[int]()
    for link in np.flatnonzero(allocation.active):
        bundle = -1 if problem.joint is None else int(problem.joint[link])
        if bundle in seen:
            continue
        seen |= {bundle} - {-1}
        value -= float(problem.fixed_cost[link])
        if problem.incumbent is not None and problem.switching_cost is not None and problem.incumbent[link]:
            value += float(problem.switching_cost[link])
    size = 1e-9 * max(1.0, float(np.abs(per_kg * quantity).sum()), abs(value))
    if abs(value - allocation.value) > size:
        found.append(Violation("value", 0, allocation.value - value))
    if allocation.value > allocation.bound + size:
        found.append(Violation("bound", 0, allocation.value - allocation.bound))
