"""Scenarios: seeded, shared by crop and country, and never better than the plan."""

from __future__ import annotations

import numpy as np
import pytest

from matching.policy import Policy
from matching.robustness import shortfalls
from matching.solve import solve

from .demo_market import demo_market


def test_the_same_seed_draws_the_same_scenarios() -> None:
    market = demo_market()
    assert (shortfalls(market, 3) == shortfalls(market, 3)).all()
    assert (shortfalls(market, 3) != shortfalls(market, 4)).any()


def test_neighbours_of_one_crop_fall_short_together() -> None:
    drawn = shortfalls(demo_market(Policy(scenarios=2000, own_shortfall=0.02)), 1)
    together = np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]
    apart = np.corrcoef(drawn[:, 0], drawn[:, 16])[0, 1]
    assert together > 0.7
    assert abs(apart) < 0.15


def test_without_shortfalls_the_plan_holds_fully() -> None:
    result = solve(demo_market(Policy(shared_shortfall=0.0, own_shortfall=0.0)))
    served = result.allocation.served
    share = np.array([report.covered_share for report in result.needs])
    assert result.robustness.reaches[served] == pytest.approx(1.0)
    assert result.robustness.reaches[~served] == pytest.approx(0.0)
    assert result.robustness.expected == pytest.approx(share)
    assert result.robustness.tail == pytest.approx(share)


def test_scenarios_never_beat_the_plan_and_the_tail_is_the_worst() -> None:
    result = solve(demo_market())
    share = np.array([report.covered_share for report in result.needs])
    assert (result.robustness.tail <= result.robustness.expected + 1e-12).all()
    assert (result.robustness.expected <= share + 1e-12).all()


def test_no_scenarios_says_nothing() -> None:
    assert np.isnan(solve(demo_market(Policy(scenarios=0))).robustness.reaches).all()
