"""The life of an agreement, as far as a draft goes."""

from __future__ import annotations

from broker.states import StateTable, transition

AGREEMENT = StateTable(
    "agreement",
    [transition("abandon", "draft", "abandoned", "buyer|producer|broker")],
)
