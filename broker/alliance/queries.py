"""What the pages of an alliance read beside its deliveries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broker.alliance.models import Breach, Grievance, Meeting, Notice


def meetings_of(session: Session, agreement_id: int) -> Sequence[Meeting]:
    """The meetings of the committee with their tasks, newest first. Here and below the caller has checked that the
    actor may read the agreement."""
    query = select(Meeting).where(Meeting.agreement_id == agreement_id).options(joinedload(Meeting.tasks))
    return session.scalars(query.order_by(Meeting.held_on.desc(), Meeting.id.desc())).unique().all()


def grievances_of(session: Session, agreement_id: int) -> Sequence[Grievance]:
    """The grievances, newest first."""
    query = select(Grievance).where(Grievance.agreement_id == agreement_id)
    return session.scalars(query.order_by(Grievance.id.desc())).all()


def breaches_of(session: Session, agreement_id: int) -> Sequence[Breach]:
    """The breaches, newest first."""
    query = select(Breach).where(Breach.agreement_id == agreement_id)
    return session.scalars(query.order_by(Breach.id.desc())).all()


def notice_of(session: Session, agreement_id: int) -> Notice | None:
    """The notice by which a party ends the agreement."""
    return session.scalar(select(Notice).where(Notice.agreement_id == agreement_id))
