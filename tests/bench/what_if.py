"""One need of a large market changes: how long the plan takes that only re-solves what it touches.

The module that does it is looked for when the benchmark runs; without it there is no row.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from matching.allocate import allocate
from matching.generate import market
from matching.problem import AllocationProblem
from tests.bench import measure
from tests.bench.rows import SEED

MODULE = "matching.what_if"
LINKS = 76_000
ALLOWED_SECONDS = 900.0


@dataclass(frozen=True)
class Change:
    """Seconds of the first plan and of the plan after the change; value before and after."""

    first_seconds: float
    seconds: float
    before: float
    after: float


def available() -> bool:
    """Whether the engine can re-plan a change."""
    return find_spec(MODULE) is not None


def one_need(plan_seconds: float) -> measure.Measured[Change]:
    """Half the demand of one need in a market of ``LINKS`` links, in a process of its own."""
    return measure.apart(partial(_one_need, plan_seconds), ALLOWED_SECONDS)


def _one_need(plan_seconds: float) -> Change:
    problem = market(LINKS, 1, seed=SEED)
    begun = time.perf_counter()
    plan = allocate(problem, time_limit=plan_seconds)
    planned = time.perf_counter()
    after = import_module(MODULE).replan(_halved(problem, 0), problem, plan.quantity).allocation
    return Change(planned - begun, time.perf_counter() - planned, plan.value, after.value)


def _halved(problem: AllocationProblem, need: int) -> AllocationProblem:
    demand = problem.demand.copy()
    demand[need] /= 2
    return replace(problem, demand=demand)
