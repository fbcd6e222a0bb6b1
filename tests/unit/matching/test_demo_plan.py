"""The demonstration market end to end: the published plan, coverage and reasons of every need."""

from __future__ import annotations

import numpy as np
import pytest

from matching.explain import explain, payment_curve
from matching.market import Market
from matching.result import Result
from matching.solve import solve
from matching.subset import capacities_of, needs_of

from .demo_expected import EXPECTED_COVERED_PCT, EXPECTED_KG
from .demo_market import BUYERS, demo_market


@pytest.fixture(scope="module")
def result() -> Result:
    return solve(demo_market())


def row(need: str) -> int:
    return [buyer.id for buyer in BUYERS].index(need)


def step_kg(need: str) -> float:
    """Kg of the last digit the published plan states: 0.01 t, or 0.01 carga of 125 kg."""
    return 1.25 if need == "B03" else 10.0


@pytest.mark.parametrize("need", sorted(EXPECTED_KG))
def test_plan_is_the_published_one(need: str, result: Result) -> None:
    found = {org: float(kg.sum()) for org, kg in result.plan()[need].items()}
    step = step_kg(need)
    # Half a step rounds either way, so a published last digit is within half a step of the truth.
    assert found == pytest.approx(EXPECTED_KG[need], abs=step / 2 + 0.01)


@pytest.mark.parametrize("need", sorted(EXPECTED_COVERED_PCT))
def test_coverage_is_the_published_one(need: str, result: Result) -> None:
    assert result.needs[row(need)].covered_pct == EXPECTED_COVERED_PCT[need]


def test_mean_landed_cost_of_story_one(result: Result) -> None:
    mine = result.problem.need == row("B01")
    kg = result.allocation.quantity[mine, 0]
    assert round(float((kg * result.pairs.landed[result.links[mine]]).sum() / kg.sum()), 1) == 2024.8


def test_every_run_is_proven_optimal(result: Result) -> None:
    assert result.status == "optimal"
    assert result.fit_cost == pytest.approx(0.0, abs=1.0)
    assert result.corridors.epsilon == pytest.approx(0.0, abs=1e-6)


def test_uncovered_needs_say_why(result: Result) -> None:
    def first(need: str) -> tuple[str, str]:
        reason = result.needs[row(need)].reasons[0]
        return reason.code, reason.gate

    assert first("B02") == ("no_capacity_of_grade", "")
    assert first("B09") == ("gate_alone", "payment_days")
    for need in ("B03", "B07", "B10"):
        assert first(need) == ("supply_short", "")
    codes = {reason.code for reason in result.needs[row("B05")].reasons}
    assert codes == {"gate", "supply_short"}


def test_relaxations_of_panama_are_days(result: Result) -> None:
    found = [
        (each.gate, each.distance, round(each.kg_per_period)) for each in result.needs[row("B09")].relaxations
    ]
    assert found == [("payment_days", 10.0, 10404), ("payment_days", 15.0, 17687)]


def test_payment_curve_of_story_one() -> None:
    curve = {
        point.days: (round(point.kg_per_period / 1000, 2), point.suppliers)
        for point in payment_curve(demo_market(), row("B01"))
    }
    assert curve[8.0] == (42.47, 5)
    assert curve[10.0] == (34.82, 3)
    assert curve[15.0] == (11.77, 1)


def test_at_fifteen_days_payment_days_close_the_need() -> None:
    result = solve(demo_market(days={"B01": 15}))
    report = result.needs[row("B01")]
    gates = {reason.gate: reason for reason in report.reasons if reason.code == "gate"}
    assert report.covered_kg == 0.0
    assert gates["payment_days"].params["alone_kg_per_period"] == pytest.approx(30704.05, abs=1)
    assert (report.reasons[0].code, report.reasons[0].gate) == ("gate", "payment_days")
    assert {"min_fill", "min_suppliers", "supply_short"} <= {reason.code for reason in report.reasons}


def test_every_pair_is_explained(result: Result) -> None:
    found = explain(result)
    assert len(found) == len(result.pairs)
    by_verdict = {
        verdict: [each for each in found if each.verdict == verdict]
        for verdict in ("chosen", "open", "closed")
    }
    assert len(by_verdict["chosen"]) == int(result.allocation.active.sum())
    assert [(each.need, each.capacity, each.code) for each in by_verdict["open"]] == [
        (row("B06"), 15, "enough_suppliers")
    ]
    assert all(each.gates and each.code == each.gates[0][0] for each in by_verdict["closed"])
    codes = {each.capacity: each.code for each in explain(result, row("B01")) if each.verdict == "chosen"}
    assert codes == {0: "all_it_has", 1: "all_it_has", 2: "fills_the_need", 4: "all_it_has", 5: "all_it_has"}


def test_corridors_of_story_one_end_at_the_dearest_supplier(result: Result) -> None:
    mine = np.flatnonzero((result.problem.need == row("B01")) & result.allocation.active)
    landed = result.pairs.landed[result.links[mine]]
    assert result.prices.low[mine] == pytest.approx(landed)
    assert result.prices.high[mine] == pytest.approx(np.full(len(mine), landed.max()), abs=0.05)
    assert (result.prices.proposed[mine] <= 2150).all()


def test_order_of_rows_does_not_change_the_plan(result: Result) -> None:
    market = demo_market()
    needs = np.random.default_rng(1).permutation(len(market.needs))
    capacities = np.random.default_rng(2).permutation(len(market.capacities))
    held = capacities_of(market.capacities, capacities)
    moved = Market(
        needs=needs_of(market.needs, needs), capacities=held, periods=market.periods, policy=market.policy
    )
    again = solve(moved)
    for need, plan in result.plan().items():
        assert {org: kg.tobytes() for org, kg in plan.items()} == {
            org: kg.tobytes() for org, kg in again.plan()[need].items()
        }


def test_importing_the_library_loads_no_solver() -> None:
    import subprocess
    import sys

    code = (
        "import sys, matching.solve, matching.explain, matching.generate;"
        "print([name for name in ('ortools', 'highspy', 'sklearn', 'joblib') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
