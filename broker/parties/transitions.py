"""The life of a mandate."""

from __future__ import annotations

from broker.states import StateTable, transition

MANDATE = StateTable(
    "mandate",
    [
        transition("consent", "proposed", "active", "client"),
        transition("decline", "proposed", "declined", "client"),
        transition("end", "proposed|active", "ended", "client|broker|system"),
    ],
)
