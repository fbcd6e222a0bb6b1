"""Gate: the organization's readiness reaches the floor of the policy."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Distance is the points missing; NaN when the organization was never assessed (closed as well)."""
    missing = block.market.policy.readiness_floor - block.market.capacities.readiness[block.capacity]
    return outcome(np.isnan(missing) | (missing > TOLERANCE), missing)
