"""Every pair of a need and a capacity of one concept, and which gates are closed between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.gates import GATE_NAMES, GATES, bit
from matching.gates.block import Block, block_of, columns_of
from matching.gates.certificate import relies_on_buyer
from matching.market import Market
from matching.types import BoolArray, FloatArray, IntArray, MaskArray

CHUNK = 262_144
"""Pairs looked at together: bounds the memory of a pass, small enough for the processor's cache."""


@dataclass(frozen=True)
class Pairs:
    """P pairs ordered by need, then capacity.

    need, capacity   [P] row numbers
    closed           [P] bit k set when gate ``GATE_NAMES[k]`` is closed
    unknown          [P] bit k set when gate k passed only because a fact is missing (an open point)
    distance         [P, gates] by how much a closed gate misses: steps of grade, attributes missed,
                     points, days, certificates, numeraire per kg, km, kg; 0 where open, NaN unmeasurable
    km, freight, landed   [P] road km, numeraire per kg, asking price + freight (NaN unknown)
    relies_on_buyer  [P] a required certificate is held only by this buyer
    closed_count     [N, gates] closed pairs per need and gate, over all pairs of the block
    closed_kg        [N, gates] what the capacities of those could deliver, kg per period in which the need wants any
    blocked          [N] pairs in the need's block
    complete         whether every pair is listed; else only links and near misses are
    """

    need: IntArray
    capacity: IntArray
    closed: MaskArray
    unknown: MaskArray
    distance: FloatArray
    km: FloatArray
    freight: FloatArray
    landed: FloatArray
    relies_on_buyer: BoolArray
    closed_count: IntArray
    closed_kg: FloatArray
    blocked: IntArray
    complete: bool

    def __len__(self) -> int:
        return len(self.need)

    def of_need(self, need: int) -> range:
        """Row numbers of the listed pairs of one need."""
        first, last = np.searchsorted(self.need, [need, need + 1])
        return range(int(first), int(last))

    def links(self) -> IntArray:
        """Row numbers of the pairs with every gate open."""
        return np.flatnonzero(self.closed == 0)

    def near_misses(self) -> IntArray:
        """Row numbers of the pairs with exactly one gate closed."""
        return np.flatnonzero(np.bitwise_count(self.closed) == 1)

    def gate_closed(self, name: str) -> BoolArray:
        """[P] whether the named gate is closed."""
        closed: BoolArray = (self.closed & np.uint32(bit(name))) != 0
        return closed

    def closed_gates(self, row: int) -> list[tuple[str, float]]:
        """Name and distance of every closed gate of one pair."""
        mask = int(self.closed[row])
        return [(name, float(self.distance[row, k])) for k, name in enumerate(GATE_NAMES) if mask >> k & 1]


def evaluate(market: Market) -> Pairs:
    """Every gate over every pair of the same concept, in chunks of bounded memory.

    Beyond ``policy.keep_closed`` pairs only links and near misses are listed; the counts stay complete.
    """
    columns = columns_of(market)
    total = sum(len(needs) * len(capacities) for needs, capacities in _concepts(market))
    complete = total <= market.policy.keep_closed
    counts = np.zeros((len(market.needs), len(GATES)), dtype=np.int64)
    kg = np.zeros(counts.shape)
    blocked = np.zeros(len(market.needs), dtype=np.int64)
    parts: list[_Part] = []
    for some, wide in _chunks(market):
        need, capacity = np.repeat(some, len(wide)), np.tile(wide, len(some))
        block = block_of(market, columns, need, capacity)
        part = _examine(block)
        reach = _reach(market, some, wide)
        for k in range(len(GATES)):
            shut = (part.closed >> k) & 1 == 1
            counts[:, k] += np.bincount(need[shut], minlength=len(counts))
            kg[:, k] += np.bincount(need[shut], weights=reach[shut], minlength=len(counts))
        blocked += np.bincount(need, minlength=len(blocked))
        parts.append(part if complete else part.rows(np.flatnonzero(np.bitwise_count(part.closed) <= 1)))
    return _assemble(parts, counts, kg, blocked, complete)


def _reach(market: Market, needs: IntArray, capacities: IntArray) -> FloatArray:
    """[needs x capacities] mean kg that each capacity can deliver in the periods in which the need wants any."""
    reach = np.zeros((len(needs), len(capacities)))
    for row, need in enumerate(needs):
        periods = market.needs.demand[need] > 0
        if periods.any():
            reach[row] = market.capacities.supply[capacities][:, periods].mean(axis=1)
    return reach.ravel()


@dataclass(frozen=True)
class _Part:
    need: IntArray
    capacity: IntArray
    closed: MaskArray
    unknown: MaskArray
    distance: FloatArray
    km: FloatArray
    freight: FloatArray
    landed: FloatArray
    relies: BoolArray

    def rows(self, keep: IntArray) -> _Part:
        return _Part(
            self.need[keep],
            self.capacity[keep],
            self.closed[keep],
            self.unknown[keep],
            self.distance[keep],
            self.km[keep],
            self.freight[keep],
            self.landed[keep],
            self.relies[keep],
        )


def _concepts(market: Market) -> Iterator[tuple[IntArray, IntArray]]:
    """Needs and capacities of each concept that both sides know, by concept code."""
    by_need = np.argsort(market.needs.concept, kind="stable")
    by_capacity = np.argsort(market.capacities.concept, kind="stable")
    needs, capacities = market.needs.concept[by_need], market.capacities.concept[by_capacity]
    for concept in np.intersect1d(needs, capacities):
        yield (
            by_need[np.searchsorted(needs, concept) : np.searchsorted(needs, concept, "right")],
            by_capacity[np.searchsorted(capacities, concept) : np.searchsorted(capacities, concept, "right")],
        )


def _chunks(market: Market) -> Iterator[tuple[IntArray, IntArray]]:
    """Needs and capacities to be paired, a few whole needs at a time where they fit."""
    for needs, capacities in _concepts(market):
        tall = max(1, CHUNK // len(capacities))
        for start in range(0, len(needs), tall):
            some = needs[start : start + tall]
            for left in range(0, len(capacities), CHUNK):
                yield some, capacities[left : left + CHUNK]


def _examine(block: Block) -> _Part:
    p = len(block.need)
    closed, unknown = np.zeros(p, dtype=np.uint32), np.zeros(p, dtype=np.uint32)
    distance = np.zeros((p, len(GATES)))
    for k, gate in enumerate(GATES):
        seen = gate.check(block)
        closed |= seen.closed.astype(np.uint32) << np.uint32(k)
        unknown |= seen.unknown.astype(np.uint32) << np.uint32(k)
        distance[:, k] = seen.distance
    return _Part(
        block.need,
        block.capacity,
        closed,
        unknown,
        distance,
        block.km,
        block.freight,
        block.landed,
        relies_on_buyer(block),
    )


def _assemble(
    parts: list[_Part], counts: IntArray, kg: FloatArray, blocked: IntArray, complete: bool
) -> Pairs:
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        mask, real = np.zeros(0, dtype=np.uint32), np.zeros(0)
        parts = [
            _Part(
                none,
                none,
                mask,
                mask,
                np.zeros((0, len(GATES))),
                real,
                real,
                real,
                np.zeros(0, dtype=np.bool_),
            )
        ]
    need = np.concatenate([part.need for part in parts])
    capacity = np.concatenate([part.capacity for part in parts])
    order = np.lexsort((capacity, need))
    return Pairs(
        need=need[order],
        capacity=capacity[order],
        closed=np.concatenate([part.closed for part in parts])[order],
        unknown=np.concatenate([part.unknown for part in parts])[order],
        distance=np.concatenate([part.distance for part in parts])[order],
        km=np.concatenate([part.km for part in parts])[order],
        freight=np.concatenate([part.freight for part in parts])[order],
        landed=np.concatenate([part.landed for part in parts])[order],
        relies_on_buyer=np.concatenate([part.relies for part in parts])[order],
        closed_count=counts,
        closed_kg=kg,
        blocked=blocked,
        complete=complete,
    )
