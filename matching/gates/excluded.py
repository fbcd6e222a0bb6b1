"""Gate: neither the broker nor a party has excluded this pair."""

from __future__ import annotations

import numpy as np

from matching.gates.block import Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Closed for the pairs listed in ``Market.exclusions``."""
    listed, width = block.market.exclusions, len(block.market.capacities)
    if not len(listed):
        return outcome(np.zeros(len(block.need), dtype=np.bool_))
    return outcome(np.isin(block.need * width + block.capacity, listed[:, 0] * width + listed[:, 1]))
