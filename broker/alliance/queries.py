"""What the pages of an alliance read beside its deliveries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from broker.agreements.models import Agreement
from broker.alliance.models import Breach, Grievance, Meeting, Notice, Suspension


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


def notice_and_pause_of(session: Session, agreement_id: int) -> tuple[Notice | None, Suspension | None]:
    """The notice by which a party ends the agreement, and the pause that is proposed or running."""
    query = (
        select(Notice, Suspension)
        .select_from(Agreement)
        .outerjoin(Notice, Notice.agreement_id == Agreement.id)
        .outerjoin(Suspension, and_(Suspension.agreement_id == Agreement.id, Suspension.ended_at.is_(None)))
        .where(Agreement.id == agreement_id)
    )
    notice, pause = session.execute(query).one()
    return notice, pause
