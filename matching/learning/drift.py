"""Whether what is proposed now still looks like what the model learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.learning.model import AcceptanceModel, Row
from matching.types import FloatArray

QUANTILES = (0.2, 0.4, 0.6, 0.8)
MOVED, SHIFTED = 0.10, 0.25
"""Customary limits of the population stability index: below the first nothing has happened."""

CHANCE = (0.0, 6.635, 9.210, 11.345, 13.277)
"""99 % quantile of chi-squared by degrees of freedom: so far two samples of one population may lie apart. Not 95 %,
because six features are looked at each time."""


@dataclass(frozen=True)
class Drift:
    """Population stability index of a feature, the index that chance alone explains at these sample sizes, and
    'steady', 'unsure' (large, but no larger than chance explains), 'moved' or 'shifted'."""

    feature: str
    index: float
    noise: float
    level: str


def drift(model: AcceptanceModel, recent: FloatArray) -> tuple[Drift, ...]:
    """The drift of each feature from the model's answers to [R,F] recent values; empty without any."""
    if not len(recent):
        return ()
    return tuple(
        _one(name, model.edges[k], np.array(model.counts[k], dtype=float), recent[:, k])
        for k, name in enumerate(model.features)
    )


def bins(features: FloatArray) -> tuple[tuple[Row, ...], tuple[tuple[int, ...], ...]]:
    """Inner borders of the bins of each of [.,F] features, and how many values fall into each.

    Fifths of the values; where many values are the same, that value is a bin of its own.
    """
    edges, counts = [], []
    for column in features.T:
        values, times = np.unique(np.quantile(column, QUANTILES, method="higher"), return_counts=True)
        found = np.union1d(values, np.nextafter(values[times > 1], np.inf))
        edges.append(tuple(found.tolist()))
        counts.append(tuple(_counted(column, edges[-1]).tolist()))
    return tuple(edges), tuple(counts)


def _one(name: str, edges: Row, before: FloatArray, values: FloatArray) -> Drift:
    """Half a value is added to every bin, so that an empty one does not make the index infinite."""
    now = _counted(values, edges)
    used = (before + now) > 0
    before, now = before[used], now[used]
    old, new = ((count + 0.5) / (count.sum() + 0.5 * len(count)) for count in (before, now))
    index = float(((new - old) * np.log(new / old)).sum())
    noise = CHANCE[len(before) - 1] * float(1.0 / before.sum() + 1.0 / now.sum())
    return Drift(name, index, noise, _level(index, noise))


def _level(index: float, noise: float) -> str:
    if index <= MOVED:
        return "steady"
    if index <= noise:
        return "unsure"
    return "moved" if index <= SHIFTED else "shifted"


def _counted(values: FloatArray, edges: Row) -> FloatArray:
    """[B] values per bin; a bin holds its lower border."""
    places = np.searchsorted(np.array(edges), values, side="right")
    return np.bincount(places, minlength=len(edges) + 1).astype(np.float64)
