"""Feature: how much of what one supplier may deliver, and when, this capacity can deliver."""

from __future__ import annotations

import numpy as np

from matching.features.measured import Measured, measured
from matching.gates.block import Block

REASONS = ("volume_full", "volume_part")
PARAMS = ("reachable_kg", "wanted_kg", "periods_met", "periods_wanted")

ROWS = 200_000
"""Links compared together, to bound memory at rows x periods."""


def measure(block: Block) -> Measured:
    """Overlap of the two calendars: sum of min(share x demand, supply) over the sum of share x demand."""
    market, p = block.market, len(block.need)
    share = market.max_share()
    reachable, wanted, met, asked = np.zeros(p), np.zeros(p), np.zeros(p), np.zeros(p)
    for start in range(0, p, ROWS):
        rows = slice(start, start + ROWS)
        need = block.need[rows]
        demand = market.needs.demand[need] * share[need][:, None]
        moved = np.minimum(demand, market.capacities.supply[block.capacity[rows]])
        reachable[rows], wanted[rows] = moved.sum(axis=1), demand.sum(axis=1)
        met[rows], asked[rows] = (moved > 0).sum(axis=1), (demand > 0).sum(axis=1)
    value = np.where(wanted > 0, reachable / np.where(wanted > 0, wanted, 1.0), 0.0)
    return measured(value, np.where(value >= 1.0 - 1e-9, 0, 1), reachable, wanted, met, asked)
