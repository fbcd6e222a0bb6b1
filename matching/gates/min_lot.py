"""Gate: the smallest lot worth a contract can be reached between the two."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome
from matching.market import Market
from matching.types import FloatArray, IntArray


def check(block: Block) -> Outcome:
    """Distance is the kg missing between the lot and the most the pair could move over all periods."""
    lot = block.market.capacities.min_lot[block.capacity]
    missing = np.zeros(len(lot))
    rows = np.flatnonzero(lot > 0)
    if len(rows):
        missing[rows] = lot[rows] - _together(block, rows, _reachable(block, rows))
    return outcome(missing > TOLERANCE * np.maximum(lot, 1.0), missing)


def _together(block: Block, rows: IntArray, alone: FloatArray) -> FloatArray:
    """What a bundle's members reach together counts for each of them."""
    if not len(block.market.bundles):
        return alone
    bundles = block.market.bundles
    reach = reach_of_pairs(block.market, bundles[:, 0], bundles[:, 1])
    number = block.market.bundle(bundles[:, 0], bundles[:, 1])
    whole = np.bincount(number, weights=reach)
    own = block.market.bundle(block.need[rows], block.capacity[rows])
    return np.where(own >= 0, whole[own], alone)


def _reachable(block: Block, rows: IntArray) -> FloatArray:
    return reach_of_pairs(block.market, block.need[rows], block.capacity[rows])


def reach_of_pairs(market: Market, need: IntArray, capacity: IntArray) -> FloatArray:
    """[P] the most each pair could move over all periods, in kg."""
    wanted = market.needs.demand[need] * market.max_share()[need][:, None]
    moved = np.minimum(wanted, market.capacities.supply[capacity])
    total: FloatArray = np.minimum(moved, market.cap_kg(need, capacity)[:, None]).sum(axis=1)
    return total
