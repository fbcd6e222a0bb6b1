"""What happens among parties."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class MandateProposed(Event):
    mandate_id: int


@dataclass(frozen=True)
class PasswordResetAsked(Event):
    user_id: int
    link: str
