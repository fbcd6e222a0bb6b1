"""The life of a suggestion."""

from __future__ import annotations

from broker.states import StateTable, transition

SUGGESTION = StateTable(
    "suggestion",
    [
        transition("shortlist", "generated", "shortlisted", "broker"),
        transition("unshortlist", "shortlisted", "generated", "broker"),
        transition("send", "shortlisted", "sent", "broker"),
        transition("accept", "sent", "accepted_one", "buyer|producer"),
        transition("accept", "accepted_one", "accepted_both", "buyer|producer"),
        transition("decline", "sent|accepted_one", "declined", "buyer|producer"),
        transition("decline", "generated|shortlisted", "declined", "broker"),
        transition("step_back", "accepted_both", "declined", "buyer|producer"),
        transition("convert", "accepted_both", "converted", "broker"),
        # Its agreement was ended before anybody signed: the pair may be suggested again.
        transition("end", "converted", "stale", "system"),
        transition("go_stale", "generated|shortlisted|sent|accepted_one", "stale", "system"),
    ],
)

DECLINE_REASONS = (
    "price",
    "quantity",
    "dates",
    "payment",
    "quality",
    "counterparty",
    "sold_elsewhere",
    "other",
)
