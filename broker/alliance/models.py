"""Meetings of the committee, decisions, tasks, grievances, breaches, notices, pauses, and contributions as given."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.agreements.models import PARTY_SIDES, Agreement
from broker.base import Entity, Id, PriceUnits

BREACH_STATES = ("notified", "cured", "breached", "withdrawn")
OWNERS = ("buyer", "producer", "broker")


class Meeting(Entity, kw_only=True):
    """A meeting of the alliance's committee, with who was there for each side. It decides only with both sides present,
    and its minutes stand once the side that did not write them agrees."""

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint(f"written_by IN {PARTY_SIDES}", name="written_by"),
        UniqueConstraint("agreement_id", "key"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    held_on: Mapped[dt.date]
    for_buyer: Mapped[str]
    for_producer: Mapped[str]
    others: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str]
    written_at: Mapped[dt.datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    agreed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    key: Mapped[str]

    tasks: Mapped[list["Task"]] = relationship(default_factory=list, repr=False, order_by="Task.id")

    @property
    def quorate(self) -> bool:
        """Whether both sides were there."""
        return bool(self.for_buyer and self.for_producer)


class Task(Entity, kw_only=True):
    """What a meeting decided: about which clause, who does it, and by when. A decision alone has no day."""

    __tablename__ = "committee_tasks"
    __table_args__ = (CheckConstraint(f"owner IN {OWNERS}", name="owner"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True, init=False)
    clause: Mapped[str | None]
    what: Mapped[str] = mapped_column(Text)
    owner: Mapped[str]
    due_on: Mapped[dt.date | None]
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class Grievance(Entity, kw_only=True):
    """What one side holds against the other; the other answers by a day, and the first says whether that settles it."""

    __tablename__ = "grievances"
    __table_args__ = (
        CheckConstraint(f"side IN {PARTY_SIDES}", name="side"),
        UniqueConstraint("agreement_id", "key"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    side: Mapped[str]
    what: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[dt.datetime]
    answer_by: Mapped[dt.date]
    answer: Mapped[str | None] = mapped_column(Text, default=None)
    answered_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    settled_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    key: Mapped[str]


class Breach(Entity, kw_only=True):
    """A breach that one party notifies to the other, with the time to cure it; an agreement has one open at most."""

    __tablename__ = "breaches"
    __table_args__ = (
        CheckConstraint(f"side IN {PARTY_SIDES}", name="side"),
        CheckConstraint(f"state IN {BREACH_STATES}", name="state"),
        CheckConstraint("(state = 'notified') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_breaches_open",
            "agreement_id",
            unique=True,
            sqlite_where=text("state = 'notified'"),
            postgresql_where=text("state = 'notified'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    side: Mapped[str]
    clause: Mapped[str | None]
    what: Mapped[str] = mapped_column(Text)
    notified_at: Mapped[dt.datetime]
    cure_until: Mapped[dt.date]
    cure: Mapped[str | None] = mapped_column(Text, default=None)
    state: Mapped[str] = mapped_column(default="notified")
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    agreement: Mapped[Agreement] = relationship(init=False, repr=False)


class Notice(Entity, kw_only=True):
    """A party ends the agreement with notice, from a day on."""

    __tablename__ = "notices"
    __table_args__ = (CheckConstraint(f"side IN {PARTY_SIDES}", name="side"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), unique=True)
    side: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    given_at: Mapped[dt.datetime]
    ends_on: Mapped[dt.date]

    agreement: Mapped[Agreement] = relationship(init=False, repr=False)


class Suspension(Entity, kw_only=True):
    """A pause until a day that one side proposes and the other agrees to; an agreement has one open at most."""

    __tablename__ = "suspensions"
    __table_args__ = (
        CheckConstraint(f"side IN {PARTY_SIDES}", name="side"),
        Index(
            "uq_suspensions_open",
            "agreement_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    side: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[dt.date]
    proposed_at: Mapped[dt.datetime]
    agreed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    agreement: Mapped[Agreement] = relationship(init=False, repr=False)


class GivenContribution(Entity, kw_only=True):
    """Something the buyer has given of a contribution that the agreement promises (`position` in its list)."""

    __tablename__ = "given_contributions"
    __table_args__ = (
        CheckConstraint("minor >= 0", name="amount"),
        UniqueConstraint("agreement_id", "key"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    position: Mapped[int]
    what: Mapped[str] = mapped_column(Text)
    given_on: Mapped[dt.date]
    minor: Mapped[int] = mapped_column(PriceUnits)
    currency: Mapped[str]
    said_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    key: Mapped[str]
