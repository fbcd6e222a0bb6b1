"""A market that makes no sense is refused with the field and the row."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from matching.policy import Policy
from matching.problem import AllocationProblem

from .small import one_pair


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"demand": [[1.0, -1.0]]}, r"needs\.demand\[0, 1\]"),
        ({"demand": [[1.0, np.nan]]}, r"needs\.demand\[0, 1\]"),
        ({"demand": [[1.0]]}, r"needs\.demand: has 1 columns, expected 2"),
        ({"min_fill": [1.4]}, r"needs\.min_fill\[0\]: must be between 0 and 1, is 1\.4"),
        ({"wait_days": [1.0, 2.0]}, r"needs\.wait_days: has shape"),
        ({"concept": [1.5]}, r"needs\.concept\[0\]: must be a whole number"),
        ({"lat": [95.0]}, r"needs\.lat\[0\]"),
        ({"min_suppliers": [3], "max_suppliers": [2]}, r"needs\.max_suppliers\[0\]"),
        ({"spec_low": [[2.0, 0.0]], "spec_high": [[1.0, 0.0]]}, r"needs\.spec_low\[0, 0\]"),
        ({"spec_one_of": [[1, 0, 0]]}, r"needs\.spec_one_of"),
    ],
)
def test_a_wrong_need_is_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        one_pair(fields)


def test_ids_are_unique() -> None:
    with pytest.raises(ValueError, match=r"capacities\.id\[1\]: 'C' already stands in row 0"):
        one_pair(
            capacities={
                "id": ["C", "C"],
                "concept": [1, 1],
                "supply": [[1.0, 1.0]] * 2,
                "ask": [1.0, 1.0],
                "max_wait_days": [1.0, 1.0],
                "readiness": [70.0, 70.0],
                "lat": [4.0, 4.0],
                "lon": [1.0, 1.0],
                "certificates": [[False, False]] * 2,
                "origin": [0, 0],
                "attributes": [[0.0, 0.0]] * 2,
            }
        )


def test_pairs_must_exist() -> None:
    with pytest.raises(ValueError, match=r"market\.pins\[:, 1\]"):
        one_pair(pins=[[0, 1]])


def test_arrays_are_frozen_copies() -> None:
    demand = np.array([[1.0, 2.0]])
    market = one_pair({"demand": demand})
    demand[0, 0] = 99.0
    assert market.needs.demand[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        market.needs.demand[0, 0] = 5.0


def test_a_policy_survives_json() -> None:
    policy = Policy(radius_km=120.0, fixed_cost=3.0, max_share=0.5)
    assert Policy.from_dict(json.loads(json.dumps(policy.as_dict()))) == policy


@pytest.mark.parametrize(
    "wrong",
    [
        {"fit_weigth": 1.0},
        {"weights": {"spec": 100.0}},
        {"fixed_cost": -1.0},
        {"max_share": 1.5},
        {"monthly_cash_cost": float("nan")},
    ],
)
def test_a_misspelt_or_impossible_policy_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="policy"):
        Policy.from_dict(wrong)


def test_weights_must_sum_to_100() -> None:
    weights = dict(Policy().weights) | {"spec": 31.0}
    with pytest.raises(ValueError, match="sum to 101"):
        Policy(weights=weights)


def test_a_pair_may_stand_in_the_problem_once() -> None:
    with pytest.raises(ValueError, match=r"capacity\[1\]: repeats the pair of row 0"):
        AllocationProblem(
            need=np.zeros(2, dtype=int),
            capacity=np.zeros(2, dtype=int),
            value=np.ones(2),
            fixed_cost=np.zeros(2),
            min_lot=np.zeros(2),
            demand=np.ones((1, 1)),
            supply=np.ones((1, 1)),
        )
