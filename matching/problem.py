"""The allocation problem: who supplies how many kg to whom in which period, at the highest surplus.

    max  sum value_e x_et  -  sum fixed_cost_e y_e  +  sum switching_cost_e incumbent_e y_e

over x >= 0 (kg), y_e in {0,1} ("this pair trades"), z_i in {0,1} ("this need is served"), subject to
demand and supply per period, the smallest lot, the number of suppliers, the filled share and the
largest share of one supplier. Where trading earns something by itself (a counted supplier, a kept
alliance) a pair that trades delivers at least ``LEAST_KG``, so that no supplier is one on paper only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching import checks
from matching.market import Capacities, Market, Needs
from matching.policy import Policy
from matching.types import BoolArray, FloatArray, IntArray

__all__ = ["LEAST_KG", "AllocationProblem", "Capacities", "Market", "Needs", "Policy"]

LEAST_KG = 1.0
"""A pair counts as trading only from this many kg on (less where the pair cannot reach it)."""


@dataclass(frozen=True)
class AllocationProblem:
    """E links between N needs and M capacities over T periods.

    need, capacity  [E] row numbers
    value           [E] or [E,T] money surplus per kg, in the objective's unit
    fixed_cost      [E] charged once per pair that trades, not negative
    min_lot         [E] smallest total kg of a pair that trades
    demand, supply  [N,T], [M,T] kg
    upper           [E,T] most kg per pair and period, None for no limit beyond demand and supply
    min_suppliers, max_suppliers  [N] when served; max 0 means no limit
    min_fill        [N] smallest filled share of total demand when served
    max_share       [N] largest share of each period's demand one supplier may take
    incumbent, switching_cost     [E] running alliances and what keeping them is worth
    pinned          [E] pairs that must trade
    supplier        [M] organization behind a capacity: counts and shares are per organization
    buyer           [N] buyer behind a need, used with ``dependency``
    dependency      [M] most total kg of a capacity that one buyer may take over all periods
    joint           [E] links of one need with the same number are one deal, a bundle: one fixed cost, one lot, one
                    supplier; -1 stands alone. Its links agree in what is charged per deal and none is pinned

    Raises ValueError naming the field and the row.
    """

    need: IntArray
    capacity: IntArray
    value: FloatArray
    fixed_cost: FloatArray
    min_lot: FloatArray
    demand: FloatArray
    supply: FloatArray
    upper: FloatArray | None = None
    min_suppliers: IntArray | None = None
    max_suppliers: IntArray | None = None
    min_fill: FloatArray | None = None
    max_share: FloatArray | None = None
    incumbent: BoolArray | None = None
    switching_cost: FloatArray | None = None
    pinned: BoolArray | None = None
    supplier: IntArray | None = None
    buyer: IntArray | None = None
    dependency: FloatArray | None = None
    joint: IntArray | None = None

    def __post_init__(self) -> None:
        e = len(self.need)
        n, t = np.shape(self.demand)
        m = np.shape(self.supply)[0]
        self._set("demand", checks.floats("demand", self.demand, (n, t)), 0, None)
        self._set("supply", checks.floats("supply", self.supply, (m, t)), 0, None)
        self._set("need", checks.ints("need", self.need, (e,)), 0, n - 1)
        self._set("capacity", checks.ints("capacity", self.capacity, (e,)), 0, m - 1)
        shape = (e,) if np.ndim(self.value) == 1 else (e, t)
        self._set("value", checks.floats("value", self.value, shape), -np.inf, None)
        self._set("fixed_cost", checks.floats("fixed_cost", self.fixed_cost, (e,)), 0, None)
        self._set("min_lot", checks.floats("min_lot", self.min_lot, (e,)), 0, None)
        self._floats("upper", (e, t), np.inf)
        self._floats("min_fill", (n,), 1)
        self._floats("max_share", (n,), 1)
        self._floats("switching_cost", (e,), None)
        self._floats("dependency", (m,), np.inf)
        for name, size in (("min_suppliers", n), ("max_suppliers", n), ("supplier", m), ("buyer", n)):
            given = getattr(self, name)
            if given is not None:
                self._set(name, checks.ints(name, given, (size,)), 0, None)
        for name in ("incumbent", "pinned"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, checks.bools(name, given, (e,)))
        self._refuse_twins()
        if self.joint is not None:
            self._set("joint", checks.ints("joint", self.joint, (e,)), -1, None)
            self._check_bundles(self.joint)

    def _check_bundles(self, joint: IntArray) -> None:
        deal, whole = self.deals(), np.flatnonzero(joint >= 0)
        alike: list[tuple[str, FloatArray | IntArray | BoolArray | None]] = [
            ("need", self.need),
            ("fixed_cost", self.fixed_cost),
            ("min_lot", self.min_lot),
            ("incumbent", self.incumbent),
            ("switching_cost", self.switching_cost),
        ]
        first = np.full(int(deal.max(initial=-1)) + 1, -1)
        first[deal[::-1]] = np.arange(len(deal))[::-1]
        for name, array in alike:
            if array is not None and (odd := whole[array[whole] != array[first[deal[whole]]]]).size:
                raise ValueError(f"joint[{odd[0]}]: its {name} differs from that of the bundle's first link")
        if self.pinned is not None and self.pinned[whole].any():
            raise ValueError(
                f"joint[{whole[self.pinned[whole]][0]}]: a pinned pair cannot be part of a bundle"
            )

    def _floats(self, name: str, shape: tuple[int, ...], high: float | None) -> None:
        given = getattr(self, name)
        if given is not None:
            self._set(name, checks.floats(name, given, shape), 0, high)

    def _set(self, name: str, array: FloatArray | IntArray, low: float, high: float | None) -> None:
        if array.size:
            top = float(np.finfo(np.float64).max)
            checks.between(name, array, max(low, -top), top if high is None else high)
        object.__setattr__(self, name, array)

    def _refuse_twins(self) -> None:
        pair = self.need * max(len(self.supply), 1) + self.capacity
        order = np.argsort(pair, kind="stable")
        twin = np.flatnonzero(np.diff(pair[order]) == 0)
        if len(twin):
            first, second = order[twin[0]], order[twin[0] + 1]
            raise ValueError(f"capacity[{second}]: repeats the pair of row {first}")

    @property
    def links(self) -> int:
        """E, the number of links."""
        return len(self.need)

    @property
    def periods(self) -> int:
        """T, the number of periods."""
        return int(self.demand.shape[1])

    def values(self) -> FloatArray:
        """[E,T] surplus per kg."""
        if self.value.ndim == 2:
            return self.value
        return np.repeat(self.value[:, None], self.periods, axis=1)

    def uppers(self) -> FloatArray:
        """[E,T] most kg a pair can move: demand, supply, the share cap and its own bound."""
        share = 1.0 if self.max_share is None else self.max_share[self.need][:, None]
        top = np.minimum(self.demand[self.need] * share, self.supply[self.capacity])
        return top if self.upper is None else np.minimum(top, self.upper)

    def bonus(self) -> FloatArray:
        """[E] what the objective adds when the pair trades: switching cost saved less fixed cost."""
        total = -self.fixed_cost
        if self.incumbent is not None and self.switching_cost is not None:
            total = total + np.where(self.incumbent, self.switching_cost, 0.0)
        return total

    def deals(self) -> IntArray:
        """[E] number of the deal each link belongs to: its bundle's, or one of its own."""
        alone = np.arange(self.links)
        if self.joint is None:
            return alone
        label = np.where(self.joint >= 0, self.links + self.joint, alone)
        numbered: IntArray = np.unique(label, return_inverse=True)[1]
        return numbered

    def charged(self, active: BoolArray) -> BoolArray:
        """[E] the active links that bear what their deal costs: every one, but of a bundle the first only."""
        if self.joint is None:
            return active
        rows = np.flatnonzero(active)
        bearing = np.zeros_like(active)
        bearing[rows[np.unique(self.deals()[rows], return_index=True)[1]]] = True
        return bearing

    def spread_bonus(self) -> FloatArray:
        """[E] ``bonus``, shared out among the links of a bundle by what they can carry."""
        if self.joint is None:
            return self.bonus()
        most, deal = self.uppers().sum(axis=1), self.deals()
        whole = np.bincount(deal, weights=most)[deal]
        return self.bonus() * np.where(whole > 0, most / np.where(whole > 0, whole, 1.0), 0.0)

    def sellers(self) -> IntArray:
        """[E] who counts as the supplier of a link: the bundle, else the organization, else the capacity."""
        who = self.capacity if self.supplier is None else self.supplier[self.capacity]
        if self.joint is None:
            return who
        return np.where(self.joint >= 0, int(who.max(initial=0)) + 1 + self.joint, who)

    def least(self) -> FloatArray:
        """[deals] fewest kg of a deal that trades: its lot, and where it is pinned or trading earns by itself at
        least ``LEAST_KG`` (all it can carry, if that is less; what can carry nothing never trades)."""
        earns = self.bonus() > 0
        if self.pinned is not None:
            earns |= self.pinned
        if self.min_suppliers is not None:
            earns |= self.min_suppliers[self.need] >= 2
        deal = self.deals()
        most = np.bincount(deal, weights=self.uppers().sum(axis=1))
        token = np.where(most > 0, np.minimum(LEAST_KG, most), LEAST_KG)
        asked = np.maximum(self.min_lot, np.where(earns, token[deal], 0.0))
        fewest = np.zeros(len(most))
        np.maximum.at(fewest, deal, asked)
        return fewest

    def objective(self, quantity: FloatArray, active: BoolArray) -> float:
        """The objective of a plan, in the unit of ``value``."""
        return float((self.values() * quantity).sum() + self.bonus()[self.charged(active)].sum())

    def only(self, links: IntArray) -> AllocationProblem:
        """The same needs and capacities with only the given links."""

        def rows(array: FloatArray | None) -> FloatArray | None:
            return None if array is None else array[links]

        return replace(
            self,
            need=self.need[links],
            capacity=self.capacity[links],
            value=self.value[links],
            fixed_cost=self.fixed_cost[links],
            min_lot=self.min_lot[links],
            upper=rows(self.upper),
            incumbent=None if self.incumbent is None else self.incumbent[links],
            switching_cost=rows(self.switching_cost),
            pinned=None if self.pinned is None else self.pinned[links],
            joint=None if self.joint is None else self.joint[links],
        )
