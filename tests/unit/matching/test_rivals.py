"""The benchmark is honest: every rival, given time, reaches the optimum that trying everything finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocate import allocate
from matching.generate import market
from matching.problem import AllocationProblem
from tests.bench import literature, measure
from tests.bench.contest import SOLVERS, contest, judged
from tests.bench.rivals import cp_sat, highs, scip
from tests.bench.rivals.formulation import Found
from tests.bench.rows import side_by_side

from .exhaustive import optimum
from .small import problems

Solve = Callable[[AllocationProblem, float, int, float], Found]
RIVALS = pytest.mark.parametrize(
    "solve", [highs.solve, scip.solve, cp_sat.solve], ids=["highs", "scip", "cp"]
)


def value_of(problem: AllocationProblem, solve: Solve) -> float:
    run = judged(problem, solve(problem, 20.0, 1, 0.0), 0.0, 0.0)
    assert run.note == "" and run.value is not None, run
    assert run.gap <= 1e-5
    return run.value


@RIVALS
@settings(max_examples=15, deadline=None)
@given(problem=st.one_of(problems(bundles=False), problems(linear=True)))
def test_a_rival_reaches_the_exhaustive_optimum(solve: Solve, problem: AllocationProblem) -> None:
    best = optimum(problem)
    assert value_of(problem, solve) == pytest.approx(best, rel=1e-5, abs=1e-4)


@RIVALS
def test_a_rival_reaches_our_value_on_a_market_with_conditions(solve: Solve) -> None:
    problem = market(60, 1, seed=4, conditions=True)
    assert value_of(problem, solve) == pytest.approx(allocate(problem, gap=0.0).value, rel=1e-5)


@RIVALS
def test_a_rival_keeps_a_pinned_pair(solve: Solve) -> None:
    problem = market(40, 1, seed=1)
    pinned = np.zeros(problem.links, dtype=bool)
    pinned[int(problem.values().sum(axis=1).argmin())] = True
    problem = replace(problem, pinned=pinned)
    assert value_of(problem, solve) == pytest.approx(allocate(problem, gap=0.0).value, rel=1e-5)


def test_the_literature_s_problems_are_served_whole_and_cost_alike() -> None:
    shape = literature.SHAPES[0]
    costs, problem = literature.draw(shape, 3), literature.problem_of(shape, 3)
    assert costs.supply.sum() == costs.demand.sum() == shape.total
    plan = allocate(problem, gap=0.0)
    assert plan.quantity.sum() == pytest.approx(shape.total)
    cost = costs.big * shape.total - plan.value
    kg = plan.quantity[:, 0]
    paid = (costs.unit.ravel() * kg).sum() + costs.charge.ravel()[kg > 0].sum()
    assert cost == pytest.approx(paid)
    assert costs.big * shape.total - value_of(problem, highs.solve) == pytest.approx(cost)


def test_a_plan_that_does_not_hold_has_no_value() -> None:
    problem = market(40, 1, seed=1)
    run = judged(problem, Found(problem.uppers(), np.inf), 1.0, 1.0)
    assert run.value is None
    assert "demand" in run.note


def test_a_solver_in_a_process_of_its_own_is_measured_and_never_raises() -> None:
    make = partial(side_by_side, 2, 40, 1, 5)
    run = contest("HiGHS", make, 20.0, 1, 0.0)
    assert run.value == pytest.approx(allocate(make(), gap=0.0).value)
    assert 10 < run.peak_mb < 2_000
    missing = contest("SCIP", partial(market, 40, -1), 5.0, 1, 0.0)
    assert (missing.value, "Error" in missing.note) == (None, True)
    assert set(SOLVERS) == {"ours", "HiGHS", "SCIP", "CP-SAT"}


def test_work_that_takes_too_long_is_ended() -> None:
    import time

    found = measure.apart(partial(time.sleep, 60.0), 0.5)
    assert found.answer is None
    assert "past its limit" in found.note
