"""Which yes-or-nos the program of an allocation needs, and where their columns stand."""

from __future__ import annotations

import numpy as np

from matching.problem import AllocationProblem
from matching.types import BoolArray, IntArray


def needs_decision(problem: AllocationProblem) -> BoolArray:
    """[N] needs that are served properly or not at all."""
    decision = np.zeros(len(problem.demand), dtype=np.bool_)
    if problem.min_fill is not None:
        decision |= problem.min_fill > 0
    if problem.min_suppliers is not None:
        decision |= problem.min_suppliers >= 2
    return decision


def columns(problem: AllocationProblem, first: int) -> tuple[IntArray, IntArray, int]:
    yes = (problem.bonus() != 0) | (problem.min_lot > 0)
    if problem.pinned is not None:
        yes |= problem.pinned
    counted = np.zeros(len(problem.demand), dtype=np.bool_)
    if problem.min_suppliers is not None:
        counted |= problem.min_suppliers >= 2
    if problem.max_suppliers is not None:
        links = np.bincount(problem.need, minlength=len(counted))
        counted |= (problem.max_suppliers > 0) & (problem.max_suppliers < links)
    yes |= counted[problem.need]
    # The links of a bundle share one yes-or-no.
    deals, deal = np.unique(problem.deals()[yes], return_inverse=True)
    trades = np.full(problem.links, -1)
    trades[yes] = first + deal
    served = needs_decision(problem)
    serves = np.full(len(served), -1)
    serves[served] = first + len(deals) + np.arange(served.sum())
    return trades, serves, first + len(deals) + int(served.sum())


def organizations(problem: AllocationProblem, first: int) -> list[tuple[int, IntArray, int]]:
    """(need, links, column) for every organization that meets a need with several capacities."""
    if problem.supplier is None or not problem.links:
        return []
    who = problem.supplier[problem.capacity]
    order = np.lexsort((who, problem.need))
    new = (np.diff(problem.need[order], prepend=-1) != 0) | (np.diff(who[order], prepend=-1) != 0)
    begin = np.flatnonzero(new)
    end = np.append(begin[1:], len(order))
    many = np.flatnonzero(end - begin > 1)
    groups = [order[begin[k] : end[k]] for k in many]
    return [(int(problem.need[members[0]]), members, first + k) for k, members in enumerate(groups)]


def one_a_deal(deal: IntArray, links: IntArray) -> IntArray:
    """The first of the links of each deal."""
    first: IntArray = links[np.unique(deal[links], return_index=True)[1]]
    return first


def alone(problem: AllocationProblem, links: IntArray) -> BoolArray:
    """Which of the links are in no bundle."""
    return np.ones(len(links), dtype=np.bool_) if problem.joint is None else problem.joint[links] < 0
