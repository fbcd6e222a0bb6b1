"""Prices: the ends against a linear program, and nobody gains by leaving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from matching.allocate import allocate
from matching.lattice import ends
from matching.prices import corridors, landed_prices
from matching.prices.epsilon import alone, divide
from matching.problem import AllocationProblem

from .small import problems

FEW = settings(max_examples=40, deadline=None)


def duals(problem: AllocationProblem, value: float, prefer: str) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Optimal payoffs of a one-period linear market that are best for one side, by linear programming."""
    n, m, e = len(problem.demand), len(problem.supply), problem.links
    uppers = problem.uppers()[:, 0]
    cost = np.concatenate((problem.demand[:, 0], problem.supply[:, 0], uppers))
    cover = np.zeros((e, n + m + e))
    cover[np.arange(e), problem.need] = 1
    cover[np.arange(e), n + problem.capacity] = 1
    cover[np.arange(e), n + m + np.arange(e)] = 1
    # Minimising the sum of the other side's payoffs over the optimal duals gives this side's best end.
    other = np.zeros(n + m + e)
    other[:n] = prefer == "sellers"
    other[n : n + m] = prefer == "buyers"
    found = linprog(
        other,
        A_ub=np.vstack((-cover, cost)),
        b_ub=np.append(-problem.values()[:, 0], value + 1e-9),
        bounds=(0, None),
    )
    assert found.status == 0, found.message
    return found.x[:n], found.x[n : n + m]


@FEW
@given(problems(linear=True, most_periods=1))
def test_both_ends_match_the_linear_program(problem: AllocationProblem) -> None:
    plan = allocate(problem)
    got = ends(
        problem.need,
        problem.capacity,
        problem.values()[:, 0],
        plan.quantity[:, 0],
        problem.uppers()[:, 0],
        problem.demand[:, 0],
        problem.supply[:, 0],
    )
    assert got.optimal
    # The program leaves open what a row without volume is promised.
    wanted, offered = problem.demand[:, 0] > 0, problem.supply[:, 0] > 0
    q_low = duals(problem, plan.value, "buyers")[1]
    alpha_low = duals(problem, plan.value, "sellers")[0]
    assert got.q_buyer_best[offered].sum() == pytest.approx(q_low[offered].sum(), abs=1e-5)
    assert got.alpha_seller_best[wanted].sum() == pytest.approx(alpha_low[wanted].sum(), abs=1e-5)


@FEW
@given(problems(linear=True))
def test_duality_and_complementary_slackness(problem: AllocationProblem) -> None:
    """At both ends payoffs add up to the plan's value, and no pair could gain by trading otherwise."""
    plan = allocate(problem)
    total_buyer = total_seller = 0.0
    for t in range(problem.periods):
        value, upper = problem.values()[:, t], problem.uppers()[:, t]
        demand, supply = problem.demand[:, t], problem.supply[:, t]
        got = ends(problem.need, problem.capacity, value, plan.quantity[:, t], upper, demand, supply)
        for alpha, q in (
            (got.alpha_buyer_best, got.q_buyer_best),
            (got.alpha_seller_best, got.q_seller_best),
        ):
            rent = np.maximum(0.0, value - alpha[problem.need] - q[problem.capacity])
            free = plan.quantity[:, t] < upper - 1e-6
            assert (rent[free] <= 1e-6).all()
            whole = alpha @ demand + q @ supply + rent @ upper
            if alpha is got.alpha_buyer_best:
                total_buyer += whole
            else:
                total_seller += whole
    assert total_buyer == pytest.approx(plan.value, abs=1e-5)
    assert total_seller == pytest.approx(plan.value, abs=1e-5)


@FEW
@given(problems(linear=True))
def test_linear_corridors_are_ordered_and_tempt_nobody(problem: AllocationProblem) -> None:
    plan = allocate(problem)
    found = corridors(problem, plan)
    traded = plan.active
    assert (np.isnan(found.low) == ~traded).all()
    assert (found.low[traded] <= found.high[traded] + 1e-9).all()
    assert (found.low[traded] >= -1e-9).all()
    assert found.epsilon == 0.0
    assert found.need_rent.sum() + found.capacity_rent.sum() == pytest.approx(plan.value, abs=1e-6)


@FEW
@given(problems())
def test_epsilon_is_the_largest_temptation_found_by_looking_at_every_pair(problem: AllocationProblem) -> None:
    plan = allocate(problem)
    division = divide(problem, plan.quantity)
    kg, deal = plan.quantity.sum(axis=1), problem.deals()
    # The members of a bundle share its fixed cost by what they deliver.
    share = kg / np.maximum(np.bincount(deal, weights=kg)[deal], 1e-300)
    surplus = (problem.values() * plan.quantity).sum(axis=1) - problem.fixed_cost * share
    for seller in (division.seller_low, division.seller_high):
        buyer_total = np.bincount(problem.need, surplus * plan.active - seller, len(problem.demand))
        seller_total = np.bincount(problem.capacity, seller, len(problem.supply))
        tempted = max(
            (
                alone(problem)[link] - buyer_total[problem.need[link]] - seller_total[problem.capacity[link]]
                for link in range(problem.links)
            ),
            default=0.0,
        )
        assert tempted <= division.epsilon + 1e-5


@FEW
@given(problems())
def test_no_division_tempts_less(problem: AllocationProblem) -> None:
    """Any other division of the surplus, equal parts for instance, tempts some pair at least as much."""
    plan = allocate(problem)
    division = divide(problem, plan.quantity)
    surplus = ((problem.values() * plan.quantity).sum(axis=1) - problem.fixed_cost) * plan.active
    half = surplus / 2
    buyer = np.bincount(problem.need, surplus - half, len(problem.demand))
    seller = np.bincount(problem.capacity, half, len(problem.supply))
    if (buyer >= 0).all() and (seller >= 0).all():
        worst = float((alone(problem) - buyer[problem.need] - seller[problem.capacity]).max(initial=0.0))
        assert division.epsilon <= worst + 1e-5


def test_two_buyers_bid_for_one_seller() -> None:
    """Values 10 and 7 for the same 5 kg: the winner pays between the loser's value and his own."""
    problem = AllocationProblem(
        need=np.array([0, 1]),
        capacity=np.array([0, 0]),
        value=np.array([10.0, 7.0]),
        fixed_cost=np.zeros(2),
        min_lot=np.zeros(2),
        demand=np.full((2, 1), 5.0),
        supply=np.array([[5.0]]),
    )
    found = corridors(problem, allocate(problem))
    assert (found.low[0], found.high[0]) == pytest.approx((7.0, 10.0))
    assert found.more_supply[0, 0] == pytest.approx(7.0)
    assert np.isnan(found.low[1])


def test_the_published_price_is_proposed_inside_the_corridor_only() -> None:
    problem = AllocationProblem(
        need=np.array([0, 1]),
        capacity=np.array([0, 0]),
        value=np.array([10.0, 7.0]),
        fixed_cost=np.zeros(2),
        min_lot=np.zeros(2),
        demand=np.full((2, 1), 5.0),
        supply=np.array([[5.0]]),
    )
    found = corridors(problem, allocate(problem))
    cost, ceiling, none = np.full(2, 100.0), np.array([109.0, 107.0]), np.array([False, False])
    inside = landed_prices(found, cost, ceiling, np.array([108.0, 108.0]), none)
    outside = landed_prices(found, cost, ceiling, np.array([120.0, 120.0]), none)
    assert (inside.low[0], inside.high[0], inside.proposed[0]) == pytest.approx((107.0, 109.0, 108.0))
    assert outside.proposed[0] == pytest.approx(108.0)
    formula = landed_prices(found, cost, ceiling, np.array([120.0, 120.0]), np.array([True, True]))
    assert (formula.low[0], formula.high[0], formula.proposed[0]) == (120.0, 120.0, 120.0)


@FEW
@given(problems(linear=True), st.integers(0, 2), st.booleans())
def test_one_more_kg_brings_no_more_than_its_worth(
    problem: AllocationProblem, row: int, of_supply: bool
) -> None:
    """The value is concave in supply and demand, so its slope bounds what one more kg really brings."""
    plan = allocate(problem)
    found = corridors(problem, plan)
    worth = found.more_supply if of_supply else found.more_demand
    row %= len(worth)
    if np.isnan(worth[row, 0]):
        assert row not in (problem.capacity if of_supply else problem.need)
        return
    supply, demand = problem.supply.copy(), problem.demand.copy()
    (supply if of_supply else demand)[row, 0] += 1.0
    gained = allocate(replace(problem, supply=supply, demand=demand)).value - plan.value
    assert gained <= worth[row, 0] + 1e-6


@FEW
@given(problems(linear=True, most_periods=1))
def test_clearing_prices_lie_inside_the_corridor(problem: AllocationProblem) -> None:
    found = corridors(problem, allocate(problem))
    traded = ~np.isnan(found.low)
    assert (found.clearing_low[traded] >= found.low[traded] - 1e-9).all()
    assert (found.clearing_high[traded] <= found.high[traded] + 1e-9).all()


def test_a_scarce_good_clears_at_the_buyers_value() -> None:
    """One buyer of 10 kg, one seller of 5: any price up to the value is stable, the clearing one is it."""
    problem = AllocationProblem(
        need=np.zeros(1, dtype=int),
        capacity=np.zeros(1, dtype=int),
        value=np.array([10.0]),
        fixed_cost=np.zeros(1),
        min_lot=np.zeros(1),
        demand=np.array([[10.0]]),
        supply=np.array([[5.0]]),
    )
    found = corridors(problem, allocate(problem))
    assert (found.low[0], found.high[0]) == pytest.approx((0.0, 10.0))
    assert (found.clearing_low[0], found.clearing_high[0]) == pytest.approx((10.0, 10.0))
    assert found.more_supply[0, 0] == pytest.approx(10.0)
    assert found.more_demand[0, 0] == pytest.approx(0.0)
