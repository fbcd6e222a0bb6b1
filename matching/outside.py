"""What lies outside a plan: what an organization would gain by selling on the side, and what one step would open.

Both are read off a finished run. Prices are in numeraire per kg; nothing here forecasts a price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.result import Relaxation, Result
from matching.types import BoolArray, FloatArray

ALARM_SHARE = 0.08
"""A spot price this far above what the plan is worth to a group draws its members away (domain of rural alliances)."""

DAYS_A_MONTH = 30.0


@dataclass(frozen=True)
class SideSelling:
    """Per link [L], NaN where nothing is traded or no spot price is known.

    worth  what the proposal leaves the organization per kg today: less freight, less the cost of waiting
    gain   spot price at its door less that; above zero somebody is tempted
    alarm  whether the gain passes ``ALARM_SHARE`` of the worth
    """

    worth: FloatArray
    gain: FloatArray
    alarm: BoolArray


def side_selling(result: Result, spot: FloatArray) -> SideSelling:
    """The temptation to sell elsewhere, from spot [M], today's price at each organization's door (NaN unknown).

    worth = (proposed - freight) / (1 + monthly_cash_cost x days / 30), days net of the advance.
    """
    problem, market = result.problem, result.market
    freight = result.pairs.freight[result.links]
    days = market.needs.wait_days[problem.need]
    door = result.prices.proposed - np.where(np.isnan(freight), 0.0, freight)
    worth = door / (1.0 + market.policy.monthly_cash_cost * days / DAYS_A_MONTH)
    gain = np.asarray(spot, dtype=np.float64)[problem.capacity] - worth
    with np.errstate(invalid="ignore"):
        alarm: BoolArray = gain > ALARM_SHARE * np.maximum(worth, 0.0)
    return SideSelling(worth, gain, alarm)


@dataclass(frozen=True)
class Opening:
    """What a relaxation of a need would bring: kg over all periods that it still lacks, and numeraire of surplus."""

    relaxation: Relaxation
    kg: float
    money: float


def openings(result: Result, need: int) -> tuple[Opening, ...]:
    """The value of every step of a need: a day less, a certificate more, a price raised, each by itself.

    The capacities behind a step serve what is uncovered, the most valuable first, with what they have left. An upper
    estimate: it does not ask whom else they could serve instead.
    """
    problem, quantity = result.problem, result.allocation.quantity
    sold, bought = np.zeros_like(problem.supply), np.zeros_like(problem.demand)
    np.add.at(sold, problem.capacity, quantity)
    np.add.at(bought, problem.need, quantity)
    left = np.maximum(problem.supply - sold, 0.0)
    lacking = np.maximum(problem.demand[need] - bought[need], 0.0)
    return tuple(_opening(result, need, step, left, lacking) for step in result.needs[need].relaxations)


def _opening(result: Result, need: int, step: Relaxation, left: FloatArray, lacking: FloatArray) -> Opening:
    worth = _worth(result, need)
    first, last = np.searchsorted(result.pairs.need, [need, need + 1])
    listed = result.pairs.capacity[first:last]
    capacities = np.array(step.capacities, dtype=np.int64)
    row = first + np.searchsorted(listed, capacities)
    gain = worth - result.pairs.landed[row]
    gain = np.where(np.isnan(gain), 0.0, np.maximum(gain, 0.0))
    wanted, kg, money = lacking.copy(), 0.0, 0.0
    for place in np.argsort(-gain, kind="stable"):
        served = np.minimum(left[capacities[place]], wanted)
        wanted -= served
        kg += float(served.sum())
        money += float(served.sum()) * float(gain[place])
    return Opening(step, kg, money)


def _worth(result: Result, need: int) -> float:
    """The buyer's value per kg: his ceiling, else his price; NaN where he states neither."""
    level = result.market.needs.price_level()[need]
    return float(level)
