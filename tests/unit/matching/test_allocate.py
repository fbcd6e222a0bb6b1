"""What must hold for every plan, on random small markets against exhaustive search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocate import allocate, kernel, slopes
from matching.components import split
from matching.generate import market
from matching.problem import AllocationProblem
from matching.validate import validate

from .exhaustive import optimum
from .small import problems

FEW = settings(max_examples=25, deadline=None)


def close(value: float, other: float) -> bool:
    return abs(value - other) <= 1e-5 * max(1.0, abs(other))


@FEW
@given(problems())
def test_small_markets_reach_the_exhaustive_optimum(problem: AllocationProblem) -> None:
    plan = allocate(problem)
    assert validate(problem, plan) == []
    best = optimum(problem)
    assert close(plan.value, best), (plan.value, best)
    assert plan.bound >= best - 1e-5 * max(1.0, abs(best))
    assert plan.status == "optimal"


@FEW
@given(problems(linear=True))
def test_linear_markets_reach_the_exhaustive_optimum(problem: AllocationProblem) -> None:
    plan = allocate(problem)
    assert validate(problem, plan) == []
    assert close(plan.value, optimum(problem))
    assert plan.stats.get("links_network", 0) == sum(part.problem.links for part in split(problem))


@FEW
@given(problems(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_change_the_value(problem: AllocationProblem, random: object) -> None:
    order = np.random.default_rng(random.randint(0, 2**31)).permutation(problem.links)  # type: ignore[attr-defined]
    assert close(allocate(problem.only(order)).value, allocate(problem).value)


@FEW
@given(problems())
def test_looser_conditions_never_lower_the_value(problem: AllocationProblem) -> None:
    value = allocate(problem).value
    assert problem.max_suppliers is not None and problem.min_fill is not None
    for looser in (
        replace(problem, supply=problem.supply + 3),
        replace(problem, fixed_cost=problem.fixed_cost / 2),
        replace(problem, min_lot=problem.min_lot / 2),
        replace(problem, max_suppliers=problem.max_suppliers + 1),
        replace(problem, min_fill=problem.min_fill / 2),
        replace(problem, max_share=np.ones(len(problem.demand))),
        replace(problem, min_suppliers=np.zeros(len(problem.demand), dtype=int)),
    ):
        assert allocate(looser).value >= value - 1e-5 * max(1.0, abs(value))


@FEW
@given(problems())
def test_parts_add_up_to_the_whole(problem: AllocationProblem) -> None:
    whole = allocate(problem).value
    assert close(sum(allocate(part.problem).value for part in split(problem)), whole)


@FEW
@given(problems())
def test_scaling_money_scales_the_value(problem: AllocationProblem) -> None:
    assert problem.switching_cost is not None
    scaled = replace(
        problem,
        value=problem.value * 7,
        fixed_cost=problem.fixed_cost * 7,
        switching_cost=problem.switching_cost * 7,
    )
    assert close(allocate(scaled).value, 7 * allocate(problem).value)


@FEW
@given(problems())
def test_a_link_to_nobody_changes_nothing(problem: AllocationProblem) -> None:
    assert problem.incumbent is not None and problem.switching_cost is not None
    more = replace(
        problem,
        need=np.append(problem.need, 0),
        capacity=np.append(problem.capacity, len(problem.supply)),
        value=np.append(problem.value, 20.0),
        fixed_cost=np.append(problem.fixed_cost, 0.0),
        min_lot=np.append(problem.min_lot, 0.0),
        incumbent=np.append(problem.incumbent, False),
        switching_cost=np.append(problem.switching_cost, 0.0),
        joint=None if problem.joint is None else np.append(problem.joint, -1),
        supply=np.vstack((problem.supply, np.zeros(problem.periods))),
    )
    assert close(allocate(more).value, allocate(problem).value)


@FEW
@given(problems(most_links=9))
def test_slope_scaling_and_kernels_give_plans_that_hold(problem: AllocationProblem) -> None:
    """The heuristics of large markets on small ones: feasible, bounded, never above the optimum."""
    best = allocate(problem)
    begun = slopes.start(problem, lambda: False)
    assert begun.bound >= best.value - 1e-6 * max(1.0, abs(best.value))
    found = kernel.solve(problem, time_limit=60, gap=0.0, seed=1, start=begun.quantity)
    for quantity in (begun.quantity, found):
        active = quantity.sum(axis=1) > 0
        served = np.zeros(len(problem.demand), dtype=bool)
        served[problem.need[active]] = True
        value = problem.objective(quantity, active)
        assert (
            validate(problem, replace(best, quantity=quantity, active=active, served=served, value=value))
            == []
        )
        assert value <= best.value + 1e-5 * max(1.0, abs(best.value))


def test_one_and_two_workers_give_the_same_plan() -> None:
    parts = [market(60, 2, seed=seed, conditions=True) for seed in (1, 2)]
    n, m = len(parts[0].demand), len(parts[0].supply)
    both = AllocationProblem(
        need=np.concatenate((parts[0].need, parts[1].need + n)),
        capacity=np.concatenate((parts[0].capacity, parts[1].capacity + m)),
        value=np.concatenate([part.value for part in parts]),
        fixed_cost=np.concatenate([part.fixed_cost for part in parts]),
        min_lot=np.concatenate([part.min_lot for part in parts]),
        demand=np.vstack([part.demand for part in parts]),
        supply=np.vstack([part.supply for part in parts]),
    )
    alone, together = allocate(both, workers=1), allocate(both, workers=2)
    assert alone.quantity.tobytes() == together.quantity.tobytes()


def test_progress_may_stop_a_run_and_the_plan_stays_usable() -> None:
    problem = market(240, 12, seed=2)
    seen: list[float] = []

    def stop(done: float, value: float, bound: float) -> bool:
        seen.append(done)
        return len(seen) < 3

    plan = allocate(problem, progress=stop)
    assert plan.status == "time_limit"
    assert validate(problem, plan) == []
    assert seen == sorted(seen)


def test_pins_are_kept_and_impossible_pins_are_named() -> None:
    problem = AllocationProblem(
        need=np.array([0, 0]),
        capacity=np.array([0, 1]),
        value=np.array([5.0, 1.0]),
        fixed_cost=np.array([0.0, 9.0]),
        min_lot=np.array([0.0, 4.0]),
        demand=np.array([[10.0]]),
        supply=np.array([[10.0], [10.0]]),
        pinned=np.array([False, True]),
    )
    plan = allocate(problem)
    assert plan.quantity[:, 0].tolist() == pytest.approx([6.0, 4.0])
    impossible = allocate(replace(problem, min_lot=np.array([0.0, 11.0])))
    assert impossible.status == "infeasible"
    assert impossible.causes == (("pin_cannot_hold", 1),)
    assert impossible.quantity[:, 0].tolist() == pytest.approx([10.0, 0.0])
    assert validate(replace(problem, min_lot=np.array([0.0, 11.0])), impossible) == []


def test_two_capacities_of_one_organization_count_once_and_share_its_limit() -> None:
    problem = AllocationProblem(
        need=np.array([0, 0, 0]),
        capacity=np.array([0, 1, 2]),
        value=np.array([5.0, 5.0, 1.0]),
        fixed_cost=np.zeros(3),
        min_lot=np.zeros(3),
        demand=np.array([[10.0]]),
        supply=np.full((3, 1), 10.0),
        min_suppliers=np.array([2]),
        max_share=np.array([0.6]),
        supplier=np.array([7, 7, 8]),
    )
    plan = allocate(problem)
    assert validate(problem, plan) == []
    assert plan.quantity[:2, 0].sum() == pytest.approx(6.0)
    assert plan.quantity[2, 0] == pytest.approx(4.0)


def test_one_buyer_takes_no_more_than_the_dependency_limit() -> None:
    problem = AllocationProblem(
        need=np.array([0, 1, 2]),
        capacity=np.zeros(3, dtype=int),
        value=np.array([5.0, 4.0, 1.0]),
        fixed_cost=np.zeros(3),
        min_lot=np.zeros(3),
        demand=np.full((3, 1), 10.0),
        supply=np.array([[20.0]]),
        buyer=np.array([0, 0, 1]),
        dependency=np.array([12.0]),
    )
    plan = allocate(problem)
    assert validate(problem, plan) == []
    assert plan.quantity[:, 0].tolist() == pytest.approx([10.0, 2.0, 8.0])


def test_a_token_supplier_does_not_count() -> None:
    """Two suppliers are asked for; the second must really deliver, at a loss if need be."""
    problem = AllocationProblem(
        need=np.array([0, 0]),
        capacity=np.array([0, 1]),
        value=np.array([5.0, -1.0]),
        fixed_cost=np.zeros(2),
        min_lot=np.zeros(2),
        demand=np.array([[10.0]]),
        supply=np.full((2, 1), 10.0),
        min_suppliers=np.array([2]),
    )
    plan = allocate(problem)
    assert plan.quantity[:, 0].tolist() == pytest.approx([9.0, 1.0])


def test_an_empty_market_has_an_empty_plan() -> None:
    none = np.zeros(0, dtype=int)
    plan = allocate(
        AllocationProblem(
            need=none,
            capacity=none,
            value=np.zeros(0),
            fixed_cost=np.zeros(0),
            min_lot=np.zeros(0),
            demand=np.zeros((0, 3)),
            supply=np.zeros((0, 3)),
        )
    )
    assert (plan.status, plan.value, plan.bound) == ("optimal", 0.0, 0.0)
