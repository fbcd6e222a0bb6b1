"""The allocation problem as arrays of a mixed-integer program, written apart from ``matching.allocate.model`` so that
a mistake in one of the two shows.

Columns: x [X] quantities of every pair and period in which something can move, in units of ``unit`` kg; then
y [E] "this pair trades"; then z [N] "this need is served".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array, csr_array

from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray, IntArray

DUST_KG = 1e-6
"""Less than this is solver noise, not a delivery."""


@dataclass(frozen=True)
class Found:
    """What a solver hands over: kg [E,T] or None when it found nothing, and its proven upper limit in money."""

    quantity: FloatArray | None
    bound: float


@dataclass(frozen=True)
class Program:
    """max gain'c subject to row_low <= rows c <= row_high and low <= c <= high.

    gain, low, high, integer  [columns]; rows [R, columns]; row_low, row_high [R]
    link, period  [X] of the quantity columns; pairs = E, unit = kg per unit of a quantity column
    """

    gain: FloatArray
    low: FloatArray
    high: FloatArray
    integer: BoolArray
    rows: csr_array
    row_low: FloatArray
    row_high: FloatArray
    link: IntArray
    period: IntArray
    pairs: int
    periods: int
    unit: float

    def quantities(self, point: FloatArray) -> FloatArray:
        """[E,T] kg of a point of the program; nothing where the pair does not trade."""
        count = len(self.link)
        trades = point[count : count + self.pairs] > 0.5
        kg = np.where(trades[self.link], np.clip(point[:count], 0.0, self.high[:count]) * self.unit, 0.0)
        quantity = np.zeros((self.pairs, self.periods))
        quantity[self.link, self.period] = np.where(kg < DUST_KG, 0.0, kg)
        return quantity


@dataclass
class _Rows:
    """Triplets of the rows collected so far."""

    row: list[IntArray] = field(default_factory=list)
    column: list[IntArray] = field(default_factory=list)
    value: list[FloatArray] = field(default_factory=list)
    low: list[FloatArray] = field(default_factory=list)
    high: list[FloatArray] = field(default_factory=list)
    count: int = 0

    def open(self, low: FloatArray | float, high: FloatArray | float, number: int) -> IntArray:
        """Numbers of ``number`` new rows between the limits."""
        self.low.append(np.broadcast_to(np.asarray(low, dtype=float), (number,)))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=float), (number,)))
        self.count += number
        return np.arange(self.count - number, self.count)

    def put(self, row: IntArray, column: IntArray, value: FloatArray | float) -> None:
        """Coefficients; entries of row -1 are left out."""
        keep = row >= 0
        self.row.append(row[keep])
        self.column.append(column[keep])
        self.value.append(np.broadcast_to(np.asarray(value, dtype=float), row.shape)[keep])


def natural_unit(problem: AllocationProblem) -> float:
    """kg per unit of a quantity column that keeps coefficients near 100."""
    return max(1.0, float(problem.uppers().max(initial=0.0)) / 100.0)


def formulate(problem: AllocationProblem, unit: float) -> Program:
    """The strong form: every period's quantity is tied to its pair by its own limit.

    Raises ValueError for conditions over organizations with several capacities, which no benchmark has.
    """
    if problem.supplier is not None or problem.dependency is not None:
        raise ValueError("organizations with several capacities are not formulated for rivals")
    uppers = problem.uppers()
    link, period = np.nonzero(uppers > 0)
    e, n, x = problem.links, len(problem.demand), len(link)
    top, y, z = uppers[link, period] / unit, x + np.arange(e), x + e + np.arange(n)
    made, quantity = _Rows(), np.arange(x)
    for side, limit in ((problem.need, problem.demand), (problem.capacity, problem.supply)):
        rows = made.open(-np.inf, limit.ravel() / unit, limit.size).reshape(limit.shape)
        made.put(rows[side[link], period], quantity, 1.0)
    whole = _whole(problem)
    tied = np.flatnonzero(whole[link])
    rows = made.open(-np.inf, 0.0, len(tied))
    made.put(rows, tied, 1.0)
    made.put(rows, y[link[tied]], -top[tied])
    _lots(made, problem, link, y, unit)
    _served(made, problem, link, y, z, unit)
    low = np.zeros(x + e + n)
    low[y[~whole]] = 1.0
    if problem.pinned is not None:
        low[y[problem.pinned]] = 1.0
    return Program(
        gain=np.concatenate((problem.values()[link, period] * unit, problem.bonus(), np.zeros(n))),
        low=low,
        high=np.concatenate((top, np.ones(e + n))),
        integer=np.concatenate((np.zeros(x, dtype=bool), whole, np.ones(n, dtype=bool))),
        rows=coo_array(
            (np.concatenate(made.value), (np.concatenate(made.row), np.concatenate(made.column))),
            shape=(made.count, x + e + n),
        ).tocsr(),
        row_low=np.concatenate(made.low),
        row_high=np.concatenate(made.high),
        link=link,
        period=period,
        pairs=e,
        periods=problem.periods,
        unit=unit,
    )


def _whole(problem: AllocationProblem) -> BoolArray:
    """[E] pairs whose yes-or-no is a real decision; for the others y = 1 costs nothing, and it is fixed."""
    counted = np.zeros(len(problem.demand), dtype=bool)
    for name in ("min_suppliers", "max_suppliers", "min_fill"):
        given = getattr(problem, name)
        counted |= False if given is None else given > 0
    whole = (problem.bonus() != 0) | (problem.least() > 0) | counted[problem.need]
    return np.asarray(whole, dtype=bool)


def _lots(made: _Rows, problem: AllocationProblem, link: IntArray, y: IntArray, unit: float) -> None:
    """sum_t x_et >= least_e y_e."""
    least = problem.least()
    lots = np.flatnonzero(least > 0)
    rows = np.full(problem.links, -1)
    rows[lots] = made.open(0.0, np.inf, len(lots))
    made.put(rows[link], np.arange(len(link)), 1.0)
    made.put(rows[lots], y[lots], -least[lots] / unit)


def _served(
    made: _Rows, problem: AllocationProblem, link: IntArray, y: IntArray, z: IntArray, unit: float
) -> None:
    """Counts of suppliers and the filled share of a need that is served; y_e <= z_i where it matters."""
    n = len(problem.demand)
    least = np.zeros(n) if problem.min_suppliers is None else problem.min_suppliers.astype(float)
    most = np.zeros(n) if problem.max_suppliers is None else problem.max_suppliers.astype(float)
    fill = np.zeros(n) if problem.min_fill is None else problem.min_fill
    tied = (least >= 2) | (fill > 0)
    rows = np.full(problem.links, -1)
    inside = np.flatnonzero(tied[problem.need])
    rows[inside] = made.open(-np.inf, 0.0, len(inside))
    made.put(rows, y, 1.0)
    made.put(rows, z[problem.need], -1.0)
    for who, low, high, factor in (
        (np.flatnonzero(least >= 2), 0.0, np.inf, least),
        (np.flatnonzero(most > 0), -np.inf, 0.0, most),
    ):
        rows = np.full(n, -1)
        rows[who] = made.open(low, high, len(who))
        made.put(rows[problem.need], y, 1.0)
        made.put(rows[who], z[who], -factor[who])
    who = np.flatnonzero(fill > 0)
    rows = np.full(n, -1)
    rows[who] = made.open(0.0, np.inf, len(who))
    made.put(rows[problem.need[link]], np.arange(len(link)), 1.0)
    made.put(rows[who], z[who], -(fill * problem.demand.sum(axis=1))[who] / unit)
