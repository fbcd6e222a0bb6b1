"""Feature: what the price is worth to the group on the day it is paid, and how much patience is left.

effective price = price / (1 + r x days / 30), r the local cost of cash per 30 days.
"""

from __future__ import annotations

import numpy as np

from matching.features.measured import UNKNOWN, Measured, measured
from matching.gates.block import Block

REASONS = ("price_above_ask", "price_below_ask", "takes_formula", "price_unknown")
PARAMS = ("effective_price", "landed", "margin_per_kg", "wait_days", "max_wait_days")

MARGIN_RANGE = 0.1
"""A margin of this share of the price, up or down, moves the price half from middling to best or worst."""

AT_THE_LIMIT = 0.5
"""Worth of the payment half when the wait takes all the patience there is."""


def measure(block: Block) -> Measured:
    """Half the margin of the effective price over the landed asking price, half the patience left."""
    needs, policy = block.market.needs, block.market.policy
    wait = needs.wait_days[block.need]
    patience = block.market.capacities.max_wait_days[block.capacity]
    price = np.where(np.isnan(needs.price), needs.ceiling, needs.price)[block.need]
    discount = 1.0 / (1.0 + policy.monthly_cash_cost * wait / 30.0)
    effective, landed = price * discount, block.landed
    formula = np.isnan(block.market.capacities.ask[block.capacity])
    margin = np.where(formula, effective - price, effective - landed)
    scale = np.where(price > 0, MARGIN_RANGE * price, np.nan)
    relative = np.where(formula, (discount - 1.0) / MARGIN_RANGE, margin / scale)
    price_half = np.clip(0.5 + 0.5 * relative, 0.0, 1.0)
    price_half = np.where(np.isnan(price_half), UNKNOWN, price_half)
    with np.errstate(divide="ignore", invalid="ignore"):
        used = np.where(wait > 0, wait / patience, 0.0)
    patience_half = np.where(np.isnan(used), UNKNOWN, np.clip(1.0 - (1.0 - AT_THE_LIMIT) * used, 0.0, 1.0))
    code = np.where(formula, 2, np.where(np.isnan(relative), 3, np.where(margin >= 0, 0, 1)))
    return measured(0.5 * price_half + 0.5 * patience_half, code, effective, landed, margin, wait, patience)
