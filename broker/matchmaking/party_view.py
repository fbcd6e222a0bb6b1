"""A suggestion as one side may see it: its own end of the corridor and the proposal; never the other's end, the
other's reserve price, or what rivals offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Suggestion
from broker.matchmaking.suggestions import ANSWERABLE, is_late
from broker.money import KgPrice
from broker.parties.actor import Actor
from broker.parties.models import Organization
from broker.prices.worth import delivered_today

STANDING = (*ANSWERABLE, "accepted_both", "converted")


@dataclass(frozen=True)
class PartyView:
    """What one side sees. Prices per kg in the need's currency; for the producer `at_door` is the proposal less
    freight, and `worth_today` what is left of it once usual rejects and waiting are counted too. `own_end` is this
    side's end of the corridor, landed. `late` once the replies were due by an earlier day; `ended_because` and
    `ended_note` say why a suggestion no longer stands."""

    id: int
    side: str
    need: Need
    capacity: Capacity
    other: Organization
    state: str
    periods: Sequence[tuple[dt.date, dt.date, Decimal]]
    total_kg: Decimal
    proposed: KgPrice
    own_end: KgPrice
    freight: KgPrice
    at_door: KgPrice
    worth_today: KgPrice
    terms: Sequence[dict[str, Any]]
    certificate_held_by_buyer: bool
    sent_at: dt.datetime
    my_answer_at: dt.datetime | None
    other_answer_at: dt.datetime | None
    declined_by: str | None
    decline_reason: str | None
    late: bool
    ended_because: str | None
    ended_note: str | None

    @property
    def may_answer(self) -> bool:
        """Whether this side may still say something; a late one may only decline."""
        return self.state in ANSWERABLE and self.my_answer_at is None

    @property
    def may_accept(self) -> bool:
        return self.may_answer and not self.late

    @property
    def usual_kg(self) -> Decimal:
        """kg of a usual (the first full) period."""
        return max((kg for _, _, kg in self.periods), default=Decimal(0))


def inbox(session: Session, actor: Actor, now: dt.datetime) -> list[PartyView]:
    """What was sent to the actor's organization, what waits for an answer first, then the newest."""
    own = actor.organization_id
    query = (
        _sent()
        .where(or_(Need.buyer_id == own, Capacity.organization_id == own))
        .order_by(Suggestion.id.desc())
    )
    views = [_view(suggestion, own, now) for suggestion in session.scalars(query)]
    return sorted(views, key=lambda view: not view.may_accept)


@dataclass(frozen=True)
class Comparison:
    """The offers for one need, the cheapest landed first; what they come to together, and their mean price landed."""

    offers: Sequence[PartyView]
    total_kg: Decimal
    mean: KgPrice | None


def comparison(session: Session, actor: Actor, need_id: int, now: dt.datetime) -> Comparison:
    """What was sent to the buyer for one of his needs and still stands or was agreed."""
    query = _sent().where(
        Suggestion.need_id == need_id, Need.buyer_id == actor.organization_id, Suggestion.state.in_(STANDING)
    )
    views = [_view(suggestion, actor.organization_id, now) for suggestion in session.scalars(query)]
    offers = sorted(views, key=lambda view: (view.proposed.points, view.id))
    total = sum((view.total_kg for view in offers), Decimal(0))
    if not total:
        return Comparison(offers, total, None)
    money = sum((view.proposed.amount * view.total_kg for view in offers), Decimal(0))
    return Comparison(offers, total, KgPrice.rounded(money / total, offers[0].proposed.currency))


def view_of(session: Session, actor: Actor, suggestion_id: int, now: dt.datetime) -> PartyView:
    """One suggestion as the actor's side sees it. Raises NotFound for strangers and before it was sent."""
    suggestion = session.scalar(_sent().where(Suggestion.id == suggestion_id))
    own = actor.organization_id
    if suggestion is None or own not in (suggestion.need.buyer_id, suggestion.capacity.organization_id):
        raise NotFound("not_found")
    return _view(suggestion, own, now)


def knows_need(session: Session, actor: Actor, need_id: int) -> bool:
    """Whether a suggestion for the need was sent to the actor's organization: so a broker invites to a need that is
    not public."""
    return _was_sent(
        session, Suggestion.need_id == need_id, Capacity.organization_id == actor.organization_id
    )


def knows_capacity(session: Session, actor: Actor, capacity_id: int) -> bool:
    """Whether a suggestion with the capacity was sent to the actor's organization."""
    return _was_sent(session, Suggestion.capacity_id == capacity_id, Need.buyer_id == actor.organization_id)


def _was_sent(session: Session, *conditions: Any) -> bool:
    query = select(Suggestion.id).join(Suggestion.need).join(Suggestion.capacity)
    query = query.where(Suggestion.sent_at.is_not(None), *conditions).limit(1)
    return session.scalar(query) is not None


def _sent() -> Any:
    return (
        select(Suggestion)
        .join(Suggestion.need)
        .join(Suggestion.capacity)
        .where(Suggestion.sent_at.is_not(None))
        .options(
            joinedload(Suggestion.need).joinedload(Need.buyer),
            joinedload(Suggestion.capacity).joinedload(Capacity.organization),
        )
    )


def _view(suggestion: Suggestion, own: int | None, now: dt.datetime) -> PartyView:
    side = "buyer" if own == suggestion.need.buyer_id else "producer"
    currency = suggestion.currency
    proposed, freight = KgPrice(suggestion.price_proposed, currency), KgPrice(suggestion.freight, currency)
    at_door = KgPrice(proposed.points - freight.points, currency)
    # Who fetches the produce pays its freight with the price; an organization that brings it has paid it before.
    fetched = suggestion.need.delivery_term == "farm_gate"
    today = delivered_today(suggestion.need, (at_door if fetched else proposed).amount)
    today -= Decimal(0) if fetched else freight.amount
    answers = (suggestion.buyer_accepted_at, suggestion.producer_accepted_at)
    assert suggestion.sent_at is not None
    return PartyView(
        id=suggestion.id,
        side=side,
        need=suggestion.need,
        capacity=suggestion.capacity,
        other=suggestion.capacity.organization if side == "buyer" else suggestion.need.buyer,
        state=suggestion.state,
        periods=[
            (dt.date.fromisoformat(row["start"]), dt.date.fromisoformat(row["end"]), Decimal(row["kg"]))
            for row in suggestion.periods
        ],
        total_kg=suggestion.total_kg,
        proposed=proposed,
        # The buyer's own end is the most he would pay, the producer's the least it would take.
        own_end=KgPrice(suggestion.price_high if side == "buyer" else suggestion.price_low, currency),
        freight=freight,
        at_door=at_door,
        worth_today=KgPrice.rounded(today, currency),
        terms=suggestion.explanation["terms"] if side == "buyer" else (),
        certificate_held_by_buyer=suggestion.explanation["reliance"],
        sent_at=suggestion.sent_at,
        my_answer_at=answers[0] if side == "buyer" else answers[1],
        other_answer_at=answers[1] if side == "buyer" else answers[0],
        declined_by=suggestion.declined_by,
        decline_reason=suggestion.decline_reason,
        late=is_late(suggestion.need, now),
        ended_because=suggestion.ended_because,
        ended_note=suggestion.ended_note,
    )
