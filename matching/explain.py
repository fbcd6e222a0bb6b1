"""One explanation per pair, chosen or not, as a code and numbers; and the payment-days curve of a need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from matching.gates import GATE_NAMES, bit
from matching.market import Market
from matching.pairs import Pairs, evaluate
from matching.result import Result
from matching.scoring import FeatureScore
from matching.subset import of_need
from matching.types import BoolArray, FloatArray, IntArray

CHOSEN_LIMITS = ("all_it_has", "fills_the_need", "share_limit", "pair_limit", "balance")
"""Why a chosen pair does not move more."""

NOT_USED = (
    "need_not_served",
    "no_surplus",
    "used_elsewhere",
    "enough_suppliers",
    "dearer",
    "lot_too_small",
    "less_valuable",
)
"""Why an open pair is not used."""

FULL = 1e-6
"""Relative slack under which a limit counts as reached."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair stands where it stands.

    verdict     chosen, open (every gate open, not used) or closed
    code        chosen: one of ``CHOSEN_LIMITS``; open: one of ``NOT_USED``; closed: the first closed gate
    params      numbers of the code: kg, shares 0..1, landed prices and surplus per kg in numeraire
    gates       closed gates with their distances (NaN: not measurable)
    open_points gates passed only because a fact is missing
    relies_on_buyer  a required certificate is held only by this buyer
    score       the breakdown of the fit, for open pairs
    """

    need: int
    capacity: int
    verdict: str
    code: str
    params: Mapping[str, float] = field(default_factory=dict)
    gates: tuple[tuple[str, float], ...] = ()
    open_points: tuple[str, ...] = ()
    relies_on_buyer: bool = False
    score: tuple[FeatureScore, ...] = ()


@dataclass(frozen=True)
class PaymentPoint:
    """At this many days to wait: eligible kg per period [T], and how many organizations wait that long."""

    days: float
    kg: FloatArray
    suppliers: int

    @property
    def kg_per_period(self) -> float:
        """Mean over the periods."""
        return float(self.kg.mean()) if len(self.kg) else 0.0


def explain(result: Result, need: int | None = None) -> list[Explanation]:
    """An explanation of every listed pair, of one need or of all, in the order of ``result.pairs``."""
    rows = range(len(result.pairs)) if need is None else result.pairs.of_need(need)
    explainer = Explainer(result)
    return [explainer.explanation(row) for row in rows]


class Explainer:
    """Explains one pair at a time, so that a caller need not hold the explanations of a large market at once."""

    def __init__(self, result: Result) -> None:
        self._result, self._plan = result, _Plan(result)
        self._link_of = np.full(len(result.pairs), -1)
        self._link_of[result.links] = np.arange(len(result.links))

    def link(self, row: int) -> int:
        """The link that a row of ``result.pairs`` is; -1 where a gate is closed."""
        return int(self._link_of[row])

    def explanation(self, row: int) -> Explanation:
        """The explanation of a row of ``result.pairs``."""
        return _explanation(self._result, self._plan, row, self.link(row))


def payment_curve(market: Market, need: int, pairs: Pairs | None = None) -> list[PaymentPoint]:
    """Eligible volume of one need at every waiting time that some capacity's patience ends at.

    Counts the capacities for which every gate but payment days is open; unknown patience counts at every
    point. ``days`` are net waiting days (payment days x (1 - advance)). ``pairs`` of the market spare evaluating
    the gates again: those that count are links or near misses, so they are always listed.
    """
    if pairs is None:
        pairs, rows = evaluate(of_need(market, need)), slice(None)
    else:
        of_this = pairs.of_need(need)
        rows = slice(of_this.start, of_this.stop)
    others = pairs.closed[rows] & ~np.uint32(bit("payment_days"))
    fitting = pairs.capacity[rows][others == 0]
    patience = market.capacities.max_wait_days[fitting]
    now = float(market.needs.wait_days[need])
    curve = []
    for days in np.unique(np.append(patience[~np.isnan(patience)], now)):
        waits = fitting[np.isnan(patience) | (patience >= days - 1e-9)]
        kg: FloatArray = market.capacities.supply[waits].sum(axis=0)
        organizations = len(set(market.capacities.organization[waits].tolist()))
        curve.append(PaymentPoint(float(days), kg, organizations))
    return curve


class _Plan:
    """Sums of the plan that several explanations need."""

    def __init__(self, result: Result) -> None:
        problem, quantity = result.problem, result.allocation.quantity
        self.total: FloatArray = quantity.sum(axis=1)
        self.bought, self.sold = np.zeros_like(problem.demand), np.zeros_like(problem.supply)
        np.add.at(self.bought, problem.need, quantity)
        np.add.at(self.sold, problem.capacity, quantity)
        self.uppers = problem.uppers()
        self.least, self.deal = problem.least(), problem.deals()
        self.most = problem.value if problem.value.ndim == 1 else problem.value.max(axis=1, initial=0.0)
        who = problem.supplier if problem.supplier is not None else np.arange(len(problem.supply))
        active = result.allocation.active
        chosen = np.unique(np.column_stack((problem.need[active], who[problem.capacity[active]])), axis=0)
        self.suppliers: IntArray = np.bincount(chosen[:, 0], minlength=len(problem.demand))
        self.dearest = np.full(len(problem.demand), -np.inf)
        landed = result.pairs.landed[result.links]
        known = active & ~np.isnan(landed)
        np.maximum.at(self.dearest, problem.need[known], landed[known])


def _explanation(result: Result, plan: _Plan, row: int, link: int) -> Explanation:
    pairs = result.pairs
    unknown = int(pairs.unknown[row])
    gates = tuple(pairs.closed_gates(row))
    verdict, code, params = "closed", gates[0][0] if gates else "", _prices(result, row)
    score: tuple[FeatureScore, ...] = ()
    if link >= 0:
        score = tuple(result.scores.breakdown(link))
        params |= {"score": float(result.scores.total[link]), "surplus_per_kg": float(result.money[link])}
        if result.allocation.active[link]:
            verdict, code = "chosen", _limit(result, plan, link)
            params |= _chosen(result, plan, link)
        else:
            verdict = "open"
            code, numbers = _not_used(result, plan, link)
            params |= numbers
    return Explanation(
        need=int(pairs.need[row]),
        capacity=int(pairs.capacity[row]),
        verdict=verdict,
        code=code,
        params=params,
        gates=gates,
        open_points=tuple(name for k, name in enumerate(GATE_NAMES) if unknown >> k & 1),
        relies_on_buyer=bool(pairs.relies_on_buyer[row]),
        score=score,
    )


def _prices(result: Result, row: int) -> dict[str, float]:
    pairs = result.pairs
    given = {"km": pairs.km[row], "freight": pairs.freight[row], "landed": pairs.landed[row]}
    return {name: float(number) for name, number in given.items() if not np.isnan(number)}


def _chosen(result: Result, plan: _Plan, link: int) -> dict[str, float]:
    problem = result.problem
    need, capacity, kg = int(problem.need[link]), int(problem.capacity[link]), float(plan.total[link])
    return {
        "kg": kg,
        "share_of_need": kg / max(float(problem.demand[need].sum()), 1e-300),
        "share_of_capacity": kg / max(float(problem.supply[capacity].sum()), 1e-300),
        "price_low": float(result.prices.low[link]),
        "price_high": float(result.prices.high[link]),
        "price_proposed": float(result.prices.proposed[link]),
    }


def _limit(result: Result, plan: _Plan, link: int) -> str:
    """What keeps a chosen pair from moving more, in the periods in which it trades."""
    problem, kg = result.problem, result.allocation.quantity[link]
    need, capacity, at = int(problem.need[link]), int(problem.capacity[link]), kg > 0
    if _reached(plan.sold[capacity], problem.supply[capacity])[at].all():
        return "all_it_has"
    if (
        problem.max_share is not None
        and problem.max_share[need] < 1
        and _reached(kg, problem.demand[need] * problem.max_share[need])[at].all()
    ):
        return "share_limit"
    if _reached(kg, plan.uppers[link])[at].all() and problem.upper is not None:
        return "pair_limit"
    if _reached(plan.bought[need], problem.demand[need])[at].all():
        return "fills_the_need"
    return "balance"


def _not_used(result: Result, plan: _Plan, link: int) -> tuple[str, dict[str, float]]:
    problem = result.problem
    need, capacity = int(problem.need[link]), int(problem.capacity[link])
    landed, dearest = float(result.pairs.landed[result.links[link]]), float(plan.dearest[need])
    most = max(0.0, float(plan.most[link]))
    if most <= 0:
        return "no_surplus", {"objective_per_kg": most}
    both = plan.uppers[link] > 0
    left = (problem.supply[capacity] - plan.sold[capacity])[both]
    elsewhere = float(plan.sold[capacity][both].sum())
    if elsewhere > 0 and (left <= FULL * problem.supply[capacity][both]).all():
        return "used_elsewhere", {"kg_elsewhere": elsewhere}
    if not result.allocation.served[need]:
        return "need_not_served", {}
    full = _reached(plan.bought[need], problem.demand[need])[both].all()
    if full and not np.isnan(landed) and landed > dearest:
        return "dearer", {"dearest_used": dearest, "difference": landed - dearest}
    if problem.max_suppliers is not None and 0 < problem.max_suppliers[need] <= plan.suppliers[need]:
        return "enough_suppliers", {"allowed": float(problem.max_suppliers[need])}
    room = float(np.minimum(plan.uppers[link], problem.demand[need] - plan.bought[need]).clip(0).sum())
    lot = float(plan.least[plan.deal[link]])
    if room < lot:
        return "lot_too_small", {"kg_left": room, "lot_kg": lot}
    return "less_valuable", {"kg_left": room}


def _reached(used: FloatArray, limit: FloatArray) -> BoolArray:
    reached: BoolArray = used >= limit * (1 - FULL) - 1e-3
    return reached
