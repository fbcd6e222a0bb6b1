"""Gate: the country of origin is admissible."""

from __future__ import annotations

import numpy as np

from matching.gates.block import Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Closed when the need names countries and the capacity's is another; unknown passes as unknown."""
    admissible = block.columns.admissible
    if not admissible.shape[1]:
        return outcome(np.zeros(len(block.need), dtype=np.bool_))
    country = block.market.capacities.origin[block.capacity]
    named = ~block.columns.any_origin[block.need]
    listed = admissible[block.need, np.maximum(country, 0)]
    return outcome(named & (country >= 0) & ~listed, unknown=named & (country < 0))
