"""One solver on one problem in a process of its own, its plan recomputed from the raw data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

import numpy as np

from matching.allocate.allocation import Allocation, relative_gap
from matching.problem import AllocationProblem
from matching.validate import validate
from tests.bench import measure
from tests.bench.rivals.formulation import Found

OURS = "ours"
SOLVERS = {
    OURS: "tests.bench.ours",
    "HiGHS": "tests.bench.rivals.highs",
    "SCIP": "tests.bench.rivals.scip",
    "CP-SAT": "tests.bench.rivals.cp_sat",
}

LATE = 1.1
"""Up to a tenth over the limit is the end of the last step."""

Make = Callable[[], AllocationProblem]


@dataclass(frozen=True)
class Run:
    """What one solver did.

    value    objective of its plan as we compute it; None without a plan that holds
    bound    its proven upper limit; seconds include the building of its model
    peak_mb  most memory of its process when it was done, plus the most of its workers
    note     why there is no value, or what was wrong
    late     it overran its limit by more than a tenth: its value was not found in equal time
    waited   share of the time in which some process of the machine waited for a core; NaN where Linux does not say
    """

    value: float | None
    bound: float
    seconds: float
    peak_mb: float
    note: str = ""
    late: bool = False
    waited: float = np.nan

    @property
    def gap(self) -> float:
        """(bound - value) / |value|, infinite without a plan or a bound."""
        return np.inf if self.value is None else relative_gap(self.value, self.bound)


def contest(solver: str, make: Make, seconds: float, cores: int, gap: float) -> Run:
    """``solver`` on the problem that ``make`` gives, in a fresh process; never raises for what a solver does."""
    found = measure.apart(partial(_run, solver, make, seconds, cores, gap), 1.5 * seconds + 90.0)
    if found.answer is None:
        return Run(None, np.inf, np.nan, np.nan, found.note)
    run = found.answer
    late = run.seconds > LATE * seconds
    note = ", ".join(filter(None, (run.note, f"over its limit of {seconds:g} s" if late else "")))
    return replace(run, peak_mb=run.peak_mb + found.workers_mb, note=note, late=late)


def _run(solver: str, make: Make, seconds: float, cores: int, gap: float) -> Run:
    module = import_module(SOLVERS[solver])
    problem = make()
    begun, waited = time.perf_counter(), measure.waited_seconds()
    found = module.solve(problem, seconds, cores, gap)
    took, waited = time.perf_counter() - begun, measure.waited_seconds() - waited
    return replace(judged(problem, found, took, measure.own_peak_mb()), waited=waited / took)


def judged(problem: AllocationProblem, found: Found, seconds: float, peak_mb: float) -> Run:
    """The plan's value by our own arithmetic, if the independent validator finds nothing wrong with it."""
    if found.quantity is None:
        return Run(None, found.bound, seconds, peak_mb, "no plan in time")
    active = found.quantity.sum(axis=1) > 0
    served = np.zeros(len(problem.demand), dtype=bool)
    served[problem.need[active]] = True
    value = problem.objective(found.quantity, active)
    bound = max(value, found.bound)
    plan = Allocation(
        found.quantity, active, served, value, bound, relative_gap(value, bound), "time_limit", seconds
    )
    wrong = sorted({each.code for each in validate(problem, plan)})
    if wrong:
        return Run(None, found.bound, seconds, peak_mb, f"plan does not hold: {', '.join(wrong)}")
    low = value - found.bound > 1e-5 * max(1.0, abs(value))
    return Run(value, bound, seconds, peak_mb, "its bound lies below its plan" if low else "")
