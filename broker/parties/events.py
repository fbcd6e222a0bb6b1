"""What happens among parties."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class MandateProposed(Event):
    mandate_id: int


@dataclass(frozen=True)
class MandateEnded(Event):
    """Ended by either side or by its date: the house no longer acts for the client."""

    broker_id: int
    client_id: int


@dataclass(frozen=True)
class StandingChanged(Event):
    """What others may count on in an organization is not what it was: a certificate, its union."""

    organization_id: int
