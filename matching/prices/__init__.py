"""Prices from which nobody gains by walking away, as a corridor per traded pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.allocate.allocation import Allocation
from matching.allocate.network import is_network
from matching.components import Component, split
from matching.lattice import Ends, ends
from matching.prices import epsilon as least_temptation
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray, IntArray

__all__ = ["Corridors", "Landed", "corridors", "landed_prices"]


@dataclass(frozen=True)
class Corridors:
    """What the plan lets each side ask for, in the objective's unit per kg (NaN where nothing is traded).

    low, high       [E] seller's rent per kg over his landed cost, at the end best for the buyer and at the
                    end best for the seller, weighted by kg over the periods; between them no pair and no
                    larger group gains by leaving
    clearing_low, clearing_high   [E] the narrower corridor of market-clearing prices, often a point, in
                    which also nobody would want to trade one kg more or less (NaN where not linear)
    need_rent, capacity_rent   [N], [M] total payoff at the middle of the corridors, before fixed costs
    more_demand, more_supply   [N,T], [M,T] worth of one more kg (NaN where only a division is known)
    bargaining      [E] seller's share of the surplus at the middle, NaN where there is no surplus
    linear          [E] whether the link's market is linear, so that the ends are competitive prices
    epsilon         most that any pair would gain by trading on its own, 0 on linear markets
    tempted         link of that pair, -1 when nobody is tempted
    """

    low: FloatArray
    high: FloatArray
    clearing_low: FloatArray
    clearing_high: FloatArray
    need_rent: FloatArray
    capacity_rent: FloatArray
    more_demand: FloatArray
    more_supply: FloatArray
    bargaining: FloatArray
    linear: BoolArray
    epsilon: float
    tempted: int


@dataclass(frozen=True)
class Landed:
    """Landed prices per kg of every link (NaN where nothing is traded) and what is proposed.

    Confidential: each side may see only its own end and the proposal.
    """

    low: FloatArray
    high: FloatArray
    proposed: FloatArray


def corridors(problem: AllocationProblem, allocation: Allocation) -> Corridors:
    """The price corridors of a plan, component by component."""
    made = _Made(problem, allocation.quantity)
    for part in split(problem):
        made.add(part)
    return made.finish()


def landed_prices(
    corridor: Corridors,
    landed_cost: FloatArray,
    ceiling: FloatArray,
    published: FloatArray,
    formula: BoolArray,
    rent_unit: float = 1.0,
) -> Landed:
    """Corridors as landed prices per kg.

    landed_cost [E] asking price + freight; ceiling [E] highest landed price (NaN none); published [E] the
    price a side has published (NaN none); formula [E] links whose organization takes that price as it is;
    rent_unit is money per unit of the objective. Proposed is the published price where it lies in the
    corridor, otherwise the middle.
    """
    traded = ~np.isnan(corridor.low)
    low = landed_cost + corridor.low * rent_unit
    high = np.fmin(landed_cost + corridor.high * rent_unit, ceiling)
    high = np.fmax(high, landed_cost)
    low = np.minimum(low, high)
    fits = (published >= low - 1e-9) & (published <= high + 1e-9)
    proposed = np.where(fits, published, (low + high) / 2.0)
    taken = traded & formula
    nothing = np.full(len(low), np.nan)
    low, high, proposed = (
        np.where(taken, published, np.where(traded, each, nothing)) for each in (low, high, proposed)
    )
    return Landed(low, high, proposed)


class _Made:
    """Collects the components' corridors into arrays of the whole problem."""

    def __init__(self, problem: AllocationProblem, quantity: FloatArray) -> None:
        e, n, m, t = problem.links, len(problem.demand), len(problem.supply), problem.periods
        self.problem, self.quantity, self.total = problem, quantity, quantity.sum(axis=1)
        self.low, self.high = np.full(e, np.nan), np.full(e, np.nan)
        self.clearing_low, self.clearing_high = np.full(e, np.nan), np.full(e, np.nan)
        self.linear = np.zeros(e, dtype=np.bool_)
        self.more_demand, self.more_supply = np.full((n, t), np.nan), np.full((m, t), np.nan)
        self.epsilon, self.tempted = 0.0, -1

    def add(self, part: Component) -> None:
        """One component: linear where its plan is an optimum of its linear market, else least temptation."""
        problem, quantity = part.problem, self.quantity[part.links]
        if not (is_network(problem) or _free_of_fixed_cost(problem, quantity)):
            self._divide(part, quantity)
            return
        links = np.arange(problem.links) if is_network(problem) else np.flatnonzero(quantity.sum(axis=1) > 0)
        seen = problem.only(links)
        periods = _ends(seen, quantity[links], seen.uppers())
        if not all(each.optimal for each in periods):
            self._divide(part, quantity)
            return
        rows = part.links[links]
        self.low[rows], self.high[rows] = self._weighed(rows, *_rents(seen, periods))
        self.linear[part.links] = True
        self._clear(part, seen, rows, _ends(seen, quantity[links], _real_limits(seen)))
        if len(links) < problem.links:
            both = [
                (each.alpha_buyer_best + each.alpha_seller_best, each.q_buyer_best + each.q_seller_best)
                for each in periods
            ]
            alpha_mid, q_mid = (np.column_stack(side) / 2.0 for side in zip(*both, strict=True))
            self._tempt_unused(part, quantity, alpha_mid, q_mid)

    def _clear(self, part: Component, seen: AllocationProblem, rows: IntArray, periods: list[Ends]) -> None:
        """Market-clearing rents and the worth of one more kg."""
        self.clearing_low[rows], self.clearing_high[rows] = self._weighed(rows, *_rents(seen, periods))
        self.more_demand[part.needs] = np.column_stack([each.alpha_seller_best for each in periods])
        self.more_supply[part.capacities] = np.column_stack([each.q_buyer_best for each in periods])

    def _weighed(self, rows: IntArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Means over the periods by kg; NaN where nothing is traded."""
        kg, total = self.quantity[rows], self.total[rows]
        weight = np.where(total > 0, total, np.nan)
        return (low * kg).sum(axis=1) / weight, (high * kg).sum(axis=1) / weight

    def _divide(self, part: Component, quantity: FloatArray) -> None:
        made = least_temptation.divide(part.problem, quantity)
        total = quantity.sum(axis=1)
        traded = total > 0
        rows = part.links[traded]
        self.low[rows] = made.seller_low[traded] / total[traded]
        self.high[rows] = made.seller_high[traded] / total[traded]
        middle = (made.seller_low + made.seller_high) / 2
        surplus = (part.problem.values() * quantity).sum(axis=1) - part.problem.fixed_cost
        buyer = _sum_by(part.problem.need, np.where(traded, surplus - middle, 0.0), len(part.needs))
        seller = _sum_by(part.problem.capacity, np.where(traded, middle, 0.0), len(part.capacities))
        gain = least_temptation.alone(part.problem) - buyer[part.problem.need] - seller[part.problem.capacity]
        self._note(part, gain)

    def _tempt_unused(self, part: Component, quantity: FloatArray, alpha: FloatArray, q: FloatArray) -> None:
        """Gain of pairs outside the plan at the middle prices: beside the buyer's other deals where he may
        have another supplier, else instead of all of them."""
        problem = part.problem
        payoff = alpha[problem.need] + q[problem.capacity]
        beside = (np.maximum(problem.values() - payoff, 0.0) * problem.uppers()).sum(axis=1)
        kept = (alpha * problem.demand).sum(axis=1)[problem.need] + (q * problem.supply).sum(axis=1)[
            problem.capacity
        ]
        gain = np.where(
            _has_room(problem, quantity), beside - problem.fixed_cost, least_temptation.alone(problem) - kept
        )
        self._note(part, np.where(quantity.sum(axis=1) > 0, 0.0, gain))

    def _note(self, part: Component, gain: FloatArray) -> None:
        if len(gain) and float(gain.max()) > max(self.epsilon, 1e-9):
            self.epsilon = float(gain.max())
            self.tempted = int(part.links[int(gain.argmax())])

    def finish(self) -> Corridors:
        """The arrays of the whole problem."""
        problem, total = self.problem, self.total
        traded = ~np.isnan(self.low)
        middle = np.where(traded, (self.low + self.high) / 2.0, 0.0)
        surplus = (problem.values() * self.quantity).sum(axis=1)
        part = middle * total
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(traded & (surplus > 0), part / surplus, np.nan)
        return Corridors(
            low=self.low,
            high=self.high,
            need_rent=_sum_by(problem.need, np.where(traded, surplus - part, 0.0), len(problem.demand)),
            capacity_rent=_sum_by(problem.capacity, part, len(problem.supply)),
            more_demand=self.more_demand,
            more_supply=self.more_supply,
            bargaining=np.clip(share, 0.0, 1.0),
            linear=self.linear,
            clearing_low=self.clearing_low,
            clearing_high=self.clearing_high,
            epsilon=self.epsilon,
            tempted=self.tempted,
        )


def _ends(problem: AllocationProblem, quantity: FloatArray, upper: FloatArray) -> list[Ends]:
    """Both ends of every period's payoffs, with the given limits on links."""
    values = problem.values()
    return [
        ends(
            problem.need,
            problem.capacity,
            values[:, t],
            quantity[:, t],
            upper[:, t],
            problem.demand[:, t],
            problem.supply[:, t],
        )
        for t in range(problem.periods)
    ]


def _rents(problem: AllocationProblem, periods: list[Ends]) -> tuple[FloatArray, FloatArray]:
    """[E,T] the seller's rent per kg at the end best for buyers and at the end best for sellers."""
    low = np.column_stack([each.q_buyer_best[problem.capacity] for each in periods])
    alpha = np.column_stack([each.alpha_seller_best[problem.need] for each in periods])
    return low, np.maximum(low, problem.values() - alpha)


def _real_limits(problem: AllocationProblem) -> FloatArray:
    """[E,T] limits of links that are tighter than the demand and supply they lie between, else inf."""
    upper = problem.uppers()
    loose = np.minimum(problem.demand[problem.need], problem.supply[problem.capacity])
    return np.where(upper < loose, upper, np.inf)


def _has_room(problem: AllocationProblem, quantity: FloatArray) -> BoolArray:
    """[E] whether the link's need is served and may take one more supplier."""
    chosen = np.bincount(problem.need[quantity.sum(axis=1) > 0], minlength=len(problem.demand))
    room = chosen > 0
    if problem.max_suppliers is not None:
        room &= (problem.max_suppliers == 0) | (chosen < problem.max_suppliers)
    free: BoolArray = room[problem.need]
    return free


def _sum_by(rows: IntArray, amount: FloatArray, size: int) -> FloatArray:
    total: FloatArray = np.bincount(rows, weights=amount, minlength=size).astype(np.float64)
    return total


def _free_of_fixed_cost(problem: AllocationProblem, quantity: FloatArray) -> bool:
    """Whether no traded link carries a fixed cost that its two sides would have to share."""
    return not problem.fixed_cost[quantity.sum(axis=1) > 0].any()
