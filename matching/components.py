"""Independent markets: links that share neither a need nor a capacity never influence each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray


@dataclass(frozen=True)
class Component:
    """One independent market: its own problem and the rows of the whole it came from."""

    problem: AllocationProblem
    links: IntArray
    needs: IntArray
    capacities: IntArray


def split(problem: AllocationProblem) -> list[Component]:
    """The connected components that have at least one link, by their first need.

    Rows keep the order of the whole; within a component links are ordered by need, then capacity, so
    that the order in which links were handed in never changes a plan.
    """
    label = _labels(problem)[problem.need]
    order = np.lexsort((problem.capacity, problem.need, label))
    bounds = np.flatnonzero(np.diff(label[order], prepend=-1))
    return [subproblem(problem, links) for links in np.split(order, bounds[1:])] if len(order) else []


def _labels(problem: AllocationProblem) -> IntArray:
    """[N+M] component number per need and capacity, numbered by first appearance among the needs."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n, m = len(problem.demand), len(problem.supply)
    # Shared organizations and dependency limits bind only within a need or a capacity: no further edges.
    ones = np.ones(problem.links, dtype=np.int8)
    graph = coo_array((ones, (problem.need, n + problem.capacity)), shape=(n + m, n + m))
    _, label = connected_components(graph, directed=False)
    first = np.unique(label, return_index=True)[1]
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    result: IntArray = rank[label]
    return result


def subproblem(problem: AllocationProblem, links: IntArray) -> Component:
    """The market of the given links alone, its needs and capacities renumbered in their old order."""
    needs, need = np.unique(problem.need[links], return_inverse=True)
    capacities, capacity = np.unique(problem.capacity[links], return_inverse=True)

    def of(array: FloatArray | None, rows: IntArray) -> FloatArray | None:
        return None if array is None else array[rows]

    def ints(array: IntArray | None, rows: IntArray) -> IntArray | None:
        return None if array is None else array[rows]

    part = replace(
        problem.only(links),
        need=need,
        capacity=capacity,
        demand=problem.demand[needs],
        supply=problem.supply[capacities],
        min_suppliers=ints(problem.min_suppliers, needs),
        max_suppliers=ints(problem.max_suppliers, needs),
        min_fill=of(problem.min_fill, needs),
        max_share=of(problem.max_share, needs),
        supplier=ints(problem.supplier, capacities),
        buyer=ints(problem.buyer, needs),
        dependency=of(problem.dependency, capacities),
    )
    return Component(part, links, needs, capacities)
