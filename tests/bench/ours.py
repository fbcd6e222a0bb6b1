"""Our engine behind the same door as its rivals."""

from __future__ import annotations

# Loaded before the clock starts, as every rival's solver is.
import highspy  # noqa: F401

from matching.allocate import allocate
from matching.problem import AllocationProblem
from tests.bench.rivals.formulation import Found


def solve(problem: AllocationProblem, seconds: float, cores: int, gap: float) -> Found:
    """The plan of ``allocate`` with ``cores`` workers; starting them counts."""
    plan = allocate(problem, time_limit=seconds, gap=gap, workers=cores)
    return Found(plan.quantity, plan.bound)
