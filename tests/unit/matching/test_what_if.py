"""A plan carried over to a changed market: exact where the market is linear, sound everywhere, still elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import what_if
from matching.allocate import allocate
from matching.generate import market
from matching.problem import AllocationProblem
from matching.validate import validate
from matching.what_if import replan
from tests.unit.matching.small import problems
from tests.unit.matching.test_allocate import FEW


@FEW
@given(problems(linear=True), st.integers(0, 2), st.integers(0, 30))
def test_a_linear_market_is_solved_as_if_anew(before: AllocationProblem, row: int, kg: int) -> None:
    demand = before.demand.copy()
    demand[row % len(demand)] = kg
    problem = replace(before, demand=demand)
    found = replan(problem, before, allocate(before).quantity, time_limit=60).allocation
    assert found.value == pytest.approx(allocate(problem).value, abs=1e-6)
    assert validate(problem, found) == []


@FEW
@given(problems(), st.integers(0, 2), st.integers(0, 30))
def test_a_small_market_with_conditions_is_solved_as_if_anew(
    before: AllocationProblem, row: int, kg: int
) -> None:
    supply = before.supply.copy()
    supply[row % len(supply)] = kg
    problem = replace(before, supply=supply)
    found = replan(problem, before, allocate(before).quantity, time_limit=60).allocation
    assert validate(problem, found) == []
    assert found.value == pytest.approx(allocate(problem).value, abs=1e-5)


def test_links_may_come_and_go() -> None:
    before = market(60, 2, seed=1)
    plan = allocate(before)
    fewer = before.only(np.flatnonzero(~plan.active | (np.arange(before.links) % 2 == 0)))
    less = replan(fewer, before, plan.quantity, time_limit=60)
    assert validate(fewer, less.allocation) == [] and less.gained < 0
    again = replan(before, fewer, less.allocation.quantity, time_limit=60)
    assert again.allocation.value == pytest.approx(plan.value, rel=1e-6)


def test_what_shares_nothing_with_the_change_stays_as_it_is() -> None:
    one, other = market(60, 1, seed=1), market(60, 1, seed=2)
    n, m = len(one.demand), len(one.supply)
    both = AllocationProblem(
        need=np.concatenate((one.need, other.need + n)),
        capacity=np.concatenate((one.capacity, other.capacity + m)),
        value=np.concatenate((one.value, other.value)),
        fixed_cost=np.concatenate((one.fixed_cost, other.fixed_cost)),
        min_lot=np.concatenate((one.min_lot, other.min_lot)),
        demand=np.vstack((one.demand, other.demand)),
        supply=np.vstack((one.supply, other.supply)),
    )
    plan = allocate(both)
    changed = replace(both, demand=np.vstack((one.demand * 1.5, other.demand)))
    found = replan(changed, both, plan.quantity, time_limit=60)
    assert not found.touched[n:].any() and found.touched[:n].all()
    assert (found.allocation.quantity[one.links :] == plan.quantity[one.links :]).all()


def test_only_the_surroundings_of_a_change_are_planned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "REACH_COLUMNS", 200)
    before = market(1_200, 1, seed=3)
    plan = allocate(before, time_limit=20)
    value = before.value + np.where(before.need == 7, 25.0, 0.0)
    found = replan(replace(before, value=value), before, plan.quantity, time_limit=60)
    carried = float((value[:, None] * plan.quantity).sum()) - float(before.fixed_cost[plan.active].sum())
    assert 1 <= found.touched.sum() <= 12 and found.touched[7]
    assert found.allocation.value >= carried - 1e-6
    assert validate(replace(before, value=value), found.allocation) == []


def test_without_a_change_nothing_is_planned_again() -> None:
    before = market(60, 2, seed=1)
    plan = allocate(before)
    found = replan(before, before, plan.quantity, time_limit=60)
    assert not found.touched.any() and found.gained == 0.0
    assert (found.allocation.quantity == plan.quantity).all()


def test_another_shape_is_another_market() -> None:
    before = market(60, 2, seed=1)
    with pytest.raises(ValueError, match="needs, capacities and periods"):
        replan(market(60, 1, seed=1), before, np.zeros((before.links, 2)))
