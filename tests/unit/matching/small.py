"""Small markets: one by hand to vary a single fact, and random ones for properties."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from matching.market import Capacities, Market, Needs
from matching.policy import Policy
from matching.problem import AllocationProblem


def one_pair(
    needs: dict[str, Any] | None = None,
    capacities: dict[str, Any] | None = None,
    policy: Policy | None = None,
    **market: Any,
) -> Market:
    """One need and one capacity that fit; the given fields replace theirs."""
    need: dict[str, Any] = {
        "id": ["N"],
        "concept": [1],
        "wait_days": [8.0],
        "demand": [[100.0, 100.0]],
        "ceiling": [20.0],
        "lat": [4.0],
        "lon": [-75.0],
        "certificates": [[False, False]],
        "origin": [[False, False]],
        "spec_low": [[np.nan, np.nan]],
        "spec_high": [[np.nan, np.nan]],
    }
    capacity: dict[str, Any] = {
        "id": ["C"],
        "concept": [1],
        "supply": [[50.0, 50.0]],
        "max_wait_days": [10.0],
        "ask": [15.0],
        "readiness": [70.0],
        "lat": [4.0],
        "lon": [-75.0],
        "certificates": [[False, False]],
        "origin": [0],
        "attributes": [[np.nan, np.nan]],
    }
    return Market(
        needs=Needs(**{**need, **(needs or {})}),
        capacities=Capacities(**{**capacity, **(capacities or {})}),
        periods=np.ones(2),
        policy=policy or Policy(),
        **market,
    )


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    linear: bool = False,
    bundles: bool = True,
    most_links: int = 6,
    most_periods: int = 2,
) -> AllocationProblem:
    """Random problems of a few needs and capacities with whole numbers, so that optima are exact."""
    n, m = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    t = draw(st.integers(1, most_periods))
    every = [(i, j) for i in range(n) for j in range(m)]
    pairs = draw(
        st.lists(st.sampled_from(every), min_size=1, max_size=min(most_links, len(every)), unique=True)
    )
    e = len(pairs)

    def whole(low: int, high: int, *shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        size = int(np.prod(shape))
        values = draw(st.lists(st.integers(low, high), min_size=size, max_size=size))
        return np.array(values, dtype=float).reshape(shape)

    fields: dict[str, Any] = {
        "need": np.array([i for i, _ in pairs]),
        "capacity": np.array([j for _, j in pairs]),
        "value": whole(-2, 20, e),
        "fixed_cost": np.zeros(e),
        "min_lot": np.zeros(e),
        "demand": whole(0, 20, n, t),
        "supply": whole(0, 20, m, t),
    }
    if not linear:
        fields |= {
            "fixed_cost": whole(0, 60, e),
            "min_lot": whole(0, 12, e) * whole(0, 1, e),
            "min_suppliers": whole(0, 2, n).astype(int),
            "max_suppliers": whole(2, 3, n).astype(int),
            "min_fill": whole(0, 10, n) / 10.0 * whole(0, 1, n),
            "max_share": whole(5, 10, n) / 10.0,
            "incumbent": whole(0, 1, e).astype(bool),
            "switching_cost": whole(0, 10, e),
        }
        if bundles and draw(st.booleans()):
            fields |= _bundled(fields["need"], draw(st.lists(st.booleans(), min_size=e, max_size=e)), fields)
    return AllocationProblem(**fields)


def _bundled(need: Any, chosen: list[bool], fields: dict[str, Any]) -> dict[str, Any]:
    """The chosen links of each need as one bundle, charged as its first."""
    joint = np.where(chosen, need, -1)
    first = np.array([int(np.flatnonzero(joint == number)[0]) if number >= 0 else row
                      for row, number in enumerate(joint)])  # fmt: skip
    alike = ("fixed_cost", "min_lot", "incumbent", "switching_cost")
    return {"joint": joint} | {name: fields[name][first] for name in alike}
