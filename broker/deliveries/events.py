"""What happens to deliveries and payments."""

from __future__ import annotations

from dataclasses import dataclass

from broker.events import Event


@dataclass(frozen=True)
class DeliveryMoved(Event):
    """A delivery took a step, made by a side (buyer, producer or system)."""

    delivery_id: int
    step: str
    side: str


@dataclass(frozen=True)
class PaymentReported(Event):
    """The buyer says that he has paid."""

    payment_id: int


@dataclass(frozen=True)
class PaymentConfirmed(Event):
    """The organization says that it has the money."""

    payment_id: int
