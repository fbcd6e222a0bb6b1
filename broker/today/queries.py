"""The broker's board in one statement, and all matters of one kind by pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, exists, literal, select, union_all
from sqlalchemy.orm import Session

from broker.listings.queries import PAGE, Page
from broker.matchmaking.models import MatchingRun, Suggestion
from broker.parties.actor import Actor
from broker.parties.models import Mandate
from broker.today.columns import Matter
from broker.today.matters import KINDS, Moment


@dataclass(frozen=True)
class Group:
    """The most urgent matters of a kind, and how many there are in all."""

    kind: str
    rows: Sequence[Matter] = ()
    total: int = 0


@dataclass(frozen=True)
class Begun:
    """What a broker house has done so far, for its first steps."""

    proposed: bool
    computed: bool
    sent: bool


@dataclass
class _Gathered:
    rows: list[Matter] = field(default_factory=list)
    total: int = 0


def board(session: Session, actor: Actor, at: Moment, each: int) -> dict[str, Group]:
    """The first `each` matters of every kind, kinds in the order of KINDS."""
    parts = []
    for kind, rows in KINDS.items():
        ranked = rows(actor, at).subquery()
        parts.append(select(literal(kind).label("kind"), ranked).where(ranked.c.place <= each))
    gathered = {kind: _Gathered() for kind in KINDS}
    for row in session.execute(union_all(*parts)):
        gathered[row.kind].rows.append(_matter(row.kind, row))
        gathered[row.kind].total = row.total
    return {kind: Group(kind, found.rows, found.total) for kind, found in gathered.items()}


def matters_of(session: Session, actor: Actor, kind: str, at: Moment, number: int) -> Page:
    """One page of the matters of a kind, most urgent first; the last one for a number beyond it."""
    query = KINDS[kind](actor, at).order_by("place")
    found = session.execute(query.limit(PAGE).offset((max(1, number) - 1) * PAGE)).all()
    if not found and number > 1:
        counted = session.execute(query.limit(1)).first()
        last = -(-counted.total // PAGE) if counted else 1
        return matters_of(session, actor, kind, at, last)
    return Page([_matter(kind, row) for row in found], found[0].total if found else 0, max(1, number))


def begun(session: Session, actor: Actor) -> Begun:
    """How far a broker house has come."""
    own = actor.organization_id
    asked = (
        exists().where(Mandate.broker_id == own),
        exists().where(MatchingRun.broker_id == own, MatchingRun.state == "done"),
        exists().where(Suggestion.broker_id == own, Suggestion.sent_at.is_not(None)),
    )
    return Begun(*(bool(found) for found in session.execute(select(*asked)).one()))


def _matter(kind: str, row: Row[Any]) -> Matter:
    return Matter(
        kind, row.id, row.first or "", row.second or "", row.product or "", row.state or "", row.since, row.due,
        row.minor, row.currency or "", row.number or 0, row.what or "",
    )  # fmt: skip
