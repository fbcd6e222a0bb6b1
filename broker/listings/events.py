"""What happens to needs and capacities."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class NeedChanged(Event):
    """Published, edited, withdrawn, expired or closed: what was computed from it may be out of date.

    `reason` is what the owner gave for ending it, for those who were asked; `step` names the transition.
    """

    need_id: int
    reason: str = ""
    step: str = "edit"


@dataclass(frozen=True)
class CapacityChanged(Event):
    """Published, edited, reconfirmed, withdrawn or gone stale; `reason` and `step` as for a need."""

    capacity_id: int
    reason: str = ""
    step: str = "edit"


@dataclass(frozen=True)
class CapacityReserved(Event):
    """Part of a capacity was promised to a need."""

    capacity_id: int
    need_id: int


@dataclass(frozen=True)
class QuestionAsked(Event):
    """An organization asked about a need."""

    question_id: int


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """The buyer, or his broker, answered it or declined to."""

    question_id: int
