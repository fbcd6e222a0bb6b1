"""Would the model have foreseen the answers better than the fixed weights? Asked of the past, in its own order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from matching.learning.fit import fit, platt
from matching.learning.history import History
from matching.learning.model import logistic
from matching.types import BoolArray, FloatArray, IntArray

LEAST_ANSWERS = 60
LEAST_OF_EACH = 15
"""No model is used that has not learned from so many answers, and from so many of either kind."""

STEPS = 8
"""Parts into which the foreseen answers are cut; before each the model is learned anew from all that was known."""

DRAWS = 2000
DOUBT = 0.01
"""Chance, at each back-test, that luck alone lets a model pass: small, because it is repeated with new answers."""

FAINT = 1e-6
"""A chance is never taken for less than this, so that one surprise does not decide the log loss."""


@dataclass(frozen=True)
class Measures:
    """Brier score and log loss (0 is perfect), area under the ROC curve (1 is perfect, 0.5 is guessing)."""

    brier: float
    log_loss: float
    auc: float


@dataclass(frozen=True)
class Backtest:
    """What foreseeing the answers would have been like.

    answers, accepted  the history
    foreseen   answers that were foreseen from earlier ones; 0 while there are too few, and then no measures
    gain       mean squared error of the fixed weights minus that of the model; gain_low, gain_high bounds of it
               from resampled needs
    better     whether the model may be used: the lower bound is above 0, and neither the log loss nor the
               order it gives is worse
    """

    answers: int
    accepted: int
    foreseen: int = 0
    fixed: Measures | None = None
    learned: Measures | None = None
    gain: float = 0.0
    gain_low: float = 0.0
    gain_high: float = 0.0
    better: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Backtest:
        """Inverse of ``as_dict``."""
        measures = {name: values[name] and Measures(**values[name]) for name in ("fixed", "learned")}
        return cls(**{**values, **measures})


def enough(answers: int, accepted: int) -> bool:
    """Whether there are enough answers, of both kinds, to learn from."""
    return answers >= LEAST_ANSWERS and min(accepted, answers - accepted) >= LEAST_OF_EACH


def backtest(history: History, seed: int = 0) -> Backtest:
    """Rolling origin: every part of the history after the first is foreseen from what had been answered before,
    once by the model and once by the fixed score, which a logistic in one variable turns into a chance."""
    whole = history.in_time_order()
    first = _first(whole)
    if not enough(len(whole), whole.yes) or first >= len(whole):
        return Backtest(len(whole), whole.yes)
    fixed, learned = _foreseen(whole, first, seed)
    truth, group = whole.accepted[first:], whole.group[first:]
    gained = (fixed - truth) ** 2 - (learned - truth) ** 2
    low, high = _bounds(gained, group, seed)
    by_fixed, by_learned = measures(fixed, truth), measures(learned, truth)
    return Backtest(
        answers=len(whole),
        accepted=whole.yes,
        foreseen=len(truth),
        fixed=by_fixed,
        learned=by_learned,
        gain=float(gained.mean()),
        gain_low=low,
        gain_high=high,
        better=low > 0 and by_learned.log_loss < by_fixed.log_loss and by_learned.auc >= by_fixed.auc,
    )


def measures(chance: FloatArray, accepted: BoolArray) -> Measures:
    """How well [K] chances foresee [K] answers; with answers of one kind only, the order cannot be judged: 0.5."""
    from sklearn.metrics import roc_auc_score

    safe = np.clip(chance, FAINT, 1.0 - FAINT)
    both = 0 < accepted.sum() < len(accepted)
    return Measures(
        brier=float(((chance - accepted) ** 2).mean()),
        log_loss=float(-np.log(np.where(accepted, safe, 1.0 - safe)).mean()),
        auc=float(roc_auc_score(accepted, chance)) if both else 0.5,
    )


def _first(history: History) -> int:
    """The first answer to be foreseen: after a third of all, half of the least, and some of both kinds."""
    yes, no = history.accepted.cumsum(), (~history.accepted).cumsum()
    seen = int(np.searchsorted(np.minimum(yes, no), LEAST_OF_EACH // 2)) + 1
    return max(len(history) // 3, LEAST_ANSWERS // 2, seen)


def _foreseen(history: History, first: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Chances of every answer from ``first`` on, by the fixed score and by the model."""
    fixed, learned = [], []
    for part in np.array_split(np.arange(first, len(history)), STEPS):
        if len(part):
            known, asked = history.rows(np.arange(part[0])), history.rows(part)
            slope, offset = platt(known.score, known.accepted)
            fixed.append(logistic(slope * asked.score + offset))
            learned.append(fit(known, seed).probability(asked.features))
    return np.concatenate(fixed), np.concatenate(learned)


def _bounds(gained: FloatArray, group: IntArray, seed: int) -> tuple[float, float]:
    """Bounds of the mean gain from needs drawn anew with replacement: answers for one need hang together."""
    _, place = np.unique(group, return_inverse=True)
    total, size = np.bincount(place, weights=gained), np.bincount(place).astype(float)
    random, groups = np.random.default_rng(seed), len(size)
    means = np.empty(DRAWS)
    for draw in range(DRAWS):
        chosen = random.integers(groups, size=groups)
        means[draw] = total[chosen].sum() / size[chosen].sum()
    low, high = np.quantile(means, [DOUBT, 1.0 - DOUBT]).tolist()
    return low, high
