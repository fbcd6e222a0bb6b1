"""What was proposed and how it was answered, as arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from matching.features import FEATURES
from matching.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class History:
    """H answered proposals, in any order.

    features  [H,F] the values that scoring uses, in [0, 1], in the order of ``FEATURES``
    score     [H] fit under the fixed weights, in [0, 1]
    answered  [H] when the last word was said, in any unit that grows with time
    accepted  [H] whether it was accepted by all
    group     [H] proposals that hang together (those for one need) carry the same number

    Raises ValueError on arrays that do not belong together or on values outside [0, 1].
    """

    features: FloatArray
    score: FloatArray
    answered: FloatArray
    accepted: BoolArray
    group: IntArray

    def __post_init__(self) -> None:
        rows, wanted = len(self.accepted), len(FEATURES)
        if self.features.shape != (rows, wanted):
            raise ValueError(f"history.features: expected {(rows, wanted)}, is {self.features.shape}")
        for name in ("score", "answered", "group"):
            if getattr(self, name).shape != (rows,):
                raise ValueError(f"history.{name}: expected {(rows,)}, is {getattr(self, name).shape}")
        for name in ("features", "score"):
            values = getattr(self, name)
            if not ((values >= 0) & (values <= 1)).all():
                raise ValueError(f"history.{name}: must lie between 0 and 1")

    def __len__(self) -> int:
        return len(self.accepted)

    @property
    def yes(self) -> int:
        """How many were accepted."""
        return int(self.accepted.sum())

    def rows(self, rows: IntArray) -> History:
        """Some of the answers, in the order given."""
        return History(
            self.features[rows], self.score[rows], self.answered[rows], self.accepted[rows], self.group[rows]
        )

    def in_time_order(self) -> History:
        """Oldest answer first; what was answered at the same moment keeps its order."""
        return self.rows(np.argsort(self.answered, kind="stable"))

    def digest(self) -> str:
        """SHA-256 over every value of the answers in time order."""
        whole, found = self.in_time_order(), hashlib.sha256()
        for values in (whole.features, whole.score, whole.answered, whole.accepted, whole.group):
            found.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
        return found.hexdigest()
