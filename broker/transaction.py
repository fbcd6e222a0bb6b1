"""The only place that commits. Actor, audit rows, events and messages stand in the same commit as the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from broker.audit import sealing
from broker.audit.models import AuditEntry
from broker.clock import Clock, system_clock
from broker.database import writing
from broker.events import Event, handlers_of
from broker.jobs.models import Job
from broker.notifications.models import Message
from broker.parties.actor import Actor


class Transaction:
    """One unit of work. Services receive it and never commit themselves."""

    def __init__(self, session: Session, actor: Actor, clock: Clock) -> None:
        self.session = session
        self.actor = actor
        self.now: dt.datetime = clock()
        self._events: list[Event] = []
        self._recorded: list[AuditEntry] = []

    @property
    def today(self) -> dt.date:
        return self.now.date()

    def record(self, verb: str, subject: str, subject_id: int, owner_id: int | None, **detail: Any) -> None:
        """Order the audit row of a change. `owner_id` is the organization whose record this is."""
        self._recorded.append(
            AuditEntry(
                at=self.now,
                actor_user_id=self.actor.user_id,
                actor_organization_id=self.actor.organization_id,
                owner_id=owner_id,
                verb=verb,
                subject=subject,
                subject_id=subject_id,
                detail=detail,
            )
        )

    def emit(self, event: Event) -> None:
        """Tell those concerned, before the commit."""
        self._events.append(event)

    def enqueue(self, kind: str, payload: dict[str, Any], *, run_at: dt.datetime | None = None) -> Job:
        """Order background work; a worker sees it once this transaction is committed."""
        job = Job(kind=kind, payload=payload, run_at=run_at or self.now)
        self.session.add(job)
        self.session.flush()
        return job

    def send_mail(
        self,
        to: str,
        subject: str,
        body: str,
        *,
        reader_id: int | None = None,
        kind: str | None = None,
        run_at: dt.datetime | None = None,
    ) -> None:
        """Put a mail in the outbox; it leaves after the commit, not before `run_at`. One with reader and kind carries a
        link by which she ends that kind, and is not sent once she has."""
        message = Message(
            to_address=to, subject=subject, body=body, created_at=self.now, reader_id=reader_id, kind=kind
        )
        self.session.add(message)
        self.session.flush()
        self.enqueue("send_mail", {"message": message.id}, run_at=run_at)

    def deliver_events(self) -> None:
        """Run the handlers, and those of the events they emit in turn."""
        while self._events:
            event = self._events.pop(0)
            for handler in handlers_of(event):
                handler(self, event)

    def seal(self) -> None:
        """Write the audit rows of what was recorded, each after the last of its owner's chain; nothing may be locked
        after it."""
        sealing.seal(self.session, self._recorded)
        self._recorded.clear()


@contextmanager
def transaction(engine: Engine, actor: Actor, clock: Clock = system_clock) -> Iterator[Transaction]:
    """Open a writing transaction; everything inside is committed together, or nothing is."""
    with Session(writing(engine), expire_on_commit=False) as session:
        tx = Transaction(session, actor, clock)
        try:
            # Take the write lock at once, so that what a service reads is still true when it writes.
            session.connection()
            yield tx
            session.flush()
            tx.deliver_events()
            tx.seal()
            session.commit()
        except BaseException:
            session.rollback()
            raise
