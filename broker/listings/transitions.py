"""The lives of a need and of a capacity."""

from __future__ import annotations

from broker.states import StateTable, transition

NEED = StateTable(
    "need",
    [
        transition("publish", "draft", "open", "owner|broker"),
        transition("cover_partly", "open|partially_covered", "partially_covered", "system"),
        transition("cover", "open|partially_covered", "covered", "system"),
        transition("expire", "open|partially_covered", "expired", "system"),
        transition("uncover_partly", "covered|partially_covered", "partially_covered", "system"),
        transition("uncover", "covered|partially_covered", "open", "system"),
        transition("close", "covered|partially_covered", "closed", "owner|system"),
        # With something agreed a need is closed instead: the agreed part stands.
        transition("withdraw", "draft|open", "withdrawn", "owner"),
    ],
)

CAPACITY = StateTable(
    "capacity",
    [
        transition("publish", "draft", "published", "owner"),
        transition("commit_partly", "published|partially_committed|stale", "partially_committed", "system"),
        transition("commit_fully", "published|partially_committed|stale", "fully_committed", "system"),
        transition("free_partly", "fully_committed|partially_committed", "partially_committed", "system"),
        transition("free", "fully_committed|partially_committed", "published", "system"),
        transition("go_stale", "published|partially_committed", "stale", "system"),
        transition("reconfirm", "published|partially_committed|stale", "published", "owner"),
        transition(
            "withdraw", "draft|published|partially_committed|fully_committed|stale", "withdrawn", "owner"
        ),
    ],
)
