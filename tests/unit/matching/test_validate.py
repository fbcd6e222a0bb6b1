"""The validator finds every kind of broken condition, trusting none of the plan's own bookkeeping."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.allocate import allocate
from matching.allocate.allocation import Allocation
from matching.problem import AllocationProblem
from matching.validate import validate


def problem(**fields: Any) -> AllocationProblem:
    """Two needs of 10 kg, two capacities of 10 kg, three links; the given fields added."""
    base: dict[str, Any] = {
        "need": np.array([0, 0, 1]),
        "capacity": np.array([0, 1, 1]),
        "value": np.array([5.0, 4.0, 3.0]),
        "fixed_cost": np.zeros(3),
        "min_lot": np.zeros(3),
        "demand": np.full((2, 1), 10.0),
        "supply": np.full((2, 1), 10.0),
    }
    return AllocationProblem(**{**base, **fields})


def plan(of: AllocationProblem, kg: list[float], **fields: Any) -> Allocation:
    """A plan with consistent bookkeeping, the given fields replaced."""
    quantity = np.array(kg)[:, None]
    active = quantity[:, 0] > 0
    served = np.zeros(2, dtype=bool)
    served[of.need[active]] = True
    value = of.objective(quantity, active)
    base: dict[str, Any] = {
        "quantity": quantity,
        "active": active,
        "served": served,
        "value": value,
        "bound": max(value, 100.0),
        "gap": 0.0,
        "status": "optimal",
        "seconds": 0.0,
    }
    return Allocation(**{**base, **fields})


BROKEN: list[tuple[str, AllocationProblem, list[float]]] = [
    ("negative", problem(), [-1, 0, 0]),
    ("demand", problem(), [8, 8, 0]),
    ("supply", problem(), [0, 8, 8]),
    ("upper", problem(upper=np.full((3, 1), 4.0)), [5, 0, 0]),
    ("max_share", problem(max_share=np.array([0.5, 1.0])), [6, 0, 0]),
    ("min_lot", problem(min_lot=np.array([5.0, 0, 0])), [4, 0, 0]),
    ("least", problem(min_suppliers=np.array([2, 0])), [5, 0.5, 0]),
    ("min_suppliers", problem(min_suppliers=np.array([2, 0])), [5, 0, 0]),
    ("max_suppliers", problem(max_suppliers=np.array([1, 0])), [5, 5, 0]),
    ("min_fill", problem(min_fill=np.array([0.9, 0])), [5, 0, 0]),
    ("pinned", problem(pinned=np.array([False, False, True])), [5, 0, 0]),
    ("max_share", problem(max_share=np.array([0.6, 1]), supplier=np.array([3, 3])), [5, 5, 0]),
    ("dependency", problem(dependency=np.array([10.0, 7.0]), buyer=np.array([2, 2])), [0, 4, 4]),
]


@pytest.mark.parametrize(
    ("code", "of", "kg"), BROKEN, ids=[f"{k}-{case[0]}" for k, case in enumerate(BROKEN)]
)
def test_a_broken_condition_is_found(code: str, of: AllocationProblem, kg: list[float]) -> None:
    assert code in {violation.code for violation in validate(of, plan(of, kg))}


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("value", {"value": 99.0}),
        ("bound", {"bound": 1.0}),
        ("served", {"served": np.array([False, True])}),
        ("active", {"active": np.array([True, True, True])}),
        ("shape", {"quantity": np.zeros((2, 1))}),
        ("not_a_number", {"quantity": np.array([[np.nan], [0.0], [0.0]])}),
    ],
)
def test_untrue_bookkeeping_is_found(code: str, wrong: dict[str, Any]) -> None:
    sound = plan(problem(), [5, 0, 5])
    assert validate(problem(), sound) == []
    assert code in {violation.code for violation in validate(problem(), replace(sound, **wrong))}


def test_every_solved_plan_of_these_problems_is_sound() -> None:
    for _, of, _ in BROKEN:
        assert validate(of, allocate(of)) == []
