"""Feature: how well the declared attributes and the description answer what is asked."""

from __future__ import annotations

import numpy as np

from matching.features.measured import UNKNOWN, Measured, measured
from matching.features.texts import similarity
from matching.gates.block import Block
from matching.gates.spec import attribute
from matching.types import BoolArray, FloatArray

REASONS = ("spec_met", "spec_undeclared", "spec_missed", "spec_nothing_asked")
PARAMS = ("asked", "undeclared", "missed", "text_similarity")

SOFT_RANGE = 0.1
"""A limit that is not critical loses its whole worth when missed by this share of the limit."""

TEXT_SHARE = 0.2
"""Weight of the descriptions where both sides wrote one."""


def measure(block: Block) -> Measured:
    """Mean over the attributes asked for: 1 met, 0.5 undeclared, falling to 0 as a soft limit is missed;
    one fifth of the value is the similarity of the descriptions where both exist."""
    needs, p = block.market.needs, len(block.need)
    asked, undeclared, missed, worth = np.zeros(p), np.zeros(p), np.zeros(p), np.zeros(p)
    for column in range(needs.spec_low.shape[1]):
        misses, unknown = attribute(block, column)
        limited = _limited(block, column)
        asked += limited
        undeclared += unknown
        missed += misses > 0
        soft = np.maximum(0.0, 1.0 - misses / _scale(block, column))
        worth += np.where(limited, np.where(unknown, UNKNOWN, soft), 0.0)
    varied = needs.variety[block.need] >= 0
    unstated = varied & (block.market.capacities.variety[block.capacity] < 0)
    asked, undeclared = asked + varied, undeclared + unstated
    worth += np.where(varied, np.where(unstated, UNKNOWN, 1.0), 0.0)
    value = np.where(asked > 0, worth / np.maximum(asked, 1.0), 1.0)
    text = similarity(block)
    value = np.where(np.isnan(text), value, (1 - TEXT_SHARE) * value + TEXT_SHARE * text)
    code = np.where(asked == 0, 3, np.where(missed > 0, 2, np.where(undeclared > 0, 1, 0)))
    return measured(value, code, asked, undeclared, missed, text)


def _limited(block: Block, column: int) -> BoolArray:
    needs = block.market.needs
    limits = ~np.isnan(needs.spec_low[:, column]) | ~np.isnan(needs.spec_high[:, column])
    limits[needs.spec_one_of[needs.spec_one_of[:, 1] == column, 0]] = True
    chosen: BoolArray = limits[block.need]
    return chosen


def _scale(block: Block, column: int) -> FloatArray:
    needs = block.market.needs
    size = np.fmax(np.abs(needs.spec_low[block.need, column]), np.abs(needs.spec_high[block.need, column]))
    return np.where(np.isnan(size) | (size == 0), 1.0, SOFT_RANGE * size)
