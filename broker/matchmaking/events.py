"""What happens to suggestions."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class SuggestionSent(Event):
    suggestion_id: int


@dataclass(frozen=True)
class SuggestionAnswered(Event):
    suggestion_id: int
    side: str
    accepted: bool


@dataclass(frozen=True)
class SuggestionStale(Event):
    """`because` is one of matchmaking.models.ENDINGS, `reason` what a party gave for ending its need or capacity."""

    suggestion_id: int
    because: str
    reason: str = ""
