"""The two ends of the competitive payoffs of a linear market, by shortest paths.

On the residual graph of an optimal flow, with "stay out" as root, the distance root -> v gives the
payoffs best for sellers and minus the distance v -> root those best for buyers (Demange and Gale 1985;
Ahuja, Magnanti and Orlin 1993, chapter 9). Everything between belongs to the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.types import FloatArray, IntArray

RESIDUAL_KG = 2e-3
"""Flows are right to a gram, so less than two grams left is nothing left."""


@dataclass(frozen=True)
class Ends:
    """Payoffs per kg of needs (alpha) and capacities (q) at both ends; ``optimal`` tells whether the plan
    really is an optimum of this linear market (otherwise the payoffs mean nothing)."""

    alpha_buyer_best: FloatArray
    q_buyer_best: FloatArray
    alpha_seller_best: FloatArray
    q_seller_best: FloatArray
    optimal: bool


def ends(
    need: IntArray,
    capacity: IntArray,
    value: FloatArray,
    quantity: FloatArray,
    upper: FloatArray,
    demand: FloatArray,
    supply: FloatArray,
) -> Ends:
    """One period of a linear market: links with value per kg, kg planned and the most they may carry."""
    n, m = len(demand), len(supply)
    root = n + m
    bought = np.bincount(need, weights=quantity, minlength=n).astype(np.float64)
    sold = np.bincount(capacity, weights=quantity, minlength=m).astype(np.float64)
    arcs = _residual(need, capacity, value, quantity, upper, demand - bought, supply - sold, bought, sold)
    tolerance = 1e-9 * max(1e-300, float(np.abs(value).max(initial=0.0)))
    high, high_settled = _distances(arcs, root, tolerance)
    low, low_settled = _distances(arcs.reversed(), root, tolerance)
    settled = high_settled and low_settled and abs(high[root]) <= tolerance and abs(low[root]) <= tolerance
    return Ends(
        alpha_buyer_best=_payoff(low[:n]),
        q_buyer_best=_payoff(-low[n:root]),
        alpha_seller_best=_payoff(-high[:n]),
        q_seller_best=_payoff(high[n:root]),
        optimal=settled,
    )


def _payoff(value: FloatArray) -> FloatArray:
    """Nobody is below staying out; who is out of reach of the root gets nothing."""
    return np.maximum(0.0, np.where(np.isfinite(value), value, 0.0))


@dataclass(frozen=True)
class _Arcs:
    """Arcs of the residual graph; nodes are needs, capacities, then the root."""

    tail: IntArray
    head: IntArray
    length: FloatArray

    def reversed(self) -> _Arcs:
        return _Arcs(self.head, self.tail, self.length)


def _residual(
    need: IntArray,
    capacity: IntArray,
    value: FloatArray,
    quantity: FloatArray,
    upper: FloatArray,
    unmet: FloatArray,
    unsold: FloatArray,
    bought: FloatArray,
    sold: FloatArray,
) -> _Arcs:
    """What a plan could still change: a link carry more or less, a side come in or stay out."""
    n, m = len(unmet), len(unsold)
    i, j, root = np.arange(n), n + np.arange(m), n + m
    more, less = quantity < upper - RESIDUAL_KG, quantity > RESIDUAL_KG
    parts = [(n + capacity[more], need[more], -value[more]), (need[less], n + capacity[less], value[less])]
    for from_root, nodes in (
        (False, i[unmet > RESIDUAL_KG]),
        (True, i[bought > RESIDUAL_KG]),
        (False, j[sold > RESIDUAL_KG]),
        (True, j[unsold > RESIDUAL_KG]),
    ):
        roots = np.full(len(nodes), root)
        parts.append(
            (roots, nodes, np.zeros(len(nodes))) if from_root else (nodes, roots, np.zeros(len(nodes)))
        )
    tail, head, length = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Arcs(tail.astype(np.int64), head.astype(np.int64), length.astype(np.float64))


def _distances(arcs: _Arcs, root: int, tolerance: float) -> tuple[FloatArray, bool]:
    """Bellman-Ford over all arcs at once; False when a negative cycle keeps distances falling."""
    nodes = root + 1
    distance = np.full(nodes, np.inf)
    distance[root] = 0.0
    if not len(arcs.tail):
        return distance, True
    order = np.argsort(arcs.head, kind="stable")
    tail, head, length = arcs.tail[order], arcs.head[order], arcs.length[order]
    first = np.flatnonzero(np.diff(head, prepend=-1))
    target = head[first]
    for _ in range(nodes + 1):
        reached = np.minimum.reduceat(distance[tail] + length, first)
        better = reached < distance[target] - tolerance
        if not better.any():
            return distance, True
        distance[target[better]] = reached[better]
        if distance[root] < -tolerance:
            return distance, False
    return distance, False
