"""What happens to agreements."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class AgreementAbandoned(Event):
    """A draft was ended by one of its parties or its broker, who says why."""

    agreement_id: int
    by_organization_id: int
    reason: str
