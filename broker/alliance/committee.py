"""The committee: its meetings, what they decide, and who does what by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from broker.alliance.acting import party, said
from broker.alliance.events import AllianceMoved
from broker.alliance.models import OWNERS, Meeting, Task
from broker.errors import Conflict, Faults, NotFound
from broker.transaction import Transaction


@dataclass(frozen=True)
class Decision:
    """What was decided: the clause it touches, who does it, and by when where there is something to do."""

    what: str
    owner: str
    clause: str | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Minutes:
    """What is written down of a meeting."""

    held_on: dt.date
    for_buyer: str
    for_producer: str
    others: str
    text: str
    decisions: Sequence[Decision]


def record(tx: Transaction, agreement_id: int, minutes: Minutes, key: str) -> Meeting:
    """A side writes the minutes of a meeting; the other agrees to them. Raises Invalid: decisions without both sides
    present, a day in the future, an owner that is none."""
    agreement, side = party(tx, agreement_id)
    if found := _same(tx, agreement_id, key):
        return found
    faults = Faults()
    faults.require(minutes.held_on <= tx.today, "date_in_future", "held_on")
    both = bool(minutes.for_buyer.strip() and minutes.for_producer.strip())
    faults.require(both or not minutes.decisions, "no_quorum", "for_buyer")
    for decision in minutes.decisions:
        faults.require(decision.owner in OWNERS, "choice_unknown", "owner", value=decision.owner)
    faults.raise_if_any()
    meeting = Meeting(
        agreement_id=agreement.id,
        held_on=minutes.held_on,
        for_buyer=minutes.for_buyer.strip()[:200],
        for_producer=minutes.for_producer.strip()[:200],
        others=minutes.others.strip()[:200],
        minutes=said(minutes.text, "minutes"),
        written_by=side,
        written_at=tx.now,
        written_by_id=tx.actor.user_id,
        key=key,
        tasks=[
            Task(clause=one.clause, what=said(one.what, "what"), owner=one.owner, due_on=one.due_on)
            for one in minutes.decisions
        ],
    )
    tx.session.add(meeting)
    tx.session.flush()
    tx.record(
        "meeting.recorded", "meeting", meeting.id, agreement.buyer_id, side=side, agreement=agreement.id
    )
    tx.emit(AllianceMoved(agreement.id, "meeting_recorded", side))
    return meeting


def agree(tx: Transaction, agreement_id: int, meeting_id: int) -> Meeting:
    """The other side agrees to the minutes. Doing so twice changes nothing."""
    agreement, side = party(tx, agreement_id)
    meeting = _of(tx, agreement_id, meeting_id)
    if meeting.written_by == side:
        raise Conflict("other_side_agrees")
    if meeting.agreed_at is None:
        meeting.agreed_at = tx.now
        tx.record("meeting.agreed", "meeting", meeting.id, agreement.buyer_id, side=side)
    return meeting


def finish(tx: Transaction, agreement_id: int, task_id: int) -> Task:
    """Either party says that something decided is done."""
    agreement, side = party(tx, agreement_id)
    task = tx.session.get(Task, task_id)
    if task is None:
        raise NotFound("not_found")
    _of(tx, agreement_id, task.meeting_id)
    if task.done_at is None:
        task.done_at = tx.now
        tx.record("task.done", "meeting", task.meeting_id, agreement.buyer_id, side=side, task=task.id)
    return task


def noted_since(tx: Transaction, agreement_id: int, moment: dt.datetime) -> bool:
    """Whether a meeting with both sides has been minuted since a moment: without it nothing is declared breached."""
    query = select(Meeting).where(Meeting.agreement_id == agreement_id, Meeting.written_at >= moment)
    return any(meeting.quorate for meeting in tx.session.scalars(query))


def _of(tx: Transaction, agreement_id: int, meeting_id: int) -> Meeting:
    meeting = tx.session.get(Meeting, meeting_id, with_for_update=True)
    if meeting is None or meeting.agreement_id != agreement_id:
        raise NotFound("not_found")
    return meeting


def _same(tx: Transaction, agreement_id: int, key: str) -> Meeting | None:
    return tx.session.scalar(select(Meeting).where(Meeting.agreement_id == agreement_id, Meeting.key == key))
