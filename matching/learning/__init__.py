"""Learning what is accepted from what was accepted: a model, the proof that it is better, and how it ages.

Public: ``History`` in, ``fit`` -> ``AcceptanceModel``, ``backtest`` -> ``Backtest``, ``drift`` and ``influence``.
scikit-learn is imported only inside ``fit`` and ``backtest``: asking a finished model needs numpy alone.
"""

from matching.learning.backtest import LEAST_ANSWERS, LEAST_OF_EACH, Backtest, Measures, backtest, enough
from matching.learning.drift import Drift, drift
from matching.learning.fit import fit
from matching.learning.history import History
from matching.learning.model import AcceptanceModel, Influence, influence

__all__ = [
    "LEAST_ANSWERS",
    "LEAST_OF_EACH",
    "AcceptanceModel",
    "Backtest",
    "Drift",
    "History",
    "Influence",
    "Measures",
    "backtest",
    "drift",
    "enough",
    "fit",
    "influence",
]
