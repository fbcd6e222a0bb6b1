"""Gate: every required certificate is held by the organization, its union or this very buyer."""

from __future__ import annotations

import numpy as np

from matching.gates.block import Block, Outcome, outcome
from matching.types import BoolArray, FloatArray


def check(block: Block) -> Outcome:
    """Distance counts the certificates missing."""
    missing = missing_count(block, with_buyer=True)
    return outcome(missing > 0, missing)


def relies_on_buyer(block: Block) -> BoolArray:
    """[P] whether a required certificate is covered only because this buyer holds it."""
    alone, together = missing_count(block, with_buyer=False), missing_count(block, with_buyer=True)
    relies: BoolArray = (alone > 0) & (together == 0)
    return relies


def missing_count(block: Block, *, with_buyer: bool) -> FloatArray:
    """[P] number of required certificates that nobody admissible holds."""
    columns, capacities = block.columns, block.market.capacities
    lacking = columns.required[block.need] & ~columns.held[block.capacity]
    count: FloatArray = np.bitwise_count(lacking).sum(axis=1, dtype=np.float64)
    if with_buyer:
        buyer = block.market.needs.buyer[block.need]
        for scheme in np.flatnonzero((capacities.buyer_held >= 0).any(axis=0)):
            needed = block.market.needs.certificates[block.need, scheme]
            own = capacities.certificates[block.capacity, scheme]
            count -= needed & ~own & (capacities.buyer_held[block.capacity, scheme] == buyer)
    return count
