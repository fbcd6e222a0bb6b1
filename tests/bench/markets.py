"""Generated markets of needs and capacities, for the stages before the plan."""

from __future__ import annotations

import numpy as np

from matching.market import Capacities, Market, Needs
from matching.policy import Policy

PAIRS_PER_BLOCK = 20_000
"""Needs x capacities of one product: about what one crop of one country brings together."""


def market(pairs: int, periods: int, seed: int = 0) -> Market:
    """A market whose products bring together about ``pairs`` pairs in all, needs to capacities as 2 to 5."""
    concepts = max(1, round(pairs / PAIRS_PER_BLOCK))
    per_concept = pairs / concepts
    n = max(1, round(concepts * np.sqrt(per_concept * 2 / 5)))
    m = max(1, round(concepts * np.sqrt(per_concept * 5 / 2)))
    return sized(n, m, concepts, periods, seed)


def sized(n: int, m: int, concepts: int, periods: int, seed: int = 0) -> Market:
    """``n`` needs and ``m`` capacities spread evenly over ``concepts`` products."""
    generator = np.random.default_rng(seed)
    needs = Needs(
        id=[f"N{row:06}" for row in range(n)],
        concept=np.arange(n) % concepts,
        wait_days=generator.choice([0, 8, 15, 30], n),
        demand=generator.integers(20, 101, (n, periods)).astype(float) * 1000.0,
        ceiling=generator.uniform(130, 220, n),
        price=generator.uniform(100, 200, n),
        lat=generator.uniform(2, 8, n),
        lon=generator.uniform(-77, -72, n),
        certificates=generator.random((n, 6)) < 0.05,
        spec_low=np.where(generator.random((n, 4)) < 0.5, generator.uniform(0, 5, (n, 4)), np.nan),
        spec_high=np.full((n, 4), np.nan),
    )
    capacities = Capacities(
        id=[f"C{row:06}" for row in range(m)],
        concept=np.arange(m) % concepts,
        supply=generator.integers(8, 41, (m, periods)).astype(float) * 1000.0,
        max_wait_days=generator.choice([8, 15, 30, 45], m),
        ask=generator.uniform(60, 140, m),
        readiness=generator.uniform(40, 95, m),
        lat=generator.uniform(2, 8, m),
        lon=generator.uniform(-77, -72, m),
        certificates=generator.random((m, 6)) < 0.3,
        attributes=generator.uniform(0, 10, (m, 4)),
        freight_base=np.full(m, 2.0),
        freight_per_km=np.full(m, 0.05),
    )
    return Market(
        needs=needs, capacities=capacities, periods=np.ones(periods), policy=Policy(keep_closed=5_000_000)
    )
