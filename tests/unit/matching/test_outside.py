"""What draws members away from a plan, and what a step of the buyer's would bring."""

from __future__ import annotations

import numpy as np
import pytest

from matching.outside import openings, side_selling
from matching.solve import solve
from tests.unit.matching.demo_market import demo_market
from tests.unit.matching.small import one_pair


def test_waiting_and_freight_make_a_good_price_small() -> None:
    """Story 3: 4.20 at 15 days and 4 % a month is worth 4.12; a spot price of 5.00 is 21 % above it."""
    market = one_pair(
        {"wait_days": [15.0], "ceiling": [4.2], "price": [4.2]}, {"ask": [3.0], "max_wait_days": [20.0]}
    )
    result = solve(market)
    found = side_selling(result, np.array([5.0]))
    assert found.worth[0] == pytest.approx(4.2 / 1.02)
    assert found.gain[0] == pytest.approx(5.0 - 4.2 / 1.02)
    assert found.alarm[0]
    assert not side_selling(result, np.array([4.3])).alarm[0]
    assert np.isnan(side_selling(result, np.array([np.nan])).gain[0])


def test_more_patience_is_worth_what_it_lets_in() -> None:
    market = one_pair({"wait_days": [15.0]}, {"max_wait_days": [10.0]})
    (step,) = openings(solve(market), 0)
    assert (step.relaxation.gate, step.relaxation.distance) == ("payment_days", 5.0)
    assert step.kg == pytest.approx(100.0)
    assert step.money == pytest.approx(100.0 * (20.0 - 15.0))


def test_no_step_promises_more_than_is_missing() -> None:
    result = solve(demo_market())
    for need, report in enumerate(result.needs):
        missing = report.wanted_kg - report.covered_kg
        for step in openings(result, need):
            assert -1e-6 <= step.kg <= missing + 1e-6 and step.money >= 0
