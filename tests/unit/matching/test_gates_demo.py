"""The gates on the demonstration market: exactly the published closures, with their distances."""

from __future__ import annotations

import numpy as np
import pytest

from matching.pairs import evaluate

from .demo_expected import EXPECTED_CLOSED
from .demo_market import demo_market


@pytest.fixture(scope="module")
def closures() -> dict[str, dict[str, dict[str, float]]]:
    market = demo_market()
    pairs = evaluate(market)
    found: dict[str, dict[str, dict[str, float]]] = {need: {} for need in market.needs.id}
    for row in np.flatnonzero(pairs.closed):
        need, capacity = market.needs.id[pairs.need[row]], market.capacities.id[pairs.capacity[row]]
        found[need][capacity] = dict(pairs.closed_gates(int(row)))
    return found


@pytest.mark.parametrize("need", sorted(EXPECTED_CLOSED))
def test_closed_gates_are_the_published_ones(
    need: str, closures: dict[str, dict[str, dict[str, float]]]
) -> None:
    expected = EXPECTED_CLOSED[need]
    assert {org: set(gates) for org, gates in closures[need].items()} == {
        org: set(gates) for org, gates in expected.items()
    }
    for org, gates in expected.items():
        for gate, distance in gates.items():
            if distance is not None:
                assert closures[need][org][gate] == pytest.approx(distance, abs=1e-9)


def test_story_one_landed_costs_are_the_published_ones() -> None:
    market = demo_market()
    pairs = evaluate(market)
    published = {
        "P06": (31, 1897.0),
        "P04": (45, 1935.0),
        "P02": (37, 2000.0),
        "P01": (28, 2025.0),
        "P05": (41, 2053.0),
        "P03": (54, 2080.0),
    }
    for row in np.flatnonzero(pairs.need == 0):
        km, landed = published[market.capacities.id[pairs.capacity[row]]]
        assert round(float(pairs.km[row])) == km
        assert pairs.landed[row] == pytest.approx(landed, abs=0.8)  # km and freight are published rounded


def test_the_buyers_own_certificate_is_flagged() -> None:
    market = demo_market()
    pairs = evaluate(market)
    flagged = [
        (market.needs.id[i], market.capacities.id[j])
        for i, j, relies in zip(pairs.need, pairs.capacity, pairs.relies_on_buyer, strict=True)
        if relies
    ]
    assert flagged == [("B06", "P15")]
