"""A hedged plan: sound, no worse in what it is asked for, and honest about what it gives up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.allocate import allocate
from matching.hedge import hedge
from matching.problem import AllocationProblem
from matching.validate import validate
from tests.unit.matching.small import problems
from tests.unit.matching.test_allocate import FEW

WEIGHTS = st.floats(0.1, 1.0)


def shortfalls(problem: AllocationProblem, seed: int, scenarios: int = 60) -> np.ndarray:  # type: ignore[type-arg]
    draw = np.random.default_rng(seed)
    return np.clip(np.abs(draw.standard_normal((scenarios, len(problem.supply)))) * 0.3, 0, 1)


@FEW
@given(problems(), WEIGHTS, st.integers(0, 9))
def test_a_hedged_plan_keeps_every_condition(problem: AllocationProblem, weight: float, seed: int) -> None:
    plan = allocate(problem)
    found = hedge(problem, plan.quantity, shortfalls(problem, seed), weight)
    active = found.quantity.sum(axis=1) > 0
    served = np.zeros(len(problem.demand), dtype=bool)
    served[problem.need[active]] = True
    value = problem.objective(found.quantity, active)
    hedged = replace(plan, quantity=found.quantity, active=active, served=served, value=value)
    assert validate(problem, hedged) == []
    before = (1 - weight) * found.expected_before + weight * found.tail_before
    assert (1 - weight) * found.expected + weight * found.tail >= before - 1e-6 * max(1.0, abs(before))


def one_need_two_groups() -> AllocationProblem:
    """A cheap group that fails in one season of ten, and a dearer one that never does."""
    return AllocationProblem(
        need=np.array([0, 0]),
        capacity=np.array([0, 1]),
        value=np.array([10.0, 9.0]),
        fixed_cost=np.zeros(2),
        min_lot=np.zeros(2),
        demand=np.array([[100.0]]),
        supply=np.array([[100.0], [100.0]]),
    )


def test_a_bad_season_in_ten_moves_the_plan_to_who_delivers() -> None:
    problem = one_need_two_groups()
    fails = np.zeros((100, 2))
    fails[:10, 0] = 0.9
    plan = allocate(problem).quantity
    assert plan[:, 0].tolist() == [100.0, 0.0]
    calm, careful = hedge(problem, plan, fails, 0.05), hedge(problem, plan, fails, 0.9)
    assert careful.quantity[:, 0].tolist() == [0.0, 100.0]
    assert (careful.expected, careful.tail) == (pytest.approx(900), pytest.approx(900))
    assert careful.tail_before == pytest.approx(100) and careful.expected_before == pytest.approx(910)
    assert calm.tail <= careful.tail and calm.expected >= careful.expected


def test_no_weight_changes_nothing_and_a_wrong_one_is_refused() -> None:
    problem = one_need_two_groups()
    plan = allocate(problem).quantity
    assert hedge(problem, plan, np.zeros((5, 2)), 0.0).quantity is plan
    with pytest.raises(ValueError, match="weight"):
        hedge(problem, plan, np.zeros((5, 2)), 1.5)
