"""What happens in an alliance beside its deliveries."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class AllianceMoved(Event):
    """A side did something that the other must know of: `what` names the letter."""

    agreement_id: int
    what: str
    side: str
