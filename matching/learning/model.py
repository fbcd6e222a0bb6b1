"""The learned chance that a proposal is accepted: a logistic regression that can be read, stored and replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from matching.types import FloatArray

Row = tuple[float, ...]


@dataclass(frozen=True)
class AcceptanceModel:
    """Chance = logistic(slope x (intercept + coefficients . features) + offset), monotone in every feature.

    features      names of the F features, in order
    coefficients  [F] log-odds per unit of the feature, before calibration
    slope, offset calibration (Platt) on answers that the regression had not seen; slope >= 0, so that
                  calibrating never turns the order round
    low, middle, high  [F] 10th, 50th and 90th percentile of the answers learned from
    edges         [F] inner borders of the bins in which drift is counted; counts [F] answers in each bin
    answers, accepted  how many answers it knows, and how many of them were a yes
    version       hash of answers, settings and the version of scikit-learn: equal versions are equal models
    """

    features: tuple[str, ...]
    coefficients: Row
    intercept: float
    slope: float
    offset: float
    low: Row
    middle: Row
    high: Row
    edges: tuple[Row, ...]
    counts: tuple[tuple[int, ...], ...]
    answers: int
    accepted: int
    version: str

    def probability(self, features: FloatArray) -> FloatArray:
        """[L] chance of a yes for [L,F] feature values."""
        raw = self.intercept + features @ np.array(self.coefficients)
        return logistic(self.slope * raw + self.offset)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; ``from_dict`` gives the same model back, to the last bit."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AcceptanceModel:
        """Inverse of ``as_dict``. Raises ValueError unless exactly its entries are there."""
        names = {entry.name for entry in fields(cls)}
        if set(values) != names:
            raise ValueError(f"acceptance model: entries differ in {sorted(set(values) ^ names)}")
        return cls(**{name: _tuples(value) for name, value in values.items()})


@dataclass(frozen=True)
class Influence:
    """By how much the chance of a yes changes from the 10th to the 90th percentile of a feature, all others at
    their median; between -1 and 1."""

    feature: str
    low: float
    high: float
    change: float


def influence(model: AcceptanceModel) -> tuple[Influence, ...]:
    """What each feature does to the chance, in the order of the features."""
    found = []
    for k, name in enumerate(model.features):
        ends = np.tile(np.array(model.middle), (2, 1))
        ends[:, k] = model.low[k], model.high[k]
        below, above = model.probability(ends).tolist()
        found.append(Influence(name, model.low[k], model.high[k], above - below))
    return tuple(found)


def logistic(x: FloatArray) -> FloatArray:
    """1 / (1 + exp(-x)) without overflow."""
    value: FloatArray = 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x, dtype=np.float64)))
    return value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list | tuple) else value
