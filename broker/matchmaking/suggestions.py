"""From suggestion to a deal both sides want: shortlist, send, accept, decline, go stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from broker.catalogue import countries
from broker.clock import local_date
from broker.errors import Conflict, NotAllowed, NotFound, RuleBroken
from broker.events import on
from broker.listings.events import CapacityChanged, CapacityReserved, NeedChanged
from broker.listings.models import Capacity, Need
from broker.listings.periods import Period
from broker.listings.reserve import fits, release, reserve
from broker.listings.services import load_capacity, load_need
from broker.matchmaking.events import SuggestionAnswered, SuggestionSent, SuggestionStale
from broker.matchmaking.grid import need_periods
from broker.matchmaking.models import LIVE_STATES, Suggestion
from broker.matchmaking.transitions import DECLINE_REASONS, SUGGESTION
from broker.parties.actor import Actor
from broker.parties.events import MandateEnded, StandingChanged
from broker.parties.permissions import require_kind
from broker.readiness.services import ReadinessAssessed
from broker.transaction import Transaction

BEFORE_SENDING = ("generated", "shortlisted")
ANSWERABLE = ("sent", "accepted_one")
WAITING_STATES = (*BEFORE_SENDING, *ANSWERABLE)
# Step of a need or capacity -> why suggestions end; any other step has changed its figures.
NEED_ENDINGS = {"withdraw": "need_withdrawn", "close": "need_closed", "expire": "need_expired"}
CAPACITY_ENDINGS = {"withdraw": "capacity_withdrawn", "go_stale": "capacity_stale"}


def shortlist(tx: Transaction, suggestion_id: int) -> Suggestion:
    """Put a suggestion on the broker's shortlist. Raises Conflict when the pair already has a live one."""
    suggestion = _of_broker(tx, suggestion_id)
    live = select(Suggestion.id).where(
        Suggestion.need_id == suggestion.need_id,
        Suggestion.capacity_id == suggestion.capacity_id,
        Suggestion.state.in_(LIVE_STATES),
    )
    if tx.session.scalar(live) is not None:
        raise Conflict("suggestion_exists")
    _move(tx, suggestion, "shortlist", "broker")
    return suggestion


def unshortlist(tx: Transaction, suggestion_id: int) -> Suggestion:
    """Take a suggestion off the shortlist again."""
    suggestion = _of_broker(tx, suggestion_id)
    _move(tx, suggestion, "unshortlist", "broker")
    return suggestion


def send(tx: Transaction, suggestion_ids: Sequence[int]) -> list[Suggestion]:
    """Send shortlisted suggestions to buyer and organization at once."""
    if not suggestion_ids:
        raise RuleBroken("nothing_chosen")
    sent = []
    for suggestion_id in sorted(set(suggestion_ids)):
        suggestion = _of_broker(tx, suggestion_id)
        _move(tx, suggestion, "send", "broker")
        suggestion.sent_at = tx.now
        tx.emit(SuggestionSent(suggestion.id))
        sent.append(suggestion)
    return sent


def accept(tx: Transaction, suggestion_id: int) -> Suggestion:
    """One side says yes. When both have, the quantities are reserved on both sides in the same commit.

    Raises Conflict when this side has answered already, when the replies were due by an earlier day where the need is
    delivered, or when the goods or the demand are gone by now.
    """
    suggestion, need, capacity = _with_goods(tx, suggestion_id)
    side = require_side(tx.actor, suggestion)
    if _accepted_at(suggestion, side) is not None:
        raise Conflict("already_answered")
    if suggestion.state in ANSWERABLE and is_late(need, tx.now):
        raise Conflict("reply_deadline_passed", day=need.reply_by)
    _move(tx, suggestion, "accept", side)
    setattr(suggestion, f"{side}_accepted_at", tx.now)
    if suggestion.state == "accepted_both":
        reserve(tx, need, capacity, deliveries_of(suggestion, need))
    tx.emit(SuggestionAnswered(suggestion.id, side, accepted=True))
    return suggestion


def decline(tx: Transaction, suggestion_id: int, reason: str, note: str = "") -> Suggestion:
    """One side, or the broker before sending, says no. The reason is shown to all, the note to the broker alone.

    Until the broker has drafted the agreement a side may still step back from its yes; what was reserved is free again.
    """
    suggestion, need, capacity = _with_goods(tx, suggestion_id)
    side = (
        "broker" if tx.actor.organization_id == suggestion.broker_id else require_side(tx.actor, suggestion)
    )
    if not tx.actor.may_write:
        raise NotAllowed("role_may_not_write")
    if reason not in DECLINE_REASONS:
        raise RuleBroken("reason_required", field="reason")
    agreed = suggestion.state == "accepted_both"
    suggestion.declined_by, suggestion.decline_reason = side, reason
    suggestion.decline_note = note.strip()[:1000]
    _move(tx, suggestion, "step_back" if agreed else "decline", side)
    if agreed:
        release(tx, need, capacity, deliveries_of(suggestion, need))
    tx.emit(SuggestionAnswered(suggestion.id, side, accepted=False))
    return suggestion


def is_late(need: Need, now: dt.datetime) -> bool:
    """Whether the day by which replies are due is over where the need is delivered."""
    return local_date(now, countries.get(need.country).time_zone) > need.reply_by


def require_side(actor: Actor, suggestion: Suggestion) -> str:
    """'buyer' or 'producer'. Raises NotFound for a stranger and before the suggestion was sent, NotAllowed for a
    reader."""
    sides = {suggestion.need.buyer_id: "buyer", suggestion.capacity.organization_id: "producer"}
    side = sides.get(actor.organization_id or 0)
    if suggestion.sent_at is None or side is None:
        raise NotFound("not_found")
    if not actor.may_write:
        raise NotAllowed("role_may_not_write")
    return side


def deliveries_of(suggestion: Suggestion, need: Need) -> list[tuple[Period, Decimal]]:
    """The schedule of a suggestion: period and kg."""
    by_start = {period.start: period for period in need_periods(need)}
    return [
        (by_start[dt.date.fromisoformat(row["start"])], Decimal(row["kg"]))
        for row in suggestion.periods
        if Decimal(row["kg"]) > 0
    ]


@on(NeedChanged)
def _need_changed(tx: Transaction, event: NeedChanged) -> None:
    because = NEED_ENDINGS.get(event.step, "need_changed")
    _go_stale(tx, Suggestion.need_id == event.need_id, because, reason=event.reason)


@on(CapacityChanged)
def _capacity_changed(tx: Transaction, event: CapacityChanged) -> None:
    because = CAPACITY_ENDINGS.get(event.step, "capacity_changed")
    _go_stale(tx, Suggestion.capacity_id == event.capacity_id, because, reason=event.reason)


@on(ReadinessAssessed)
def _assessed(tx: Transaction, event: ReadinessAssessed) -> None:
    _judge_anew(tx, event.organization_id)


@on(StandingChanged)
def _standing_changed(tx: Transaction, event: StandingChanged) -> None:
    _judge_anew(tx, event.organization_id)


def _judge_anew(tx: Transaction, organization_id: int) -> None:
    """What nobody has been asked yet is computed again; what lies before parties is theirs to judge."""
    capacities = select(Capacity.id).where(Capacity.organization_id == organization_id)
    _go_stale(tx, Suggestion.capacity_id.in_(capacities), "judged_anew", states=BEFORE_SENDING)


@on(MandateEnded)
def _mandate_ended(tx: Transaction, event: MandateEnded) -> None:
    """What the house had under way for the client ends with its mandate."""
    needs = select(Need.id).where(Need.buyer_id == event.client_id)
    capacities = select(Capacity.id).where(Capacity.organization_id == event.client_id)
    of_client = Suggestion.need_id.in_(needs) | Suggestion.capacity_id.in_(capacities)
    _go_stale(tx, (Suggestion.broker_id == event.broker_id) & of_client, "mandate_ended")


@on(CapacityReserved)
def _reserved(tx: Transaction, event: CapacityReserved) -> None:
    """Other plans that counted on the same goods are out of date, and so is what lies before parties but can no longer
    be kept: their goods are gone, or the need is filled."""
    of_capacity, of_need = (
        Suggestion.capacity_id == event.capacity_id,
        Suggestion.need_id == event.need_id,
    )
    _go_stale(tx, of_capacity & ~of_need, "goods_gone", states=BEFORE_SENDING)
    for suggestion in _in_order(tx, of_capacity | of_need, WAITING_STATES):
        need = suggestion.need
        if not fits(tx.session, need, suggestion.capacity, deliveries_of(suggestion, need)):
            _end(tx, suggestion, "need_filled" if need.id == event.need_id else "goods_gone", "")


def _go_stale(
    tx: Transaction,
    condition: Any,
    because: str,
    states: Sequence[str] = WAITING_STATES,
    reason: str = "",
) -> None:
    for suggestion in _in_order(tx, condition, states):
        _end(tx, suggestion, because, reason)


def _in_order(tx: Transaction, condition: Any, states: Sequence[str]) -> Sequence[Suggestion]:
    """Locked in the order of their numbers, as everybody locks them."""
    query = select(Suggestion).where(condition, Suggestion.state.in_(states)).order_by(Suggestion.id)
    return tx.session.scalars(query.with_for_update()).all()


def _end(tx: Transaction, suggestion: Suggestion, because: str, reason: str) -> None:
    SUGGESTION.move(suggestion, "go_stale", "system")
    suggestion.ended_because, suggestion.ended_note = because, reason or None
    tx.record("suggestion.go_stale", "suggestion", suggestion.id, suggestion.broker_id, because=because)
    tx.emit(SuggestionStale(suggestion.id, because, reason))


def _with_goods(tx: Transaction, suggestion_id: int) -> tuple[Suggestion, Need, Capacity]:
    """The suggestion with its need and capacity, locked in the order in which everybody locks them: need, capacity,
    suggestion. Raises NotFound."""
    query = select(Suggestion.need_id, Suggestion.capacity_id).where(Suggestion.id == suggestion_id)
    found = tx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound("not_found")
    need, capacity = load_need(tx, found.need_id), load_capacity(tx, found.capacity_id)
    return _locked(tx, suggestion_id), need, capacity


def _locked(tx: Transaction, suggestion_id: int) -> Suggestion:
    suggestion = tx.session.get(Suggestion, suggestion_id, with_for_update=True)
    if suggestion is None:
        raise NotFound("not_found")
    return suggestion


def _of_broker(tx: Transaction, suggestion_id: int) -> Suggestion:
    broker_id = require_kind(tx.actor, "broker")
    suggestion = _locked(tx, suggestion_id)
    if suggestion.broker_id != broker_id:
        raise NotFound("not_found")
    require_clients(tx.actor, suggestion)
    return suggestion


def require_clients(actor: Actor, suggestion: Suggestion) -> None:
    """A house goes on only while both sides are its clients. Raises Conflict('mandate_missing') with the one that is
    not."""
    for party in (suggestion.need.buyer, suggestion.capacity.organization):
        if party.id not in actor.clients:
            raise Conflict("mandate_missing", name=party.legal_name)


def _accepted_at(suggestion: Suggestion, side: str) -> dt.datetime | None:
    return suggestion.buyer_accepted_at if side == "buyer" else suggestion.producer_accepted_at


def _move(tx: Transaction, suggestion: Suggestion, name: str, role: str) -> None:
    SUGGESTION.move(suggestion, name, role)
    tx.record(f"suggestion.{name}", "suggestion", suggestion.id, suggestion.broker_id, side=role)
