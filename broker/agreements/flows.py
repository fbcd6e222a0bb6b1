"""Goods on their way from a group to a buyer, agreed or suggested, as one reader may know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from broker.agreements.models import Agreement
from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Suggestion
from broker.parties.actor import Actor

AGREED = ("accepted_both", "converted")
WITH_PARTIES = ("sent", "accepted_one")
BEFORE_SENDING = ("generated", "shortlisted")
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
    query = (
        select(Suggestion, Agreement)
        .join(Suggestion.need)
        .join(Suggestion.capacity)
        .outerjoin(Agreement, Agreement.suggestion_id == Suggestion.id)
        .where(_own(actor), or_(Agreement.id.is_(None), Agreement.state.not_in(ENDED)))
        .options(
            joinedload(Suggestion.need).joinedload(Need.buyer),
            joinedload(Suggestion.capacity).joinedload(Capacity.organization),
        )
        .order_by(Suggestion.id)
    )
    query = query.where(Need.product == product) if product else query
    query = query.where(or_(Need.country == country, Capacity.country == country)) if country else query
    return [_flow(suggestion, agreement) for suggestion, agreement in session.execute(query)]


def _own(actor: Actor) -> ColumnElement[bool]:
    own = actor.organization_id
    if actor.kind == "broker":
        states = (*BEFORE_SENDING, *WITH_PARTIES, *AGREED)
        return and_(Suggestion.broker_id == own, Suggestion.state.in_(states))
    mine = or_(Need.buyer_id == own, Capacity.organization_id == own)
    shown = and_(Suggestion.sent_at.is_not(None), Suggestion.state.in_((*WITH_PARTIES, *AGREED)))
    return and_(mine, shown)


def _flow(suggestion: Suggestion, agreement: Agreement | None) -> Flow:
    kg = suggestion.total_kg
    if agreement is not None:
        # What was negotiated may differ from what was suggested.
        kg = sum((Decimal(row["quantity_kg"]) for row in agreement.promised), Decimal(0))
    return Flow(
        suggestion.need,
        suggestion.capacity,
        "agreed" if suggestion.state in AGREED else "suggested",
        kg,
        None if agreement is None else agreement.id,
    )
