"""Goods on their way from a group to a buyer, agreed or suggested, as one reader may know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from broker.agreements.models import Agreement, AgreementPart
from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Suggestion
from broker.parties.actor import Actor

BEFORE_SENDING = ("generated", "shortlisted")
# What became an agreement flows under that.
WITH_PARTIES = ("sent", "accepted_one", "accepted_both")
# An agreement that has come to its end moves no goods any more.
ENDED = ("completed", "renewed", "terminated", "abandoned", "breached")


@dataclass(frozen=True)
class Flow:
    """kg from a capacity to a need over the whole window, 'agreed' or 'suggested'; `agreement_id` once drafted."""

    need: Need
    capacity: Capacity
    kind: str
    kg: Decimal
    agreement_id: int | None


def flows_of(session: Session, actor: Actor, *, product: str = "", country: str = "") -> Sequence[Flow]:
    """A broker's own flows, or those of a party from the moment when they were put before it; nobody sees those of
    others. `country` is that of either end."""
    agreed = (
        select(AgreementPart, Agreement)
        .join(Agreement, AgreementPart.agreement_id == Agreement.id)
        .join(Agreement.need)
        .join(AgreementPart.capacity)
        .where(_own_agreement(actor), Agreement.state.not_in(ENDED))
        .options(
            joinedload(Agreement.need).joinedload(Need.buyer),
            joinedload(AgreementPart.capacity).joinedload(Capacity.organization),
        )
        .order_by(AgreementPart.id)
    )
    suggested = (
        select(Suggestion)
        .join(Suggestion.need)
        .join(Suggestion.capacity)
        .where(_own_suggestion(actor))
        .options(
            joinedload(Suggestion.need).joinedload(Need.buyer),
            joinedload(Suggestion.capacity).joinedload(Capacity.organization),
        )
        .order_by(Suggestion.id)
    )
    wanted = _wanted(product, country)
    return [
        *(_under(part, agreement) for part, agreement in session.execute(agreed.where(*wanted))),
        *(_of(suggestion) for suggestion in session.scalars(suggested.where(*wanted))),
    ]


def _wanted(product: str, country: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if product:
        wanted.append(Need.product == product)
    if country:
        wanted.append(or_(Need.country == country, Capacity.country == country))
    return wanted


def _own_agreement(actor: Actor) -> ColumnElement[bool]:
    """Of a part: the actor's organization signs the agreement or brokers it, or a union signs for its own part."""
    own = actor.organization_id
    return or_(
        Agreement.buyer_id == own,
        Agreement.organization_id == own,
        Agreement.broker_id == own,
        Capacity.organization_id == own,
    )


def _own_suggestion(actor: Actor) -> ColumnElement[bool]:
    own = actor.organization_id
    if actor.kind == "broker":
        return and_(Suggestion.broker_id == own, Suggestion.state.in_((*BEFORE_SENDING, *WITH_PARTIES)))
    mine = or_(Need.buyer_id == own, Capacity.organization_id == own)
    return and_(mine, Suggestion.sent_at.is_not(None), Suggestion.state.in_(WITH_PARTIES))


def _under(part: AgreementPart, agreement: Agreement) -> Flow:
    kg = sum((Decimal(row["quantity_kg"]) for row in part.promised), Decimal(0))
    return Flow(agreement.need, part.capacity, "agreed", kg, agreement.id)


def _of(suggestion: Suggestion) -> Flow:
    kind = "agreed" if suggestion.state == "accepted_both" else "suggested"
    return Flow(suggestion.need, suggestion.capacity, kind, suggestion.total_kg, None)
