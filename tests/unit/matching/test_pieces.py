"""Large markets: pieces, their limits, and the relaxations that price them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.allocate import allocate, component, in_pieces, pieces
from matching.allocate.relaxation import relax, relax_by_flow
from matching.generate import market
from matching.problem import AllocationProblem
from matching.validate import validate
from tests.unit.matching.small import problems
from tests.unit.matching.test_allocate import FEW


@FEW
@given(problems(most_links=9), st.integers(1, 6), st.floats(0, 40))
def test_pieces_cover_every_need_once_and_prove_a_limit_at_any_price(
    problem: AllocationProblem, columns: int, price: float
) -> None:
    cut = pieces.cut(problem, columns)
    needs = np.concatenate(cut) if cut else np.zeros(0, dtype=int)
    wanted = np.unique(problem.need[problem.uppers().sum(axis=1) > 0])
    assert set(wanted) <= set(needs) and len(needs) == len(set(needs))
    priced = pieces.priced(problem, cut, np.full_like(problem.supply, price))
    limit = priced.paid + sum(allocate(part.problem).bound for part in priced.parts)
    best = allocate(problem)
    assert limit >= best.value - 1e-6 * max(1.0, abs(best.value))


def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> AllocationProblem:
    """A market that is cut into several pieces."""
    monkeypatch.setattr(component, "WHOLE_COLUMNS", 700)
    monkeypatch.setattr(component, "SMALL_COLUMNS", 100)
    monkeypatch.setattr(in_pieces, "PIECE_COLUMNS", 300)
    return market(400, 3, seed=3)


def test_a_large_market_is_planned_in_pieces_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    best = allocate(market(400, 3, seed=3), time_limit=20)
    plan = allocate(in_small_pieces(monkeypatch), time_limit=60, seed=5)
    assert plan.stats["links_pieces"] >= 300 and plan.stats["rounds"] >= 8
    assert validate(market(400, 3, seed=3), plan) == []
    assert plan.value >= 0.9 * best.value  # five needs a piece: nearly everything lies on a border
    assert plan.bound >= best.value * (1 - 1e-6)


def test_pieces_keep_every_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    in_small_pieces(monkeypatch)
    problem = market(400, 3, seed=4, conditions=True)
    limited = replace(
        problem,
        buyer=np.arange(len(problem.demand)) // 3,
        dependency=problem.supply.sum(axis=1) * 0.6,
        supplier=np.arange(len(problem.supply)) // 2,
    )
    plan = allocate(limited, time_limit=60)
    assert plan.stats["links_pieces"] >= 300
    assert validate(limited, plan) == []


def test_pieces_in_one_two_and_three_workers_are_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = in_small_pieces(monkeypatch)
    plans = [allocate(problem, time_limit=100, seed=1, workers=workers) for workers in (1, 2, 3)]
    assert plans[0].stats["rounds"] >= 8
    assert len({plan.quantity.tobytes() for plan in plans}) == 1
    assert len({plan.bound for plan in plans}) == 1


@pytest.mark.parametrize("periods", [1, 2])
def test_the_relaxations_bound_the_optimum(periods: int) -> None:
    problem = market(60, periods, seed=4, conditions=True)
    best = allocate(problem).value
    tight, loose = relax(problem, 10.0), relax_by_flow(problem)
    assert tight is not None
    assert best <= tight.bound <= loose.bound + 1e-6


def test_the_two_relaxations_agree_on_one_period() -> None:
    problem = market(200, 1, seed=6)
    tight, loose = relax(problem, 10.0), relax_by_flow(problem)
    assert tight is not None
    assert loose.bound == pytest.approx(tight.bound, rel=1e-6)
    # Reduced costs: nothing left out by the relaxation would add anything.
    assert tight.gain[~tight.used].max() <= 1e-6
