"""Feature: certificates held by the organization itself, and those beyond what is required."""

from __future__ import annotations

import numpy as np

from matching.features.measured import Measured, measured
from matching.gates.block import Block
from matching.gates.certificate import missing_count

REASONS = ("certificates_own", "certificate_of_this_buyer", "certificates_not_required")
PARAMS = ("required", "beyond")

REQUIRED_WORTH = 0.6
"""Worth of holding what is required; leaning on this buyer's certificate is worth half of it."""

BEYOND_FULL = 2.0
"""So many certificates beyond the required ones bring the value to 1."""


def measure(block: Block) -> Measured:
    """0.6 for holding the required ones (0.3 through this buyer) and up to 0.4 for two more."""
    columns = block.columns
    required, held = columns.required[block.need], columns.held[block.capacity]
    asked = np.bitwise_count(required).sum(axis=1, dtype=np.float64)
    beyond = np.bitwise_count(held & ~required).sum(axis=1, dtype=np.float64)
    leans = missing_count(block, with_buyer=False) > 0
    base = np.where(leans, REQUIRED_WORTH / 2.0, REQUIRED_WORTH)
    value = base + (1.0 - REQUIRED_WORTH) * np.minimum(beyond / BEYOND_FULL, 1.0)
    return measured(value, np.where(asked == 0, 2, np.where(leans, 1, 0)), asked, beyond)
