"""The run itself. Where every place is known it is the same `compute` as the web's."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from broker.listings.models import Capacity, Need
from broker.matchmaking.compute import GAP, SECONDS_PER_BLOCK, WORST_LAST, Outcome, compute
from broker.matchmaking.findings import findings, unanswered
from broker.matchmaking.snapshot import Block, Inputs, take
from matching.policy import Policy


def match_market(inputs: Inputs, policy: Policy, *, seed: int = 0) -> Outcome:
    """Match a market in which places may be missing.

    An organization without a place pays no freight; where a buyer has none, nobody who offers his product
    does, since prices with and without freight cannot be compared. Distances there are unknown, not zero.
    """
    if all(map(_is_placed, inputs.needs)) and all(map(_is_placed, inputs.capacities)):
        return compute(inputs, policy, seed=seed)
    # The solvers take seconds to import, so only a process that solves pays for them.
    from matching.solve import solve

    outcome = Outcome(take(inputs, policy))
    for block in map(_without_unknown_freight, outcome.snapshot.blocks):
        result = solve(block.market, time_limit=SECONDS_PER_BLOCK, gap=GAP, seed=seed)
        outcome.needs += findings(block, result, inputs)
        outcome.value += result.value
        outcome.bound += result.bound
        outcome.status = max(outcome.status, result.status, key=WORST_LAST.index)
    outcome.needs += [unanswered(need, code, inputs) for need, code in outcome.snapshot.unanswered]
    outcome.needs.sort(key=lambda finding: finding.need.id)
    return outcome


def _without_unknown_freight(block: Block) -> Block:
    buyers_known = all(map(_is_placed, block.needs))
    counted = np.array([buyers_known and _is_placed(capacity) for capacity in block.capacities])
    capacities = block.market.capacities
    free = replace(
        capacities,
        freight_base=np.where(counted, capacities.freight_base, 0.0),
        freight_per_km=np.where(counted, capacities.freight_per_km, 0.0),
    )
    return replace(block, market=replace(block.market, capacities=free))


def _is_placed(thing: Need | Capacity) -> bool:
    return not math.isnan(thing.lat)
