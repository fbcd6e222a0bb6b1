"""The plan of an allocation and how good it is known to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from matching.types import BoolArray, FloatArray

OPTIMAL, WITHIN_GAP, TIME_LIMIT, INFEASIBLE = "optimal", "within_gap", "time_limit", "infeasible"

OPTIMAL_GAP = 1e-6
"""Relative gap up to which a plan is called optimal."""

Progress = Callable[[float, float, float], bool | None]
"""``progress(done 0..1, value, bound)``; returning False asks to stop with the best plan so far."""


@dataclass(frozen=True)
class Allocation:
    """A plan that can be carried out.

    quantity [E,T] kg; active [E] pairs that trade; served [N] needs that get anything
    value, bound   objective of this plan and proven upper limit of any plan
    gap            (bound - value) / |value|, 0 when both are 0
    status         optimal, within_gap, time_limit or infeasible; the plan is usable in every case
    causes         why pinned pairs could not be kept, as (code, link row), when infeasible
    stats          components, links per method, rounds
    """

    quantity: FloatArray
    active: BoolArray
    served: BoolArray
    value: float
    bound: float
    gap: float
    status: str
    seconds: float
    stats: Mapping[str, float] = field(default_factory=dict)
    causes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Part:
    """The plan of one component: quantity [E,T] and what is proven about it."""

    quantity: FloatArray
    bound: float
    method: str
    stopped: bool = False
    infeasible: bool = False
    rounds: int = 0


def relative_gap(value: float, bound: float) -> float:
    """(bound - value) / |value|, never negative; infinite when nothing is gained but something could be."""
    missing = max(0.0, bound - value)
    if missing <= 1e-9 * max(1.0, abs(bound)):
        return 0.0 if missing <= 0 else missing / max(1.0, abs(bound))
    return missing / abs(value) if value else float("inf")
