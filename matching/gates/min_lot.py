"""Gate: the smallest lot worth a contract can be reached between the two."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome
from matching.types import FloatArray, IntArray


def check(block: Block) -> Outcome:
    """Distance is the kg missing between the lot and the most the pair could move over all periods."""
    lot = block.market.capacities.min_lot[block.capacity]
    missing = np.zeros(len(lot))
    rows = np.flatnonzero(lot > 0)
    if len(rows):
        missing[rows] = lot[rows] - _reachable(block, rows)
    return outcome(missing > TOLERANCE * np.maximum(lot, 1.0), missing)


def _reachable(block: Block, rows: IntArray) -> FloatArray:
    market, need, capacity = block.market, block.need[rows], block.capacity[rows]
    wanted = market.needs.demand[need] * market.max_share()[need][:, None]
    moved = np.minimum(wanted, market.capacities.supply[capacity])
    total: FloatArray = np.minimum(moved, market.cap_kg(need, capacity)[:, None]).sum(axis=1)
    return total
