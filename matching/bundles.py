"""Small groups that could meet a need together: proposed here, decided by people, planned exactly once decided.

A proposal brings together capacities that only their smallest lot keeps from a need, neighbours first, until together
they reach it. It is a heuristic: whoever decides may bundle others (members of a union, holders of one certificate).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matching.gates import bit
from matching.gates.block import great_circle, points
from matching.gates.min_lot import reach_of_pairs
from matching.market import Market
from matching.pairs import Pairs
from matching.types import IntArray

NEAR_KM = 60.0
"""Road km within which one truck collects from several groups."""


def propose(market: Market, pairs: Pairs, near_km: float = NEAR_KM) -> IntArray:
    """Rows (need, capacity, number) for ``Market.bundles``; a capacity is in one bundle of a need at most."""
    waiting = np.flatnonzero(pairs.closed == bit("min_lot"))
    found: list[tuple[int, int, int]] = []
    for need in np.unique(pairs.need[waiting]):
        capacities = pairs.capacity[waiting[pairs.need[waiting] == need]]
        groups = _groups(market, int(need), capacities, near_km)
        found += [(int(need), int(c), number) for number, group in enumerate(groups) for c in group]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def with_bundles(market: Market, bundles: IntArray) -> Market:
    """The market with these bundles beside those it has; numbers of one need never collide."""
    shift = int(market.bundles[:, 2].max(initial=-1)) + 1
    added = bundles + np.array([0, 0, shift])
    return replace(
        market, bundles=np.concatenate((market.bundles, added)) if len(bundles) else market.bundles
    )


def _groups(market: Market, need: int, capacities: IntArray, near_km: float) -> list[list[int]]:
    """Around the largest first; a group that does not reach its largest lot is not proposed."""
    reach = reach_of_pairs(market, np.full(len(capacities), need), capacities)
    lot = market.capacities.min_lot[capacities]
    place = points(market.capacities.lat[capacities], market.capacities.lon[capacities])
    free = set(range(len(capacities)))
    groups: list[list[int]] = []
    for first in np.lexsort((capacities, -reach)):
        if int(first) not in free:
            continue
        away = market.policy.road_factor * great_circle(place, place[[first]])
        near = [k for k in np.argsort(away, kind="stable").tolist() if k in free and away[k] <= near_km]
        group: list[int] = []
        for k in near:
            group.append(k)
            if reach[group].sum() >= lot[group].max():
                break
        if len(group) > 1 and reach[group].sum() >= lot[group].max():
            free -= set(group)
            groups.append([int(capacities[k]) for k in group])
    return groups
