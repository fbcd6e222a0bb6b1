"""Gate: something can be delivered in at least one period in which something is wanted."""

from __future__ import annotations

import numpy as np

from matching.gates.block import Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Closed when the capacity is empty in every period with demand."""
    both = block.columns.wanted[block.need] & block.columns.offered[block.capacity]
    return outcome(np.logical_not(both.any(axis=1)))
