"""Who reads which agreement, and what is read with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from broker.agreements.models import Acceptance, Agreement, AgreementVersion, Remark, Signature
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
            # A list shows of each version only its number and how much is open.
            joinedload(Agreement.versions).load_only(AgreementVersion.number, AgreementVersion.open_points),
        )
        .order_by(Agreement.id.desc())
    )
    return session.scalars(query).unique().all()


def agreement_for(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """One agreement with its three houses, for its parties and its broker. Raises NotFound for anyone else."""
    query = (
        select(Agreement)
        .where(Agreement.id == agreement_id)
        .options(
            joinedload(Agreement.buyer),
            joinedload(Agreement.organization),
            joinedload(Agreement.broker),
        )
    )
    agreement = session.scalar(query)
    own = actor.organization_id
    if agreement is None or own not in (agreement.buyer_id, agreement.organization_id, agreement.broker_id):
        raise NotFound("not_found")
    return agreement


def history(session: Session, agreement: Agreement) -> Sequence[AgreementVersion]:
    """Every version without its text, newest first, with who made, accepted and signed it."""
    query = (
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement.id)
        .options(
            joinedload(AgreementVersion.created_by),
            joinedload(AgreementVersion.acceptances).joinedload(Acceptance.accepted_by),
            joinedload(AgreementVersion.signatures).joinedload(Signature.signed_by),
        )
        .order_by(AgreementVersion.number.desc())
    )
    return session.scalars(query).unique().all()


def version_of(session: Session, agreement: Agreement, number: int | None = None) -> AgreementVersion:
    """One version with its facts and words, the last where no number is given. Raises NotFound."""
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    if number is not None:
        query = query.where(AgreementVersion.number == number)
    query = query.options(undefer(AgreementVersion.facts), undefer(AgreementVersion.content))
    query = query.order_by(AgreementVersion.number.desc()).limit(1)
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found


def remarks_on(session: Session, agreement: Agreement) -> Sequence[Remark]:
    """What was said about it, newest first."""
    query = (
        select(Remark)
        .where(Remark.agreement_id == agreement.id)
        .options(joinedload(Remark.said_by))
        .order_by(Remark.id.desc())
    )
    return session.scalars(query).all()
