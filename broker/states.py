"""State tables: a transition is one row, and buttons, permissions and audit labels come from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from broker.errors import Conflict, NotAllowed


class Stateful(Protocol):
    state: str


@dataclass(frozen=True)
class Transition:
    """`name` moves a thing from any of `sources` to `target`; `by` names who may (buyer, producer, broker, system)."""

    name: str
    sources: frozenset[str]
    target: str
    by: frozenset[str]


def transition(name: str, sources: str, target: str, by: str) -> Transition:
    """One row; `sources` and `by` are words separated by '|'."""
    return Transition(name, frozenset(sources.split("|")), target, frozenset(by.split("|")))


class StateTable:
    """All transitions of one kind of thing."""

    def __init__(self, subject: str, rows: Iterable[Transition]) -> None:
        self.subject = subject
        self.rows = tuple(rows)
        self.states = frozenset(s for row in self.rows for s in (*row.sources, row.target))

    def available(self, state: str, role: str) -> tuple[Transition, ...]:
        """What `role` may do with a thing in `state`."""
        return tuple(row for row in self.rows if state in row.sources and role in row.by)

    def move(self, thing: Stateful, name: str, role: str) -> Transition:
        """Carry out `name`. Raises Conflict when the state has moved on, NotAllowed for the wrong role."""
        rows = [row for row in self.rows if row.name == name]
        if not rows:
            raise KeyError(f"{self.subject} has no transition {name}")
        fitting = [row for row in rows if thing.state in row.sources]
        if not fitting:
            raise Conflict("state_moved_on", subject=self.subject, state=thing.state, action=name)
        for row in fitting:
            if role in row.by:
                thing.state = row.target
                return row
        raise NotAllowed("role_may_not", subject=self.subject, action=name, role=role)
