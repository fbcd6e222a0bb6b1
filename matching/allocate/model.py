"""The allocation problem as one mixed-integer program, built by arrays.

Columns: kg per link and period (in units of ``scale`` kg), a yes-or-no per link that needs one, one per
need that may go unserved, one per organization that meets a need with several capacities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.allocate.columns import alone, columns, one_a_deal, organizations
from matching.allocate.highs import Rows
from matching.allocate.row_builder import RowBuilder
from matching.problem import AllocationProblem
from matching.types import FloatArray, IntArray


@dataclass(frozen=True)
class Model:
    """The program and where its columns came from.

    need    [E] of the links
    link, period [X]  of the quantity columns, which come first
    trades  [E] column of y_e or -1; serves [N] column of z_i or -1
    scale   kg per unit of a quantity column
    together  (links, column) of an organization that meets a need with several capacities
    """

    rows: Rows
    need: IntArray
    link: IntArray
    period: IntArray
    trades: IntArray
    serves: IntArray
    scale: float
    together: tuple[tuple[IntArray, int], ...]

    def quantities(self, x: FloatArray, shape: tuple[int, int]) -> FloatArray:
        """[E,T] kg of a point of the program."""
        quantity = np.zeros(shape)
        quantity[self.link, self.period] = x[: len(self.link)] * self.scale
        return quantity

    def fixed_to(self, x: FloatArray) -> Rows:
        """The linear program that is left when every yes-or-no is as in ``x``."""
        yes = np.flatnonzero(self.rows.integer)
        low, high = self.rows.low.copy(), self.rows.high.copy()
        low[yes] = high[yes] = np.rint(x[yes])
        return replace(self.rows, low=low, high=high, integer=np.zeros_like(self.rows.integer))

    def point(self, quantity: FloatArray) -> FloatArray:
        """[columns] the point of the program at which a plan stands (organizations included)."""
        x = np.zeros(len(self.rows.cost))
        x[: len(self.link)] = quantity[self.link, self.period] / self.scale
        active = quantity.sum(axis=1) > 0
        yes = np.flatnonzero((self.trades >= 0) & active)
        x[self.trades[yes]] = 1.0
        x[np.flatnonzero(self.rows.low == 1.0)] = 1.0
        served = self.serves[self.need[active]]
        x[served[served >= 0]] = 1.0
        for links, column in self.together:
            x[column] = float(active[links].any())
        return x


def build(problem: AllocationProblem) -> Model:
    """The strong formulation: every period's quantity is tied to its pair by its own upper limit."""
    uppers = problem.uppers()
    link, period = np.nonzero(uppers > 0)
    scale = max(1.0, float(uppers.max(initial=0.0)) / 100.0)
    trades, serves, next_column = columns(problem, len(link))
    top = uppers[link, period] / scale
    made = RowBuilder()
    grouped = organizations(problem, next_column)
    _demand(made, problem, link, period, serves, scale)
    _supply(made, problem, link, period, scale)
    _linking(made, problem, link, top, trades, serves, scale)
    _counts(made, problem, trades, serves, grouped)
    _shares(made, problem, link, period, grouped, scale)
    _fills(made, problem, link, serves, scale)
    _dependency(made, problem, link, scale)
    width = next_column + len(grouped)
    cost, low, high = np.zeros(width), np.zeros(width), np.ones(width)
    cost[: len(link)] = problem.values()[link, period] * scale
    high[: len(link)] = top
    has = trades >= 0
    cost[trades[has]] = problem.bonus()[has]
    if problem.pinned is not None:
        low[trades[has & problem.pinned]] = 1.0
    integer = np.zeros(width, dtype=np.int64)
    integer[len(link) :] = 1
    together = tuple((members, column) for _, members, column in grouped)
    rows = made.rows(cost, low, high, integer)
    return Model(rows, problem.need, link, period, trades, serves, scale, together)


def _demand(
    made: RowBuilder,
    problem: AllocationProblem,
    link: IntArray,
    period: IntArray,
    serves: IntArray,
    scale: float,
) -> None:
    n, t = problem.demand.shape
    wanted = problem.demand / scale
    tied = np.repeat(serves[:, None] >= 0, t, axis=1)
    rows = made.open(np.full(n * t, -np.inf), np.where(tied, 0.0, wanted).ravel()).reshape(n, t)
    made.put(rows[problem.need[link], period], np.arange(len(link)), 1.0)
    i, k = np.nonzero(tied)
    made.put(rows[i, k], serves[i], -wanted[i, k])


def _supply(
    made: RowBuilder, problem: AllocationProblem, link: IntArray, period: IntArray, scale: float
) -> None:
    m, t = problem.supply.shape
    rows = made.open(np.full(m * t, -np.inf), (problem.supply / scale).ravel()).reshape(m, t)
    made.put(rows[problem.capacity[link], period], np.arange(len(link)), 1.0)


def _linking(
    made: RowBuilder,
    problem: AllocationProblem,
    link: IntArray,
    top: FloatArray,
    trades: IntArray,
    serves: IntArray,
    scale: float,
) -> None:
    tied = np.flatnonzero(trades[link] >= 0)
    rows = made.open(np.full(len(tied), -np.inf), np.zeros(len(tied)))
    made.put(rows, tied, 1.0)
    made.put(rows, trades[link[tied]], -top[tied])
    least, deal = problem.least(), problem.deals()
    column = np.full(len(least), -1)
    column[deal] = trades
    lots = np.flatnonzero((column >= 0) & (least > 0))
    row = np.full(len(least), -1)
    row[lots] = made.open(np.zeros(len(lots)), np.full(len(lots), np.inf))
    inside = np.flatnonzero(row[deal[link]] >= 0)
    made.put(row[deal[link[inside]]], inside, 1.0)
    made.put(row[lots], column[lots], -least[lots] / scale)
    # A deal can trade only with a need that is served.
    both = one_a_deal(deal, np.flatnonzero((trades >= 0) & (serves[problem.need] >= 0)))
    rows = made.open(np.full(len(both), -np.inf), np.zeros(len(both)))
    made.put(rows, trades[both], 1.0)
    made.put(rows, serves[problem.need[both]], -1.0)


def _counts(
    made: RowBuilder,
    problem: AllocationProblem,
    trades: IntArray,
    serves: IntArray,
    grouped: list[tuple[int, IntArray, int]],
) -> None:
    """Suppliers per need, an organization with several capacities and a bundle counted once."""
    counter = trades.copy()
    if problem.joint is not None:
        first = one_a_deal(problem.deals(), np.arange(problem.links))
        counter[np.setdiff1d(np.arange(problem.links), first)] = -1
    extra_need: list[int] = []
    extra_column: list[int] = []
    for row_need, members, together in grouped:
        members = members[alone(problem, members)]
        if len(members) < 2 or (trades[members] < 0).any():
            continue
        counter[members] = -1
        extra_need.append(row_need)
        extra_column.append(together)
        own = np.full(len(members), together)
        rows = made.open(np.full(len(members), -np.inf), np.zeros(len(members)))
        made.put(rows, trades[members], 1.0)
        made.put(rows, own, -1.0)
        row = np.repeat(made.open(np.zeros(1), np.full(1, np.inf)), len(members))
        made.put(row, trades[members], 1.0)
        made.put(row[:1], own[:1], -1.0)
    counted = np.flatnonzero(counter >= 0)
    need = np.concatenate((problem.need[counted], np.array(extra_need, dtype=np.int64)))
    column = np.concatenate((counter[counted], np.array(extra_column, dtype=np.int64)))
    if problem.min_suppliers is not None:
        _count_rows(made, need, column, problem.min_suppliers, serves, at_least=True)
    if problem.max_suppliers is not None:
        _count_rows(made, need, column, problem.max_suppliers, serves, at_least=False)


def _count_rows(
    made: RowBuilder, need: IntArray, column: IntArray, limit: IntArray, serves: IntArray, *, at_least: bool
) -> None:
    binding = (limit >= 2) if at_least else (limit > 0)
    who = np.flatnonzero(binding)
    number = np.full(len(limit), -1)
    tied = serves[who] >= 0
    low = np.zeros(len(who)) if at_least else np.full(len(who), -np.inf)
    high = np.full(len(who), np.inf) if at_least else np.where(tied, 0.0, limit[who].astype(np.float64))
    number[who] = made.open(low, high)
    inside = np.flatnonzero(number[need] >= 0)
    made.put(number[need[inside]], column[inside], 1.0)
    made.put(number[who[tied]], serves[who[tied]], -limit[who[tied]].astype(np.float64))


def _shares(
    made: RowBuilder,
    problem: AllocationProblem,
    link: IntArray,
    period: IntArray,
    grouped: list[tuple[int, IntArray, int]],
    scale: float,
) -> None:
    """The share limit of an organization that meets a need with several capacities."""
    if problem.max_share is None:
        return
    for need, members, _ in grouped:
        share = float(problem.max_share[need])
        if share >= 1:
            continue
        limit = problem.demand[need] * share / scale
        rows = made.open(np.full(problem.periods, -np.inf), limit)
        inside = np.flatnonzero(np.isin(link, members))
        made.put(rows[period[inside]], inside, 1.0)


def _fills(
    made: RowBuilder, problem: AllocationProblem, link: IntArray, serves: IntArray, scale: float
) -> None:
    if problem.min_fill is None:
        return
    who = np.flatnonzero(problem.min_fill > 0)
    number = np.full(len(problem.demand), -1)
    number[who] = made.open(np.zeros(len(who)), np.full(len(who), np.inf))
    inside = np.flatnonzero(number[problem.need[link]] >= 0)
    made.put(number[problem.need[link[inside]]], inside, 1.0)
    wanted = problem.min_fill[who] * problem.demand[who].sum(axis=1) / scale
    made.put(number[who], serves[who], -wanted)


def _dependency(made: RowBuilder, problem: AllocationProblem, link: IntArray, scale: float) -> None:
    if problem.dependency is None:
        return
    buyer = np.arange(len(problem.demand)) if problem.buyer is None else problem.buyer
    key = buyer[problem.need] * len(problem.supply) + problem.capacity
    limited = problem.dependency[problem.capacity] < problem.supply[problem.capacity].sum(axis=1)
    pairs, group = np.unique(key, return_inverse=True)
    number = made.open(np.full(len(pairs), -np.inf), problem.dependency[pairs % len(problem.supply)] / scale)
    inside = np.flatnonzero(limited[link])
    made.put(number[group[link[inside]]], inside, 1.0)
