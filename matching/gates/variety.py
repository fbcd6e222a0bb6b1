"""Gate: the variety is the one asked for."""

from __future__ import annotations

from matching.gates.block import Block, Outcome, outcome


def check(block: Block) -> Outcome:
    """Closed when the need names a variety and the capacity states another; unstated passes as unknown."""
    wanted = block.market.needs.variety[block.need]
    stated = block.market.capacities.variety[block.capacity]
    asked = wanted >= 0
    return outcome(asked & (stated >= 0) & (stated != wanted), unknown=asked & (stated < 0))
