"""A large market cut into pieces of needs that compete with one another, and the limit that the pieces prove."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np

from matching.components import Component, subproblem
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray, IntArray


def cut(problem: AllocationProblem, columns: int, first: float = 1.0) -> list[IntArray]:
    """Needs in pieces of about ``columns`` quantity columns each, every piece grown around its neighbours.

    ``first`` shrinks the first piece, so that two cuts of one market have their borders in different places.
    """
    group = _together(problem)
    weights = (problem.uppers() > 0).sum(axis=1).astype(np.float64)
    sizes = np.bincount(group[problem.need], weights=weights).astype(np.float64)
    near = _neighbours(problem, group)
    free = sizes > 0
    linked = np.zeros(len(sizes))
    pieces: list[IntArray] = []
    while free.any():
        limit = columns * (first if not pieces else 1.0)
        grown = _grown(near, sizes, free, linked, limit)
        pieces.append(np.flatnonzero(np.isin(group, grown)))
    return pieces


def _together(problem: AllocationProblem) -> IntArray:
    """[N] label of what no cut may part: a buyer's limit counts all of his needs."""
    if problem.dependency is None or problem.buyer is None or not np.isfinite(problem.dependency).any():
        return np.arange(len(problem.demand))
    label: IntArray = np.unique(problem.buyer, return_inverse=True)[1]
    return label


def _grown(near: _Near, sizes: FloatArray, free: BoolArray, linked: FloatArray, limit: float) -> IntArray:
    """One piece: begin where most is cut already, add the group with most links to what is inside."""
    waiting = np.flatnonzero(free)
    begin = int(waiting[np.argmax(linked[waiting])])
    inside: list[int] = []
    weight = 0.0
    score: dict[int, float] = {begin: 0.0}
    queue = [(0.0, begin)]
    while queue:
        given, need = heapq.heappop(queue)
        if not free[need] or -given < score[need]:
            continue
        if inside and weight + sizes[need] > limit:
            break
        free[need] = False
        inside.append(need)
        weight += float(sizes[need])
        at = slice(near.start[need], near.start[need + 1])
        for other, strength in zip(near.other[at].tolist(), near.strength[at].tolist(), strict=True):
            linked[other] += strength
            if free[other]:
                score[other] = score.get(other, 0.0) + strength
                heapq.heappush(queue, (-score[other], other))
    return np.array(sorted(inside), dtype=np.int64)


@dataclass(frozen=True)
class _Near:
    """Groups of needs that share capacities, as rows of a sparse matrix."""

    start: IntArray
    other: IntArray
    strength: FloatArray


def _neighbours(problem: AllocationProblem, group: IntArray) -> _Near:
    from scipy.sparse import coo_array

    usable = np.flatnonzero(problem.uppers().sum(axis=1) > 0)
    ones = np.ones(len(usable))
    shape = (int(group.max(initial=-1)) + 1, len(problem.supply))
    meets = coo_array((ones, (group[problem.need[usable]], problem.capacity[usable])), shape=shape).tocsr()
    shared = (meets @ meets.T).tocsr()
    shared.setdiag(0)
    shared.eliminate_zeros()
    shared.sort_indices()
    return _Near(shared.indptr.astype(np.int64), shared.indices.astype(np.int64), shared.data)


def planned(problem: AllocationProblem, quantity: FloatArray, pieces: list[IntArray]) -> list[Component]:
    """Each piece as a market of its own beside the plan of the others.

    What a capacity has left goes to the piece that it has most links to, so that the pieces can be re-planned at the
    same time and put together again.
    """
    piece = _piece_of(problem, pieces)[problem.need]
    owner = _owner(problem, piece, len(pieces))
    used = np.zeros_like(problem.supply)
    np.add.at(used, problem.capacity, quantity)
    spare = np.maximum(problem.supply - used, 0.0)
    parts = []
    for k in range(len(pieces)):
        links = np.flatnonzero(piece == k)
        own = np.zeros_like(problem.supply)
        np.add.at(own, problem.capacity[links], quantity[links])
        own[owner == k] += spare[owner == k]
        parts.append(subproblem(replace(problem, supply=np.minimum(own, problem.supply)), links))
    return parts


@dataclass(frozen=True)
class Priced:
    """Pieces that buy what lies on their borders at given prices; ``paid`` is what all of it costs."""

    parts: list[Component]
    paid: float


def priced(problem: AllocationProblem, pieces: list[IntArray], price: FloatArray) -> Priced:
    """A relaxation for any prices [M,T] >= 0: a capacity on a border is offered whole to every piece that it meets,
    at its price per kg, and the upper limits of the pieces plus ``paid`` are an upper limit of the market
    (Lagrangian decomposition)."""
    piece = _piece_of(problem, pieces)[problem.need]
    usable = problem.uppers().sum(axis=1) > 0
    met = np.zeros((len(problem.supply), len(pieces)), dtype=np.bool_)
    met[problem.capacity[usable], piece[usable]] = True
    border = met.sum(axis=1) > 1
    cost = np.where(border[:, None], price, 0.0)
    cheaper = replace(problem, value=problem.values() - cost[problem.capacity], dependency=None)
    parts = [subproblem(cheaper, np.flatnonzero(piece == k)) for k in range(len(pieces))]
    return Priced(parts, float((cost * problem.supply).sum()))


def _piece_of(problem: AllocationProblem, pieces: list[IntArray]) -> IntArray:
    """[N] number of the piece of each need; -1 for needs without links."""
    piece = np.full(len(problem.demand), -1, dtype=np.int64)
    for k, needs in enumerate(pieces):
        piece[needs] = k
    return piece


def _owner(problem: AllocationProblem, piece: IntArray, count: int) -> IntArray:
    """[M] the piece with most links to each capacity, the first of several."""
    from scipy.sparse import coo_array

    inside = np.flatnonzero(piece >= 0)
    ones = np.ones(len(inside))
    table = coo_array((ones, (problem.capacity[inside], piece[inside])), shape=(len(problem.supply), count))
    best: IntArray = np.asarray(table.tocsr().argmax(axis=1)).ravel().astype(np.int64)
    return best
