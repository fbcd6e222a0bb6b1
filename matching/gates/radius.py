"""Gate: the road distance stays within the policy's radius."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Distance is the km beyond the radius; an unknown place passes as unknown."""
    radius = block.market.policy.radius_km
    if radius is None:
        return outcome(np.zeros(len(block.need), dtype=np.bool_))
    beyond = block.km - radius
    return outcome(beyond > TOLERANCE, beyond, unknown=np.isnan(beyond))
