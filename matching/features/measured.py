"""What a feature says about L links: a value in [0, 1] and a reason code with numbers, no language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.types import FloatArray, IntArray

UNKNOWN = 0.5
"""Value where the facts are missing: neither praise nor blame."""


@dataclass(frozen=True)
class Measured:
    """value [L] in [0,1]; code [L] index into the feature's ``REASONS``; params [L,K], the numbers named by
    ``PARAMS`` (NaN where a number does not apply)."""

    value: FloatArray
    code: IntArray
    params: FloatArray


def measured(value: FloatArray, code: IntArray, *params: FloatArray) -> Measured:
    """A Measured from columns; values are clipped into [0, 1], anything unknown counts ``UNKNOWN``."""
    clipped = np.clip(np.where(np.isnan(value), UNKNOWN, value), 0.0, 1.0)
    table = np.column_stack(params) if params else np.zeros((len(value), 0))
    return Measured(clipped, code.astype(np.int64), table.astype(np.float64))
