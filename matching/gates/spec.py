"""Gate: every critical attribute of the specification holds (the grade has a gate of its own)."""

from __future__ import annotations

import numpy as np

from matching.gates.block import TOLERANCE, Block, Outcome, outcome
from matching.market import GRADE, Needs
from matching.types import BoolArray, FloatArray


def check(block: Block) -> Outcome:
    """Closed when a declared value misses a critical limit; distance counts the attributes missed."""
    needs = block.market.needs
    missed = np.zeros(len(block.need))
    unknown = np.zeros(len(block.need), dtype=np.bool_)
    for column in range(GRADE + 1, needs.spec_low.shape[1]):
        if needs.spec_critical[:, column].any():
            critical = needs.spec_critical[block.need, column]
            misses, not_declared = attribute(block, column)
            missed += critical & (misses > 0)
            unknown |= critical & not_declared
    return outcome(missed > 0, missed, unknown)


def attribute(block: Block, column: int) -> tuple[FloatArray, BoolArray]:
    """[P] by how much the declared value misses the need's limits (0 when it holds), in the unit of the
    attribute or in steps of code, and [P] whether a limit meets an undeclared value."""
    needs = block.market.needs
    declared = block.market.capacities.attributes[block.capacity, column]
    low, high = needs.spec_low[block.need, column], needs.spec_high[block.need, column]
    below, above = low - declared, declared - high
    misses = np.fmax(np.fmax(below, above), 0.0)
    misses = np.where(np.isnan(misses) | (misses <= TOLERANCE), 0.0, misses)
    limited = ~np.isnan(low) | ~np.isnan(high)
    admitted = _admitted_codes(needs, column)
    if admitted is not None:
        listed, steps = admitted[0][block.need], _code_steps(admitted[1], block, declared)
        misses = np.maximum(misses, np.where(listed, steps, 0.0))
        limited |= listed
    return misses, limited & np.isnan(declared)


def _admitted_codes(needs: Needs, column: int) -> tuple[BoolArray, FloatArray] | None:
    """[N] whether the need lists codes for this attribute, and [N,K] the listed codes (NaN filled)."""
    rows = needs.spec_one_of[needs.spec_one_of[:, 1] == column]
    if not len(rows):
        return None
    rows = rows[np.lexsort((rows[:, 2], rows[:, 0]))]
    count = np.bincount(rows[:, 0], minlength=len(needs))
    place = np.arange(len(rows)) - (np.cumsum(count) - count)[rows[:, 0]]
    codes = np.full((len(needs), int(count.max())), np.nan)
    codes[rows[:, 0], place] = rows[:, 2]
    return count > 0, codes


def _code_steps(codes: FloatArray, block: Block, declared: FloatArray) -> FloatArray:
    """[P] distance to the nearest listed code, 0 where undeclared."""
    nearest = np.full(len(declared), np.inf)
    for place in range(codes.shape[1]):
        nearest = np.fmin(nearest, np.abs(codes[block.need, place] - declared))
    return np.where(np.isfinite(nearest), nearest, 0.0)
