"""The whole run: gates, scores, plan, check, prices, robustness and reasons.

Rows are put into the order of their ids first, so that the order in which a caller lists needs and
capacities never changes a plan; the result speaks of the caller's own rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

import numpy as np

from matching import coverage, robustness
from matching.allocate import Progress, allocate
from matching.allocate.allocation import Allocation, relative_gap
from matching.hedge import hedge
from matching.learning.model import AcceptanceModel
from matching.market import Market
from matching.pairs import Pairs, evaluate
from matching.prices import corridors, landed_prices
from matching.problem import AllocationProblem
from matching.result import Hedge, Reason, Result
from matching.scoring import score
from matching.surplus import Surplus, allocation_problem, surplus
from matching.types import FloatArray, IntArray
from matching.validate import validate

_T = TypeVar("_T")

VERSION = "2"
"""Changes whenever the same market, policy and seed may give another plan."""

FIT_COST_CELLS = 20_000
"""Up to so many links x periods the plan without fit is solved too, to tell what fit costs."""


def solve(
    market: Market,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    acceptance: AcceptanceModel | None = None,
) -> Result:
    """Match a market within about ``time_limit`` seconds.

    With ``acceptance`` its chance of a yes stands in the objective where the weighted fit stands without it;
    ``scores`` are the same either way.

    Raises AssertionError when the plan does not pass the independent validator (a programming error).
    """
    clock = _Clock()
    pairs = clock.timed("gates", lambda: evaluate(market))
    links = pairs.links()
    scores = clock.timed("score", lambda: score(market, pairs, links))
    chance = None if acceptance is None else acceptance.probability(scores.values)
    fit = scores.fit if chance is None else chance
    worth = surplus(market, pairs, links)
    problem = allocation_problem(market, pairs, links, worth, fit)
    allocation = clock.timed(
        "allocate",
        lambda: _planned(
            market, problem, time_limit=time_limit, gap=gap, seed=seed, workers=workers, progress=progress
        ),
    )
    hedged = clock.timed("hedge", lambda: _hedged(market, problem, allocation, seed))
    allocation = allocation if hedged is None else _with_quantity(problem, allocation, hedged.quantity)
    wrong = clock.timed("validate", lambda: validate(problem, allocation))
    if wrong:
        raise AssertionError(f"the plan breaks its own conditions: {wrong[:5]}")
    corridor = clock.timed("prices", lambda: corridors(problem, allocation))
    unit = 1.0 / market.policy.price_weight if market.policy.price_weight > 0 else 1.0
    need = pairs.need[links]
    # An organization that takes the price as it is bargains over nothing.
    corridor = replace(corridor, bargaining=np.where(worth.formula, np.nan, corridor.bargaining))
    prices = landed_prices(
        corridor, worth.landed, market.needs.ceiling[need], market.needs.price[need], worth.formula, unit
    )
    money = float((worth.money[:, None] * allocation.quantity).sum())
    return Result(
        market=market,
        pairs=pairs,
        links=links,
        scores=scores,
        problem=problem,
        allocation=allocation,
        corridors=corridor,
        prices=prices,
        money=worth.money,
        value_money=money,
        fit_cost=clock.timed(
            "fit_cost",
            lambda: _fit_cost(
                market, pairs, links, worth, fit, money, time_limit=time_limit, gap=gap, seed=seed
            ),
        ),
        needs=clock.timed("reasons", lambda: coverage.reports(market, pairs, problem, allocation.quantity)),
        robustness=replace(
            clock.timed(
                "robustness", lambda: robustness.simulate(market, problem, allocation.quantity, seed)
            ),
            hedge=hedged,
        ),
        notes=_notes(market, pairs, allocation),
        seconds=clock.seconds,
        versions=_versions() | ({} if acceptance is None else {"acceptance": acceptance.version}),
        acceptance=chance,
    )


def _hedged(market: Market, problem: AllocationProblem, allocation: Allocation, seed: int) -> Hedge | None:
    """What the policy's weight of the tail makes of the plan; None without one."""
    if not market.policy.tail_weight or not market.policy.scenarios:
        return None
    drawn = robustness.shortfalls(market, seed)
    return hedge(problem, allocation.quantity, drawn, market.policy.tail_weight)


def _with_quantity(problem: AllocationProblem, allocation: Allocation, quantity: FloatArray) -> Allocation:
    active = quantity.sum(axis=1) > 0
    value = problem.objective(quantity, active)
    gap = relative_gap(value, allocation.bound)
    return replace(allocation, quantity=quantity, active=active, value=value, gap=gap)


class _Clock:
    """Seconds spent per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, stage: str, work: Callable[[], _T]) -> _T:
        begun = time.perf_counter()
        done = work()
        self.seconds[stage] = time.perf_counter() - begun
        return done


def _planned(
    market: Market,
    problem: AllocationProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int,
    workers: int | None,
    progress: Progress | None,
) -> Allocation:
    """The plan, found on the rows in order of their ids and handed back in the caller's."""
    needs, capacities = _order(market.needs.id), _order(market.capacities.id)
    need, capacity = _places(needs)[problem.need], _places(capacities)[problem.capacity]
    links = np.lexsort((capacity, need))

    def floats(array: FloatArray | None, rows: IntArray) -> FloatArray | None:
        return None if array is None else array[rows]

    def ints(array: IntArray | None, rows: IntArray) -> IntArray | None:
        return None if array is None else array[rows]

    ordered = replace(
        problem.only(links),
        need=need[links],
        capacity=capacity[links],
        demand=problem.demand[needs],
        supply=problem.supply[capacities],
        min_suppliers=ints(problem.min_suppliers, needs),
        max_suppliers=ints(problem.max_suppliers, needs),
        min_fill=floats(problem.min_fill, needs),
        max_share=floats(problem.max_share, needs),
        supplier=_named_by_first(ints(problem.supplier, capacities)),
        buyer=_named_by_first(ints(problem.buyer, needs)),
        dependency=floats(problem.dependency, capacities),
    )
    found = allocate(ordered, time_limit=time_limit, gap=gap, seed=seed, workers=workers, progress=progress)
    quantity, served = np.zeros_like(found.quantity), np.zeros_like(found.served)
    quantity[links], served[needs] = found.quantity, found.served
    return replace(
        found,
        quantity=quantity,
        active=quantity.sum(axis=1) > 0,
        served=served,
        value=problem.objective(quantity, quantity.sum(axis=1) > 0),
        causes=tuple((code, int(links[row])) for code, row in found.causes),
    )


def _order(ids: Sequence[str]) -> IntArray:
    """Row numbers in the order of the ids."""
    return np.array(sorted(range(len(ids)), key=lambda row: ids[row]), dtype=np.int64)


def _places(order: IntArray) -> IntArray:
    """[rows] the place of each row in an order."""
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _named_by_first(labels: IntArray | None) -> IntArray | None:
    """Labels renamed by first appearance, so that the caller's numbering does not matter."""
    if labels is None:
        return None
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    renamed: IntArray = first[group]
    return renamed


def _fit_cost(
    market: Market,
    pairs: Pairs,
    links: IntArray,
    worth: Surplus,
    fit: FloatArray,
    money: float,
    *,
    time_limit: float,
    gap: float,
    seed: int,
) -> float:
    """Money that a plan without the fit and risk terms would gain; NaN when too large to be measured."""
    policy = market.policy
    if policy.fit_weight == 0 and policy.risk_weight == 0:
        return 0.0
    if len(links) * len(market.periods) > FIT_COST_CELLS:
        return float("nan")
    plain = allocation_problem(market, pairs, links, worth, fit, with_fit=False)
    other = _planned(
        market, plain, time_limit=time_limit / 4, gap=gap, seed=seed, workers=None, progress=None
    )
    return max(0.0, float((worth.money[:, None] * other.quantity).sum()) - money)


def _notes(market: Market, pairs: Pairs, allocation: Allocation) -> tuple[Reason, ...]:
    """What the run must tell about the broker's own wishes."""
    found = []
    width = len(market.capacities)
    open_pairs = pairs.need[pairs.links()] * width + pairs.capacity[pairs.links()]
    for need, capacity in market.pins:
        if need * width + capacity not in open_pairs:
            found.append(Reason("pin_closed", {"need": float(need), "capacity": float(capacity)}))
    links = pairs.links()
    for code, row in allocation.causes:
        found.append(
            Reason(
                code, {"need": float(pairs.need[links[row]]), "capacity": float(pairs.capacity[links[row]])}
            )
        )
    return tuple(found)


def _versions() -> dict[str, str]:
    """Versions that a replay needs; a solver that is not installed was not used."""
    found = {"matching": VERSION, "numpy": np.__version__}
    for name in ("ortools", "highspy", "scipy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
