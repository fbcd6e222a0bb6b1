"""Feature: nearness by road."""

from __future__ import annotations

import numpy as np

from matching.features.measured import Measured, measured
from matching.gates.block import Block

REASONS = ("distance", "distance_unknown")
PARAMS = ("km", "freight_per_kg")

HALF_WAY_KM = 150.0
"""Road distance at which nearness is worth one half: about what one truck does in a day, there and back."""


def measure(block: Block) -> Measured:
    """1 / (1 + km / 150)."""
    value = 1.0 / (1.0 + block.km / HALF_WAY_KM)
    return measured(value, np.where(np.isnan(block.km), 1, 0), block.km, block.freight)
