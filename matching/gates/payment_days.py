"""Gate: the organization can wait as long as the buyer makes it wait."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Distance is the days too long; waiting is payment days net of the advance. Unknown patience passes
    as unknown, except that nobody needs patience for cash."""
    wait = block.market.needs.wait_days[block.need]
    too_long = wait - block.market.capacities.max_wait_days[block.capacity]
    return outcome(too_long > TOLERANCE, too_long, unknown=np.isnan(too_long) & (wait > 0))
