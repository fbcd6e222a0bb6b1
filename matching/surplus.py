"""From a market's links to the allocation problem: what a kg is worth, in money and in fit, kept apart.

Money surplus of a link = buyer's value - landed cost, per kg. The buyer's value is his ceiling, else his
published price, else the dearest landed cost among his links, so that without any known price only
differences in cost decide. An organization that takes the buyer's formula is taken to cover its freight
from wherever the need's formula takers deliver, so a nearer one leaves that saving as surplus.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.market import Market
from matching.pairs import Pairs
from matching.problem import AllocationProblem
from matching.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Surplus:
    """Per link [L], in numeraire per kg: money, landed cost, buyer's value, level (size of the price);
    formula marks organizations that take the buyer's price."""

    money: FloatArray
    landed: FloatArray
    worth: FloatArray
    level: FloatArray
    formula: BoolArray


def surplus(market: Market, pairs: Pairs, links: IntArray) -> Surplus:
    """The money surplus of the given rows of ``pairs``."""
    need, capacity, n = pairs.need[links], pairs.capacity[links], len(market.needs)
    landed, freight = pairs.landed[links], pairs.freight[links]
    formula = np.isnan(market.capacities.ask[capacity])
    worth = _worth(market, need, landed)
    price = np.where(np.isnan(market.needs.price[need]), worth, np.minimum(market.needs.price[need], worth))
    farthest = _highest(need, np.where(formula, freight, np.nan), n)[need]
    saved = np.where(np.isnan(farthest - freight), 0.0, farthest - freight)
    money = np.where(formula, worth - price + saved, worth - landed)
    money = np.where(np.isnan(money), 0.0, money)
    level = np.where(worth > 0, worth, 1.0)
    return Surplus(money, np.where(formula, worth - money, landed), worth, level, formula)


def allocation_problem(
    market: Market, pairs: Pairs, links: IntArray, worth: Surplus, fit: FloatArray, *, with_fit: bool = True
) -> AllocationProblem:
    """The problem whose links are the given rows, with the policy's weights in the objective.

    value = price_weight x money + (service_share + fit_weight x fit - risk_weight x unreliability) x level;
    without ``with_fit`` the fit and risk terms are left out, to measure what they cost.
    """
    policy, needs, capacities = market.policy, market.needs, market.capacities
    need, capacity = pairs.need[links], pairs.capacity[links]
    n, m, t = len(needs), len(capacities), len(market.periods)
    demand, supply = needs.demand.reshape(n, t), capacities.supply.reshape(m, t)
    soft = np.full(len(links), policy.service_share)
    if with_fit:
        soft += policy.fit_weight * fit - policy.risk_weight * _unreliability(market, capacity)
    share = market.max_share()
    reach = np.minimum(demand[need] * share[need][:, None], supply[capacity])
    cap = market.cap_kg(need, capacity)
    token = np.where(needs.min_suppliers[need] >= 2, policy.least_share * demand[need].sum(axis=1), 0.0)
    least = np.maximum(capacities.min_lot[capacity], np.minimum(token, reach.sum(axis=1)))
    limited = policy.max_buyer_share < 1.0
    joint = market.bundle(need, capacity) if len(market.bundles) else None
    if joint is not None:
        least = _of_bundle(joint, least)
    return AllocationProblem(
        need=need,
        capacity=capacity,
        value=policy.price_weight * worth.money + soft * worth.level,
        fixed_cost=np.full(len(links), policy.fixed_cost),
        min_lot=least,
        demand=demand,
        supply=supply,
        upper=np.repeat(cap[:, None], t, axis=1) if len(market.caps) else None,
        min_suppliers=needs.min_suppliers,
        max_suppliers=needs.max_suppliers,
        min_fill=needs.min_fill,
        max_share=share,
        incumbent=_listed(market, market.incumbents, need, capacity),
        switching_cost=np.full(len(links), policy.switching_cost),
        pinned=_listed(market, market.pins, need, capacity) if len(market.pins) else None,
        supplier=capacities.organization,
        buyer=needs.buyer,
        dependency=policy.max_buyer_share * supply.sum(axis=1) if limited else None,
        joint=joint,
    )


def _of_bundle(joint: IntArray, least: FloatArray) -> FloatArray:
    """[L] the smallest lot of a deal: in a bundle the largest of its members' lots, which they reach together."""
    whole = joint >= 0
    largest = np.zeros(int(joint.max(initial=-1)) + 1)
    np.maximum.at(largest, joint[whole], least[whole])
    return np.where(whole, largest[joint], least)


def _worth(market: Market, need: IntArray, landed: FloatArray) -> FloatArray:
    """[L] the buyer's value per kg."""
    level = market.needs.price_level()
    dearest = _highest(need, landed, len(level))
    known = np.where(np.isnan(level), dearest, level)
    return np.where(np.isnan(known), 0.0, known)[need]


def _highest(rows: IntArray, value: FloatArray, size: int) -> FloatArray:
    """[size] highest known value per row, NaN where none is known."""
    top = np.full(size, -np.inf)
    known = ~np.isnan(value)
    np.maximum.at(top, rows[known], value[known])
    return np.where(np.isinf(top), np.nan, top)


def _unreliability(market: Market, capacity: IntArray) -> FloatArray:
    readiness = market.capacities.readiness[capacity]
    return 1.0 - np.where(np.isnan(readiness), 0.0, readiness) / 100.0


def _listed(market: Market, rows: IntArray, need: IntArray, capacity: IntArray) -> BoolArray:
    width = len(market.capacities)
    return np.isin(need * width + capacity, rows[:, 0] * width + rows[:, 1])
