"""Gate: the landed price does not exceed the buyer's ceiling."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Distance is the numeraire per kg too dear. Passes without a ceiling or when the organization takes the
    buyer's formula; an asking price with unknown freight passes as unknown."""
    too_dear = block.landed - block.market.needs.ceiling[block.need]
    asked = ~np.isnan(block.market.capacities.ask[block.capacity])
    unknown = asked & np.isnan(block.landed) & ~np.isnan(block.market.needs.ceiling[block.need])
    return outcome(too_dear > TOLERANCE, too_dear, unknown=unknown)
