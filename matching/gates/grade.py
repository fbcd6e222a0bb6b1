"""Gate: the grade (attribute column 0) is admissible. Always decides, whatever ``spec_critical`` says."""

from __future__ import annotations

import numpy as np

from matching.gates import spec
from matching.gates.block import Block, Outcome, outcome
from matching.market import GRADE


def check(block: Block) -> Outcome:
    """Closed when the declared grade is outside what the need admits; distance in steps of grade code."""
    if not block.market.needs.spec_low.shape[1]:
        return outcome(np.zeros(len(block.need), dtype=np.bool_))
    misses, unknown = spec.attribute(block, GRADE)
    return outcome(misses > 0, misses, unknown)
