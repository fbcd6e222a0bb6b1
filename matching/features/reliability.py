"""Feature: readiness of the organization, drawn to the middle where the evidence is thin."""

from __future__ import annotations

import numpy as np

from matching.features.measured import UNKNOWN, Measured, measured
from matching.gates.block import Block

REASONS = ("readiness_evidenced", "readiness_thin_evidence", "readiness_not_assessed")
PARAMS = ("readiness", "confidence")

ENOUGH = 0.6
"""Confidence from which readiness is shown as a number at all."""


def measure(block: Block) -> Measured:
    """confidence x readiness / 100 + (1 - confidence) x 0.5."""
    readiness = block.market.capacities.readiness[block.capacity]
    confidence = block.market.capacities.reliability_confidence[block.capacity]
    value = confidence * readiness / 100.0 + (1.0 - confidence) * UNKNOWN
    code = np.where(np.isnan(readiness), 2, np.where(confidence >= ENOUGH, 0, 1))
    return measured(value, code, readiness, confidence)
