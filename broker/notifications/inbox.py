"""The inbox of one person: what was told her, unread first. It is hers alone, and only for the organizations for which
she still acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from broker.errors import NotFound
from broker.notifications.models import Notification
from broker.parties.models import Membership, User
from broker.transaction import Transaction

PER_PAGE = 25


@dataclass(frozen=True)
class Page:
    """Some of the messages, and how many there are."""

    rows: Sequence[Notification]
    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def person_with_unread(session: Session, user_id: int) -> tuple[User, int] | None:
    """The user, the organizations she acts for, and how many messages she has not read, in one query."""
    unread = select(func.count(Notification.id)).where(_own(user_id), Notification.read_at.is_(None))
    query = (
        select(User, unread.scalar_subquery())
        .where(User.id == user_id)
        .options(joinedload(User.memberships).joinedload(Membership.organization))
    )
    row = session.execute(query).unique().one_or_none()
    return None if row is None else (row[0], row[1])


def inbox(session: Session, user_id: int, number: int, *, kind: str = "") -> Page:
    """One page of the person's messages, of one kind where it is named."""
    where = and_(_own(user_id), Notification.kind == kind) if kind else _own(user_id)
    total = session.scalar(select(func.count(Notification.id)).where(where)) or 0
    number = min(max(number, 1), max(1, -(-total // PER_PAGE)))
    order = (Notification.read_at.is_not(None), Notification.at.desc(), Notification.id.desc())
    query = select(Notification).where(where).order_by(*order)
    rows = session.scalars(query.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return Page(rows, number, total)


def mark_read(tx: Transaction, notification_id: int) -> Notification:
    """The actor has read a message of hers; a second time changes nothing. Raises NotFound for anybody else's."""
    query = select(Notification).where(Notification.id == notification_id, _own(_actor_id(tx)))
    entry = tx.session.scalar(query.with_for_update())
    if entry is None:
        raise NotFound("not_found")
    if entry.read_at is None:
        entry.read_at = tx.now
        tx.record("message.read", "notification", entry.id, None)
    return entry


def mark_all_read(tx: Transaction) -> int:
    """How many messages the actor had not read."""
    user_id = _actor_id(tx)
    unread = update(Notification).where(_own(user_id), Notification.read_at.is_(None))
    marked = len(
        tx.session.scalars(
            unread.values(read_at=tx.now).returning(Notification.id),
            execution_options={"synchronize_session": False},
        ).all()
    )
    if marked:
        tx.record("message.all_read", "user", user_id, None, number=marked)
    return marked


def _own(user_id: int) -> ColumnElement[bool]:
    acts_for = select(Membership.organization_id).where(Membership.user_id == user_id)
    return and_(
        Notification.user_id == user_id,
        or_(Notification.organization_id.is_(None), Notification.organization_id.in_(acts_for)),
    )


def _actor_id(tx: Transaction) -> int:
    if tx.actor.user_id is None:
        raise NotFound("not_found")
    return tx.actor.user_id
