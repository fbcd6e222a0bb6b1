"""What happened, told to whom it concerns inside the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from broker.transaction import Transaction


@dataclass(frozen=True)
class Event:
    """Base of the events; a fact in the past tense, with ids rather than entities."""


E = TypeVar("E", bound=Event)
Handler = Callable[["Transaction", Any], None]
_handlers: dict[type[Event], list[Handler]] = {}


def on(kind: type[E]) -> Callable[[Callable[[Transaction, E], None]], Callable[[Transaction, E], None]]:
    """Register a handler. It runs before the commit; an error in it undoes the whole transaction."""

    def register(handler: Callable[[Transaction, E], None]) -> Callable[[Transaction, E], None]:
        _handlers.setdefault(kind, []).append(handler)
        return handler

    return register


def handlers_of(event: Event) -> list[Handler]:
    return _handlers.get(type(event), [])
