"""Seconds and memory of every stage of a whole run, and of the gates alone over very many pairs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from matching.pairs import evaluate
from matching.solve import solve
from tests.bench import markets, measure

STAGES = ("gates", "score", "allocate", "validate", "prices", "reasons", "robustness")
PAIRS = (1_000, 10_000, 100_000, 1_000_000)
PLAN_SECONDS = 60.0
ALLOWED_SECONDS = 3_600.0
NEEDS, CAPACITIES = 10_000, 50_000
PRODUCTS = (1_000, 100, 10)
"""Into so many products the needs and capacities fall: the fewer, the more pairs meet."""


@dataclass(frozen=True)
class Stages:
    """One run: pairs within the products, links, seconds per stage, peak memory."""

    pairs: int
    links: int
    seconds: dict[str, float]
    peak_mb: float


def whole_run(pairs: int, plan_seconds: float) -> measure.Measured[Stages]:
    """A market of about ``pairs`` pairs through every stage, in a process of its own."""
    return measure.apart(partial(_whole_run, pairs, plan_seconds), ALLOWED_SECONDS)


def _whole_run(pairs: int, plan_seconds: float) -> Stages:
    result = solve(markets.market(pairs, 1), time_limit=plan_seconds)
    seconds = {stage: result.seconds[stage] for stage in STAGES}
    return Stages(int(result.pairs.blocked.sum()), len(result.links), seconds, measure.own_peak_mb())


def gates_alone(products: int) -> measure.Measured[Stages]:
    """Every gate between ``NEEDS`` needs and ``CAPACITIES`` capacities, in a process of its own."""
    return measure.apart(partial(_gates_alone, products), ALLOWED_SECONDS)


def _gates_alone(products: int) -> Stages:
    market = markets.sized(NEEDS, CAPACITIES, products, 1)
    begun = time.perf_counter()
    pairs = evaluate(market)
    seconds = {"gates": time.perf_counter() - begun}
    return Stages(int(pairs.blocked.sum()), len(pairs.links()), seconds, measure.own_peak_mb())
