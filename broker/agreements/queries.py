"""Who reads which agreement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from broker.agreements.models import Agreement, AgreementVersion
from broker.errors import NotFound
from broker.matchmaking.models import Suggestion
from broker.parties.actor import Actor


def agreements_of(session: Session, actor: Actor) -> Sequence[Agreement]:
    """The agreements in which the actor's organization is buyer, organization or broker, newest first."""
    own = actor.organization_id
    query = (
        select(Agreement)
        .where(or_(Agreement.buyer_id == own, Agreement.organization_id == own, Agreement.broker_id == own))
        .options(
            joinedload(Agreement.buyer),
            joinedload(Agreement.organization),
            joinedload(Agreement.suggestion).joinedload(Suggestion.need),
            # A version holds the whole agreement; a list shows only how many there are.
            joinedload(Agreement.versions).load_only(AgreementVersion.number),
        )
        .order_by(Agreement.id.desc())
    )
    return session.scalars(query).unique().all()


def agreement_for(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """One agreement, for its parties and its broker. Raises NotFound for anyone else."""
    query = (
        select(Agreement)
        .where(Agreement.id == agreement_id)
        .options(
            joinedload(Agreement.buyer),
            joinedload(Agreement.organization),
            joinedload(Agreement.broker),
            selectinload(Agreement.versions),
        )
    )
    agreement = session.scalar(query)
    own = actor.organization_id
    if agreement is None or own not in (agreement.buyer_id, agreement.organization_id, agreement.broker_id):
        raise NotFound("not_found")
    return agreement
