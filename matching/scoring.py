"""The weighted fit of every link, with a breakdown that adds up exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.features import FEATURES
from matching.features.measured import Measured
from matching.gates.block import Block, columns_of
from matching.market import Market
from matching.pairs import Pairs
from matching.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class FeatureScore:
    """One line of a breakdown: points of weight, the value behind them and the reason in numbers."""

    feature: str
    points: float
    weight: float
    value: float
    reason: str
    params: dict[str, float]


@dataclass(frozen=True)
class Scores:
    """Fit of L links.

    fit     [L] exact weighted fit, 0..1: what the objective uses
    tenths  [L,F] points of each feature in tenths; rows add up exactly to ``total_tenths``
    weights [F] points at full value
    """

    fit: FloatArray
    tenths: IntArray
    weights: FloatArray
    measured: tuple[Measured, ...]

    @cached_property
    def total_tenths(self) -> IntArray:
        """[L] score in tenths of a point, 0..1000."""
        total: IntArray = self.tenths.sum(axis=1)
        return total

    @cached_property
    def total(self) -> FloatArray:
        """[L] score 0..100 with one decimal."""
        return self.total_tenths / 10.0

    @property
    def by_feature(self) -> FloatArray:
        """[L,F] points with one decimal, in the order of ``FEATURES``."""
        return self.tenths / 10.0

    @property
    def values(self) -> FloatArray:
        """[L,F] feature values in [0, 1], in the order of ``FEATURES``."""
        found: FloatArray = np.column_stack([each.value for each in self.measured])
        return found

    def breakdown(self, row: int) -> list[FeatureScore]:
        """The lines of one link, in the order of ``FEATURES``."""
        lines = []
        for k, (feature, seen) in enumerate(zip(FEATURES, self.measured, strict=True)):
            numbers = zip(feature.params, seen.params[row].tolist(), strict=True)
            lines.append(
                FeatureScore(
                    feature=feature.name,
                    points=float(self.tenths[row, k]) / 10.0,
                    weight=float(self.weights[k]),
                    value=float(seen.value[row]),
                    reason=feature.reasons[int(seen.code[row])],
                    params={name: number for name, number in numbers if not math.isnan(number)},
                )
            )
        return lines


def score(market: Market, pairs: Pairs, links: IntArray) -> Scores:
    """The fit of the given rows of ``pairs``, under the weights of the market's policy."""
    block = Block(
        market,
        columns_of(market),
        pairs.need[links],
        pairs.capacity[links],
        pairs.km[links],
        pairs.freight[links],
        pairs.landed[links],
    )
    seen = tuple(feature.measure(block) for feature in FEATURES)
    weights = np.array([market.policy.weights[feature.name] for feature in FEATURES])
    points = np.column_stack([each.value for each in seen]) * weights
    return Scores(points.sum(axis=1) / 100.0, _rounded(points), weights, seen)


def _rounded(points: FloatArray) -> IntArray:
    """[L,F] points as whole tenths that add up to the rounded total (largest remainder; on a tie the
    earlier feature)."""
    tenths = points * 10.0
    whole = np.floor(tenths + 1e-9).astype(np.int64)
    missing = np.floor(tenths.sum(axis=1) + 0.5 + 1e-9).astype(np.int64) - whole.sum(axis=1)
    rank = np.argsort(np.argsort(-(tenths - whole), axis=1, kind="stable"), axis=1, kind="stable")
    result: IntArray = whole + (rank < missing[:, None])
    return result
