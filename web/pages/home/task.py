"""One line of a board."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """Kind and its tone, what, why, the verb and where it leads, and since when or by when."""

    kind: str
    tone: str
    what: str
    why: str
    action: str
    url: str
    due: str = ""
    due_tone: str = ""
