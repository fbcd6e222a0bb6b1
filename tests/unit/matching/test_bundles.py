"""Small groups as one seller: proposed by their places, planned with one lot and one fixed cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.allocate import allocate
from matching.bundles import propose, with_bundles
from matching.market import Market
from matching.pairs import evaluate
from matching.policy import Policy
from matching.problem import AllocationProblem
from matching.solve import solve
from tests.unit.matching.small import one_pair

NEAR, FAR = 4.0, 9.0


def small_groups(lat: list[float], **policy: Any) -> Market:
    """One need of 100 kg twice; groups with 30 kg each period that sell nothing below 100 kg in all."""
    count = len(lat)
    return one_pair(
        {"min_suppliers": [1]},
        {
            "id": [f"C{row}" for row in range(count)],
            "concept": [1] * count,
            "supply": [[30.0, 30.0]] * count,
            "organization": list(range(count)),
            "max_wait_days": [10.0] * count,
            "ask": [15.0] * count,
            "readiness": [70.0] * count,
            "lat": lat,
            "lon": [-75.0] * count,
            "certificates": [[False, False]] * count,
            "origin": [0] * count,
            "attributes": [[np.nan, np.nan]] * count,
            "min_lot": [100.0] * count,
        },
        Policy(**policy),
    )


def test_groups_too_small_alone_reach_the_lot_together() -> None:
    market = small_groups([NEAR, NEAR + 0.01])
    assert solve(market).value == 0.0
    proposed = propose(market, evaluate(market))
    assert sorted(proposed.tolist()) == [[0, 0, 0], [0, 1, 0]]
    result = solve(with_bundles(market, proposed))
    assert result.allocation.quantity.sum() == pytest.approx(120)
    assert result.allocation.active.all()


def test_whoever_is_far_away_is_not_proposed() -> None:
    market = small_groups([NEAR, FAR])
    assert len(propose(market, evaluate(market))) == 0
    three = small_groups([NEAR, FAR, NEAR + 0.02])
    assert sorted(propose(three, evaluate(three))[:, 1].tolist()) == [0, 2]


def test_a_bundle_is_charged_once_and_counts_as_one_supplier() -> None:
    market = small_groups([NEAR, NEAR + 0.01], fixed_cost=200.0)
    joined = with_bundles(market, propose(market, evaluate(market)))
    result = solve(joined)
    money = float((result.money[:, None] * result.allocation.quantity).sum())
    assert money > 200.0 and result.allocation.active.all()
    assert result.value == pytest.approx(money - 200.0, rel=0.01)
    two = replace(joined, needs=replace(joined.needs, min_suppliers=np.array([2])))
    assert not solve(two).allocation.active.any()


def test_links_of_a_bundle_must_agree() -> None:
    fields: dict[str, Any] = {
        "need": np.array([0, 0]), "capacity": np.array([0, 1]), "value": np.ones(2), "min_lot": np.zeros(2),
        "demand": np.ones((1, 1)), "supply": np.ones((2, 1)), "joint": np.array([0, 0]),
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"joint\[1\]: its fixed_cost differs"):
        AllocationProblem(fixed_cost=np.array([1.0, 2.0]), **fields)
    with pytest.raises(ValueError, match="pinned"):
        AllocationProblem(fixed_cost=np.ones(2), pinned=np.array([True, False]), **fields)
    assert allocate(AllocationProblem(fixed_cost=np.full(2, 0.5), **fields)).value == pytest.approx(0.5)
