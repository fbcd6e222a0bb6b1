"""Invented histories: what was proposed is drawn, and how it was answered follows a rule the tests know."""

from __future__ import annotations

import numpy as np

from matching.learning import History
from matching.policy import FEATURES, default_weights
from matching.types import FloatArray

WEIGHTS = np.array([default_weights()[name] for name in FEATURES])
FIXED_WEIGHTS = tuple(WEIGHTS / 100.0 * 10.0)
PAYMENT_RULES = (0.0, 0.0, 6.0, 0.0, 0.0, 0.0)
DISTANCE_REPELS = (0.0, 0.0, 5.0, 0.0, -4.0, 0.0)
COINS = (0.0,) * 6


def world(answers: int, seed: int, pull: tuple[float, ...]) -> tuple[History, FloatArray]:
    """A history of that many answers, and the true chance of each. `pull` is log-odds per unit of a feature; as in a
    real market many proposals meet the specification and the certificates in full."""
    random = np.random.default_rng(seed)
    features = random.uniform(0.2, 1.0, (answers, len(FEATURES)))
    features[random.random(answers) < 0.4, 0] = 1.0
    features[random.random(answers) < 0.6, 5] = 1.0
    chance = 1.0 / (1.0 + np.exp(-(features - features.mean(axis=0)) @ np.array(pull)))
    history = History(
        features=features,
        score=features @ WEIGHTS / 100.0,
        answered=np.arange(answers, dtype=float),
        accepted=random.random(answers) < chance,
        group=np.arange(answers) // 3,
    )
    return history, chance
