"""Learning a model from a history."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib.metadata import version as installed

import numpy as np

from matching.features import FEATURES
from matching.learning.drift import bins
from matching.learning.history import History
from matching.learning.model import AcceptanceModel
from matching.types import BoolArray, FloatArray

VERSION = "1"
"""Changes whenever the same history and seed may give another model."""

STRENGTH = 1.0
"""Inverse weight of the squared coefficients (sklearn's C), per standard deviation of a feature: what a few dozen
answers do not clearly show stays near zero."""

FOLDS = 5
"""Parts of the history; the calibration of each is learned from a regression on the others."""

TINY_SPREAD = 1e-9
"""A feature that varies less than this tells nothing."""

NEARLY_FREE = 1e6
"""C of the two calibration parameters: Platt's targets alone keep them finite."""


def fit(history: History, seed: int = 0) -> AcceptanceModel:
    """The model of a history; the same history and seed give the same model.

    Raises ValueError with fewer than two answers of either kind.
    """
    least = min(history.yes, len(history) - history.yes)
    if least < 2:
        raise ValueError("a model needs two answers of either kind at least")
    whole = history.in_time_order()
    coefficients, intercept = _regression(whole.features, whole.accepted)
    slope, offset = platt(_unseen(whole, min(FOLDS, least), seed), whole.accepted)
    low, middle, high = np.quantile(whole.features, [0.1, 0.5, 0.9], axis=0).tolist()
    edges, counts = bins(whole.features)
    model = AcceptanceModel(
        features=tuple(feature.name for feature in FEATURES),
        coefficients=tuple(coefficients.tolist()),
        intercept=intercept,
        slope=slope,
        offset=offset,
        low=tuple(low),
        middle=tuple(middle),
        high=tuple(high),
        edges=edges,
        counts=counts,
        answers=len(whole),
        accepted=whole.yes,
        version="",
    )
    return replace(model, version=_version(whole, seed, model))


def platt(raw: FloatArray, accepted: BoolArray) -> tuple[float, float]:
    """Slope (not below 0) and offset that turn [H] raw scores into chances by a logistic in one variable
    (Platt 1999, with his targets, which keep the slope finite when the scores part yes from no)."""
    from sklearn.linear_model import LogisticRegression

    yes = int(accepted.sum())
    no = len(accepted) - yes
    target = np.where(accepted, (yes + 1) / (yes + 2), 1 / (no + 2))
    mean = float(raw.mean())
    spread = float(raw.std())
    if spread > TINY_SPREAD:
        standard = ((raw - mean) / spread)[:, None]
        learned = LogisticRegression(C=NEARLY_FREE, solver="newton-cholesky", tol=1e-8, max_iter=200).fit(
            np.vstack([standard, standard]),
            np.repeat([1, 0], len(raw)),
            sample_weight=np.concatenate([target, 1.0 - target]),
        )
        slope = float(learned.coef_[0, 0]) / spread
        if slope > 0:
            return slope, float(learned.intercept_[0]) - slope * mean
    chance = float(target.mean())
    return 0.0, float(np.log(chance / (1.0 - chance)))


def _regression(features: FloatArray, accepted: BoolArray) -> tuple[FloatArray, float]:
    """[F] coefficients and intercept of a ridge logistic regression, fitted on features of spread one and given
    for the features as they are."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = features.mean(axis=0), features.std(axis=0)
    varies = spread > TINY_SPREAD
    scale = np.where(varies, spread, 1.0)
    learned = LogisticRegression(C=STRENGTH, solver="newton-cholesky", tol=1e-8, max_iter=200).fit(
        np.where(varies, (features - mean) / scale, 0.0), accepted
    )
    coefficients = np.where(varies, learned.coef_[0] / scale, 0.0)
    return coefficients, float(learned.intercept_[0] - mean @ coefficients)


def _unseen(history: History, folds: int, seed: int) -> FloatArray:
    """[H] log-odds of each answer by a regression that has not seen it."""
    from sklearn.model_selection import StratifiedKFold

    raw = np.empty(len(history))
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    for known, held in parts.split(history.features, history.accepted):
        coefficients, intercept = _regression(history.features[known], history.accepted[known])
        raw[held] = history.features[held] @ coefficients + intercept
    return raw


def _version(history: History, seed: int, model: AcceptanceModel) -> str:
    """SHA-256 over the answers, the settings, the library and what was learned."""
    settings = {
        "learning": VERSION,
        "strength": STRENGTH,
        "folds": FOLDS,
        "seed": seed,
        "scikit-learn": installed("scikit-learn"),
        "answers": history.digest(),
        "model": model.as_dict(),
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
