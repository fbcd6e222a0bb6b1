"""The broker's wishes through the whole run, and the reasons given when something is not used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.explain import explain
from matching.market import Capacities, Market, Needs
from matching.policy import Policy
from matching.result import Result
from matching.solve import solve

from .demo_market import demo_market


def trade(
    needs: dict[str, Any], capacities: dict[str, Any], policy: Policy | None = None, **more: Any
) -> Market:
    """Needs and capacities of one product in one period, everybody ready."""
    n, m = len(needs["demand"]), len(capacities["supply"])
    return Market(
        needs=Needs(
            **{
                "id": [f"N{k}" for k in range(n)],
                "concept": np.zeros(n, dtype=int),
                "wait_days": np.zeros(n),
                **needs,
            }
        ),
        capacities=Capacities(
            **{
                "id": [f"C{k}" for k in range(m)],
                "concept": np.zeros(m, dtype=int),
                "readiness": np.full(m, 80.0),
                **capacities,
            }
        ),
        periods=np.ones(np.shape(needs["demand"])[1]),
        policy=policy or Policy(),
        **more,
    )


def kg(result: Result) -> dict[tuple[int, int], float]:
    """Planned kg by (need, capacity)."""
    total = result.allocation.quantity.sum(axis=1)
    rows = zip(result.problem.need, result.problem.capacity, total, strict=True)
    return {(int(i), int(j)): float(amount) for i, j, amount in rows if amount > 0}


def codes(result: Result) -> dict[tuple[int, int], str]:
    return {(each.need, each.capacity): each.code for each in explain(result)}


TWO = {"demand": [[10.0]], "ceiling": [20.0]}, {"supply": [[10.0], [10.0]], "ask": [5.0, 8.0]}


def test_the_cheaper_one_wins_and_the_dearer_one_is_told() -> None:
    result = solve(trade(*TWO))
    assert kg(result) == {(0, 0): 10.0}
    assert codes(result) == {(0, 0): "all_it_has", (0, 1): "dearer"}
    assert result.value_money == pytest.approx(150.0)


def test_a_pin_forces_and_an_exclusion_forbids() -> None:
    pinned = solve(trade(*TWO, pins=[[0, 1]]))
    assert (0, 1) in kg(pinned)
    assert kg(solve(trade(*TWO, exclusions=[[0, 0]]))) == {(0, 1): 10.0}


def test_a_pin_on_a_closed_pair_is_reported_not_forced() -> None:
    result = solve(trade(*TWO, exclusions=[[0, 0]], pins=[[0, 0]]))
    assert [(note.code, dict(note.params)) for note in result.notes] == [
        ("pin_closed", {"need": 0.0, "capacity": 0.0})
    ]
    assert kg(result) == {(0, 1): 10.0}


def test_a_cap_per_pair_holds_in_every_period() -> None:
    result = solve(trade(*TWO, caps=[[0, 0, 4.0]]))
    assert kg(result) == pytest.approx({(0, 0): 4.0, (0, 1): 6.0})
    assert codes(result)[0, 0] == "pair_limit"


def test_a_share_limit_is_named() -> None:
    result = solve(trade({**TWO[0], "max_share": [0.7]}, TWO[1]))
    assert kg(result) == pytest.approx({(0, 0): 7.0, (0, 1): 3.0})
    assert codes(result) == {(0, 0): "share_limit", (0, 1): "fills_the_need"}


def test_fit_breaks_a_tie_of_money() -> None:
    asked = {**TWO[0], "description": ["lavado"]}
    offered = {"supply": [[10.0], [10.0]], "ask": [5.0, 5.0], "description": ["sucio", "lavado"]}
    result = solve(trade(asked, offered))
    assert kg(result) == {(0, 1): 10.0}
    assert result.fit_cost == pytest.approx(0.0)


def test_heavy_fit_costs_money_and_the_run_says_how_much() -> None:
    asked = {**TWO[0], "description": ["lavado"]}
    offered = {**TWO[1], "description": ["sucio", "lavado"]}
    result = solve(trade(asked, offered, Policy(fit_weight=10.0)))
    assert kg(result) == {(0, 1): 10.0}
    assert result.fit_cost == pytest.approx(30.0)


def test_an_alliance_that_runs_is_kept_when_switching_costs_more() -> None:
    assert kg(solve(trade(*TWO, Policy(switching_cost=25.0), incumbents=[[0, 1]]))) == {(0, 0): 10.0} | {
        (0, 0): 9.0,
        (0, 1): 1.0,
    }
    alone = {**TWO[0], "max_suppliers": [1]}
    assert kg(solve(trade(alone, TWO[1], Policy(switching_cost=31.0), incumbents=[[0, 1]]))) == {(0, 1): 10.0}
    assert kg(solve(trade(alone, TWO[1], Policy(switching_cost=29.0), incumbents=[[0, 1]]))) == {(0, 0): 10.0}


def test_competition_names_the_kg_that_went_elsewhere() -> None:
    needs = {"demand": [[10.0], [10.0]], "ceiling": [20.0, 15.0]}
    result = solve(trade(needs, {"supply": [[12.0]], "ask": [5.0]}))
    assert kg(result) == pytest.approx({(0, 0): 10.0, (1, 0): 2.0})
    reasons = {reason.code: reason for reason in result.needs[1].reasons}
    assert reasons["competition"].params["kg_elsewhere"] == pytest.approx(10.0)
    assert result.needs[0].reasons == ()


def test_reserve_names_who_can_step_in_and_what_is_missing() -> None:
    result = solve(trade(TWO[0], {"supply": [[10.0], [4.0]], "ask": [5.0, 8.0]}))
    report = result.needs[0]
    assert [(each.capacity, each.kg, each.landed) for each in report.standby] == [(1, 4.0, 8.0)]
    assert report.standby_short_kg == pytest.approx(6.0)


def test_a_lot_that_cannot_be_reached_is_a_reason() -> None:
    result = solve(trade(TWO[0], {"supply": [[10.0], [10.0]], "ask": [5.0, 4.0], "min_lot": [0.0, 11.0]}))
    assert kg(result) == {(0, 0): 10.0}
    assert codes(result)[0, 1] == "min_lot"


def test_a_counted_supplier_delivers_the_least_share() -> None:
    asked = {"demand": [[1000.0]], "ceiling": [20.0], "min_suppliers": [2]}
    offered = {"supply": [[1000.0], [1000.0]], "ask": [5.0, 8.0]}
    result = solve(trade(asked, offered, Policy(least_share=0.05)))
    assert kg(result) == pytest.approx({(0, 0): 950.0, (0, 1): 50.0})


def test_formula_takers_trade_at_the_buyers_price_and_the_nearer_goes_first() -> None:
    asked = {"demand": [[10.0]], "price": [20.0], "lat": [4.0], "lon": [-75.0]}
    offered = {
        "supply": [[6.0], [6.0]],
        "lat": [4.5, 4.1],
        "lon": [-75.0, -75.0],
        "freight_per_km": [0.01, 0.01],
    }
    result = solve(trade(asked, offered))
    assert kg(result) == pytest.approx({(0, 0): 4.0, (0, 1): 6.0})
    assert result.prices.proposed.tolist() == [20.0, 20.0]
    assert np.isnan(result.corridors.bargaining).all()


def test_a_need_without_product_in_the_market_has_no_capacity() -> None:
    result = solve(trade({**TWO[0], "concept": [7]}, TWO[1]))
    assert [reason.code for reason in result.needs[0].reasons] == ["no_capacity"]
    assert (result.status, result.value) == ("optimal", 0.0)


@pytest.mark.parametrize(("n", "m"), [(0, 2), (1, 0), (0, 0)])
def test_an_empty_side_is_an_empty_plan(n: int, m: int) -> None:
    market = Market(
        needs=Needs(id=["N"][:n], concept=np.zeros(n), wait_days=np.zeros(n), demand=np.ones((n, 1))),
        capacities=Capacities(id=["C", "D"][:m], concept=np.zeros(m), supply=np.ones((m, 1))),
        periods=np.ones(1),
    )
    assert solve(market).plan() == {name: {} for name in market.needs.id}


def test_dependency_limits_one_buyer() -> None:
    result = solve(trade(TWO[0], TWO[1], Policy(max_buyer_share=0.6)))
    assert kg(result) == pytest.approx({(0, 0): 6.0, (0, 1): 4.0})


def test_the_result_repeats_and_carries_its_versions() -> None:
    first, second = solve(demo_market(), seed=4), solve(demo_market(), seed=4)
    assert first.allocation.quantity.tobytes() == second.allocation.quantity.tobytes()
    assert {"matching", "ortools", "highspy"} <= set(first.versions)


def test_a_policy_of_fixed_costs_reports_the_temptation_left() -> None:
    market = replace(demo_market(), policy=Policy(fixed_cost=100_000.0))
    result = solve(market)
    assert result.status in ("optimal", "within_gap")
    assert result.corridors.epsilon >= 0.0
    assert not result.corridors.linear[result.allocation.active].all()


def test_a_weight_on_the_tail_is_reported_and_kept_within_the_market() -> None:
    market = demo_market()
    plain = solve(market)
    careful = solve(replace(market, policy=replace(market.policy, tail_weight=0.8)))
    assert plain.robustness.hedge is None
    hedge = careful.robustness.hedge
    assert hedge is not None and hedge.tail >= hedge.tail_before - 1e-9
    assert careful.value <= plain.value + 1e-9 and careful.bound == plain.bound
