"""Per need: how far it is covered, why not further, what would open more, and who could step in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.gates import GATE_NAMES, bit
from matching.market import Market
from matching.pairs import Pairs
from matching.problem import LEAST_KG, AllocationProblem
from matching.result import NeedReport, Reason, Relaxation, StandBy
from matching.types import FloatArray, IntArray

ENOUGH = 1 - 1e-6
"""A need filled to this share is covered."""


@dataclass(frozen=True)
class _View:
    """Everything about one need: its pairs, its links, the plan, and what capacities have left."""

    market: Market
    pairs: Pairs
    problem: AllocationProblem
    quantity: FloatArray
    spare: FloatArray
    need: int
    rows: IntArray
    links: IntArray

    def reachable(self, capacities: IntArray) -> FloatArray:
        """[len] kg per wanted period each capacity could deliver to this need on its own."""
        wanted = self.market.needs.demand[self.need]
        periods = wanted > 0
        if not periods.any() or not len(capacities):
            return np.zeros(len(capacities))
        mean: FloatArray = self.market.capacities.supply[capacities][:, periods].mean(axis=1)
        return mean


def reports(
    market: Market, pairs: Pairs, problem: AllocationProblem, quantity: FloatArray
) -> tuple[NeedReport, ...]:
    """One report per need, in the order of the market."""
    used = np.zeros_like(problem.supply)
    np.add.at(used, problem.capacity, quantity)
    spare = np.maximum(problem.supply - used, 0.0)
    n = len(market.needs)
    pair_start = np.searchsorted(pairs.need, np.arange(n + 1))
    link_start = np.searchsorted(problem.need, np.arange(n + 1))
    return tuple(
        _report(
            _View(
                market,
                pairs,
                problem,
                quantity,
                spare,
                need,
                np.arange(pair_start[need], pair_start[need + 1]),
                np.arange(link_start[need], link_start[need + 1]),
            )
        )
        for need in range(n)
    )


def _report(view: _View) -> NeedReport:
    wanted = view.market.needs.demand[view.need]
    got = view.quantity[view.links].sum(axis=0)
    active = view.links[view.quantity[view.links].sum(axis=1) > 0]
    organizations = view.market.capacities.organization[view.problem.capacity[active]]
    covered = got.sum() >= ENOUGH * wanted.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(wanted > 0, got / wanted, np.nan)
    standby, short = _standby(view, active)
    return NeedReport(
        covered_kg=float(got.sum()),
        wanted_kg=float(wanted.sum()),
        covered=share,
        suppliers=len(set(organizations.tolist())),
        reasons=() if covered else tuple(_reasons(view, active)),
        relaxations=() if covered else _relaxations(view),
        standby=standby,
        standby_short_kg=short,
    )


def _reasons(view: _View, active: IntArray) -> list[Reason]:
    """What keeps the need from more, the most fundamental first."""
    blocked = int(view.pairs.blocked[view.need])
    if not blocked:
        return [Reason("no_capacity")]
    found = [*_closed(view, blocked)]
    if len(view.links):
        found += _open(view, active)
    return found


def _closed(view: _View, blocked: int) -> list[Reason]:
    """Gates by the volume behind them; a gate that alone closes everything says so."""
    counts = view.pairs.closed_count[view.need]
    rows = view.rows
    masks, capacities = view.pairs.closed[rows], view.pairs.capacity[rows]
    reach = view.reachable(capacities)
    found = []
    for k, name in enumerate(GATE_NAMES):
        if not counts[k]:
            continue
        alone = masks == bit(name)
        numbers = {
            "pairs": float(counts[k]),
            "kg_per_period": float(view.pairs.closed_kg[view.need, k]),
            "alone_pairs": float(alone.sum()),
            "alone_kg_per_period": float(reach[alone].sum()),
        }
        everything = counts[k] == blocked
        if everything and name == "grade":
            reason = Reason("no_capacity_of_grade", numbers)
        elif everything and int(alone.sum()) == blocked:
            reason = Reason("gate_alone", numbers, gate=name)
        else:
            reason = Reason("gate_all" if everything else "gate", numbers, gate=name)
        found.append((not everything, -numbers["kg_per_period"], k, reason))
    return [reason for *_, reason in sorted(found, key=lambda item: item[:3])]


def _open(view: _View, active: IntArray) -> list[Reason]:
    """What binds among the open pairs."""
    market, problem, need = view.market, view.problem, view.need
    wanted = market.needs.demand[need]
    capacities = problem.capacity[view.links]
    offered = market.capacities.supply[capacities]
    alone = np.minimum(offered, wanted * market.max_share()[need])
    found: list[Reason] = []
    eligible, reachable = np.minimum(offered.sum(axis=0), wanted), np.minimum(alone.sum(axis=0), wanted)
    if eligible.sum() < ENOUGH * wanted.sum():
        found.append(
            Reason(
                "supply_short",
                {
                    "eligible_kg": float(offered.sum()),
                    "usable_kg": float(eligible.sum()),
                    "wanted_kg": float(wanted.sum()),
                },
            )
        )
    if reachable.sum() < ENOUGH * eligible.sum():
        found.append(
            Reason(
                "max_share",
                {
                    "share": float(market.max_share()[need]),
                    "reachable_kg": float(reachable.sum()),
                    "eligible_kg": float(eligible.sum()),
                },
            )
        )
    organizations = len(set(market.capacities.organization[capacities].tolist()))
    needed = int(market.needs.min_suppliers[need])
    if organizations < needed:
        found.append(Reason("min_suppliers", {"needed": needed, "eligible": organizations}))
    least = float(market.needs.min_fill[need])
    if not len(active) and reachable.sum() < least * wanted.sum():
        found.append(
            Reason(
                "min_fill", {"needed_share": least, "reachable_share": float(reachable.sum() / wanted.sum())}
            )
        )
    most_suppliers = int(market.needs.max_suppliers[need])
    chosen = len(set(market.capacities.organization[problem.capacity[active]].tolist()))
    if most_suppliers and organizations > most_suppliers and chosen in (0, most_suppliers):
        found.append(Reason("max_suppliers", {"allowed": most_suppliers, "eligible": organizations}))
    found += _competition(view, capacities)
    worthless = view.links[problem.value[view.links] <= 0]
    if len(worthless):
        kg = float(view.reachable(problem.capacity[worthless]).sum())
        found.append(Reason("no_surplus", {"pairs": len(worthless), "kg_per_period": kg}))
    return found


def _competition(view: _View, capacities: IntArray) -> list[Reason]:
    """Kg of eligible capacities that other needs received, in periods in which this need lacks something."""
    problem, need = view.problem, view.need
    lacking = problem.demand[need] - view.quantity[view.links].sum(axis=0) > 1e-6 * problem.demand[need]
    elsewhere = np.isin(problem.capacity, capacities) & (problem.need != need)
    taken = view.quantity[elsewhere][:, lacking].sum()
    return [Reason("competition", {"kg_elsewhere": float(taken)})] if taken > 0 else []


def _relaxations(view: _View) -> tuple[Relaxation, ...]:
    """Near misses of each gate, as cumulative steps from the smallest distance."""
    found: list[Relaxation] = []
    masks = view.pairs.closed[view.rows]
    for k, name in enumerate(GATE_NAMES):
        rows = view.rows[masks == bit(name)]
        if not len(rows) or name == "excluded":
            continue
        distance = view.pairs.distance[rows, k]
        steps = np.unique(distance[~np.isnan(distance)])[: view.market.policy.near_misses]
        for step in steps:
            opened = view.pairs.capacity[rows[distance <= step]]
            found.append(
                Relaxation(
                    name,
                    float(step),
                    float(view.reachable(opened).sum()),
                    tuple(int(capacity) for capacity in opened),
                )
            )
        never = rows[np.isnan(distance)]
        if len(never):
            opened = view.pairs.capacity[never]
            found.append(
                Relaxation(
                    name,
                    float("nan"),
                    float(view.reachable(opened).sum()),
                    tuple(int(capacity) for capacity in opened),
                )
            )
    return tuple(found)


def _standby(view: _View, active: IntArray) -> tuple[tuple[StandBy, ...], float]:
    """Capacities with volume left, cheapest first, until they replace the largest supplier."""
    if not len(active):
        return (), 0.0
    totals = view.quantity[active].sum(axis=1)
    goal = float(totals.max()) * view.market.policy.standby_share
    largest = int(view.problem.capacity[active[int(totals.argmax())]])
    wanted = view.market.needs.demand[view.need]
    found: list[tuple[float, int, float]] = []
    for link in view.links:
        capacity = int(view.problem.capacity[link])
        kg = float(np.minimum(view.spare[capacity], wanted).sum())
        if capacity != largest and kg >= LEAST_KG:
            row = view.rows[view.pairs.capacity[view.rows] == capacity][0]
            found.append((float(view.pairs.landed[row]), capacity, kg))
    chosen: list[StandBy] = []
    missing = goal
    for landed, capacity, kg in sorted(found, key=lambda item: (np.isnan(item[0]), item[0], item[1])):
        if missing <= 0:
            break
        chosen.append(StandBy(capacity, kg, landed))
        missing -= kg
    return tuple(chosen), max(0.0, missing)
