"""The markets of the table, how long each solver may take and on how many cores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from matching.generate import market
from matching.problem import AllocationProblem
from tests.bench.contest import SOLVERS, Make

SEED = 1


@dataclass(frozen=True)
class Row:
    """key names the row on the command line; ``seconds`` of wall clock and ``cores`` hold for every solver."""

    key: str
    name: str
    make: Make
    seconds: float
    cores: int
    solvers: tuple[str, ...] = tuple(SOLVERS)


def side_by_side(count: int, links: int, periods: int, seed: int) -> AllocationProblem:
    """``count`` markets that share neither needs nor capacities, as one problem."""
    parts = [market(links, periods, seed=seed + k) for k in range(count)]
    needs = np.cumsum([0] + [len(part.demand) for part in parts])
    capacities = np.cumsum([0] + [len(part.supply) for part in parts])
    return AllocationProblem(
        need=np.concatenate([part.need + first for part, first in zip(parts, needs, strict=False)]),
        capacity=np.concatenate(
            [part.capacity + first for part, first in zip(parts, capacities, strict=False)]
        ),
        value=np.concatenate([part.value for part in parts]),
        fixed_cost=np.concatenate([part.fixed_cost for part in parts]),
        min_lot=np.concatenate([part.min_lot for part in parts]),
        demand=np.vstack([part.demand for part in parts]),
        supply=np.vstack([part.supply for part in parts]),
    )


def _row(links: int, periods: int, seconds: float, cores: int) -> Row:
    make = partial(market, links, periods, seed=SEED)
    return Row(f"{links}x{periods}", f"{links:,} × {periods}", make, seconds, cores)


def _linear(links: int, periods: int, seconds: float) -> Row:
    make = partial(market, links, periods, seed=SEED, fixed=False)
    name = f"{links:,} × {periods}"
    return Row(f"linear{links}x{periods}", name, make, seconds, 1, ("ours", "HiGHS"))


# One core up to where our engine cuts a market into pieces that several processes plan at once.
FIXED = (
    _row(749, 1, 5, 1),
    _row(749, 12, 60, 1),
    _row(7_600, 1, 60, 1),
    Row("ten", "10 markets of 760 × 12", partial(side_by_side, 10, 760, 12, SEED), 60, 2),
    _row(7_600, 12, 120, 2),
    _row(76_000, 1, 120, 2),
    _row(76_000, 12, 300, 2),
    _row(768_000, 1, 900, 2),
)
QUICK = {"749x1": 5.0, "749x12": 10.0, "7600x1": 10.0}
"""Rows of --quick and their limits."""

LINEAR = (_linear(7_600, 1, 60), _linear(749, 12, 60), _linear(76_000, 1, 120), _linear(768_000, 1, 300))
