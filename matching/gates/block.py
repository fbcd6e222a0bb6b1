"""The pairs a gate looks at, with what several gates share computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.market import Market
from matching.types import BoolArray, FloatArray, IntArray

EARTH_RADIUS_KM = 6371.0088
"""Mean Earth radius (IUGG)."""

TOLERANCE = 1e-9
"""Slack for comparing prices and days that went through floating point."""

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Columns:
    """Per-row columns derived once per market: unit vectors of places, bit sets of certificates,
    countries and periods (64 per word)."""

    need_point: FloatArray
    capacity_point: FloatArray
    required: Words
    held: Words
    admissible: BoolArray
    any_origin: BoolArray
    wanted: Words
    offered: Words


@dataclass(frozen=True)
class Block:
    """P pairs of one concept: row numbers, road km, freight and landed price per kg (NaN unknown)."""

    market: Market
    columns: Columns
    need: IntArray
    capacity: IntArray
    km: FloatArray
    freight: FloatArray
    landed: FloatArray


@dataclass(frozen=True)
class Outcome:
    """What a gate says about P pairs: closed or not, by how much, and whether it passed only because
    a fact is unknown (an open point). ``distance`` is 0 where open, NaN where it cannot be measured."""

    closed: BoolArray
    distance: FloatArray
    unknown: BoolArray


def columns_of(market: Market) -> Columns:
    """The derived columns of a market."""
    needs, capacities = market.needs, market.capacities
    return Columns(
        need_point=points(needs.lat, needs.lon),
        capacity_point=points(capacities.lat, capacities.lon),
        required=pack(needs.certificates),
        held=pack(capacities.certificates),
        admissible=needs.origin,
        any_origin=np.logical_not(needs.origin.any(axis=1)),
        wanted=pack(needs.demand > 0),
        offered=pack(capacities.supply > 0),
    )


def block_of(market: Market, columns: Columns, need: IntArray, capacity: IntArray) -> Block:
    """P pairs with their distances and landed prices."""
    capacities = market.capacities
    km = market.policy.road_factor * great_circle(columns.need_point[need], columns.capacity_point[capacity])
    per_km = capacities.freight_per_km[capacity]
    freight = capacities.freight_base[capacity] + np.where(per_km > 0, per_km * km, 0.0)
    return Block(market, columns, need, capacity, km, freight, capacities.ask[capacity] + freight)


def great_circle(a: FloatArray, b: FloatArray) -> FloatArray:
    """[P] km between unit vectors a and b, [P,3]; by the chord, exact also for near places."""
    chord = np.sqrt(((a - b) ** 2).sum(axis=1))
    km: FloatArray = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0))
    return km


def outcome(
    closed: BoolArray, distance: FloatArray | None = None, unknown: BoolArray | None = None
) -> Outcome:
    """An Outcome whose distance is 0 where the gate is open; without a distance, closed counts 1."""
    measured = closed.astype(np.float64) if distance is None else np.where(closed, distance, 0.0)
    return Outcome(closed, measured, np.zeros(len(closed), dtype=np.bool_) if unknown is None else unknown)


def pack(flags: BoolArray) -> Words:
    """[R,C] bool as [R,W] words of 64 bits."""
    rows, width = flags.shape
    words = max(1, -(-width // 64))
    padded = np.zeros((rows, words * 64), dtype=np.bool_)
    padded[:, :width] = flags
    packed = np.packbits(padded, axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view(np.uint64).reshape(rows, words)


def points(lat: FloatArray, lon: FloatArray) -> FloatArray:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))
