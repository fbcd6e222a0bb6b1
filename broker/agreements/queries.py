"""Who reads which agreement, and what is read with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from broker.agreements.models import (
    Acceptance,
    Agreement,
    AgreementPart,
    AgreementVersion,
    Remark,
    Signature,
)
from broker.errors import NotFound
from broker.listings.models import Capacity
from broker.parties.actor import Actor


def agreements_of(session: Session, actor: Actor) -> Sequence[Agreement]:
    """The agreements that the actor's organization reads, newest first."""
    return session.scalars(agreements_read_by(actor)).unique().all()


def agreements_read_by(actor: Actor) -> Select[Agreement]:
    """The same, to be read together with something else."""
    return (
        select(Agreement)
        .where(readable(actor))
        .options(
            joinedload(Agreement.buyer),
            joinedload(Agreement.organization),
            joinedload(Agreement.need),
            # A list shows of each version only its number and how much is open.
            joinedload(Agreement.versions).load_only(AgreementVersion.number, AgreementVersion.open_points),
        )
        .order_by(Agreement.id.desc())
    )


def party_to(actor: Actor) -> ColumnElement[bool]:
    """Of an agreement: the actor's organization is its buyer, its organization or its broker."""
    own = actor.organization_id
    return or_(Agreement.buyer_id == own, Agreement.organization_id == own, Agreement.broker_id == own)


def readable(actor: Actor) -> ColumnElement[bool]:
    """Of an agreement: the actor is a party to it, or a union signs for her organization."""
    through = (
        select(AgreementPart.id)
        .join(AgreementPart.capacity)
        .where(AgreementPart.agreement_id == Agreement.id, Capacity.organization_id == actor.organization_id)
    )
    return or_(party_to(actor), through.exists())


def agreement_for(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """One agreement with its three houses, for whoever reads it. Raises NotFound for anyone else."""
    query = (
        select(Agreement)
        .where(Agreement.id == agreement_id, readable(actor))
        .options(
            joinedload(Agreement.buyer),
            joinedload(Agreement.organization),
            joinedload(Agreement.broker),
            joinedload(Agreement.successor).load_only(Agreement.state),
        )
    )
    agreement = session.scalar(query)
    if agreement is None:
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
    """One version with its facts and words, the last that stands where no number is given. Raises NotFound."""
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    if number is None:
        query = query.where(AgreementVersion.dropped_at.is_(None))
    else:
        query = query.where(AgreementVersion.number == number)
    query = query.options(undefer(AgreementVersion.facts), undefer(AgreementVersion.content))
    query = query.order_by(AgreementVersion.number.desc()).limit(1)
    found = session.scalar(query)
    if found is None:
        raise NotFound("not_found")
    return found


def in_force(session: Session, agreement: Agreement) -> AgreementVersion:
    """The version that both signed last; before any signature the last that stands."""
    return version_of(session, agreement, agreement.binding)


def remarks_on(session: Session, agreement: Agreement) -> Sequence[Remark]:
    """What was said about it, newest first."""
    query = (
        select(Remark)
        .where(Remark.agreement_id == agreement.id)
        .options(joinedload(Remark.said_by))
        .order_by(Remark.id.desc())
    )
    return session.scalars(query).all()
