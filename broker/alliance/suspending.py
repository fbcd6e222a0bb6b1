"""A pause until a day that both sides agree to: what is due in between is called off, then the alliance goes on."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
from broker.agreements.negotiation import day_of, locked
from broker.agreements.transitions import AGREEMENT
from broker.alliance.acting import manager, said
from broker.alliance.events import AllianceMoved
from broker.alliance.models import Suspension
from broker.deliveries.models import Delivery
from broker.deliveries.schedule import moved
from broker.errors import Conflict, Faults, NotFound
from broker.transaction import Transaction

LONGEST_PAUSE = dt.timedelta(days=365)
LONGEST_CAUSE = 500


def propose(tx: Transaction, agreement_id: int, reason: str, until: dt.date | None) -> Suspension:
    """A manager of a party proposes to suspend an active agreement until a day. Raises Conflict('pause_open') while
    another proposal or pause stands, Invalid."""
    agreement, side = manager(tx, agreement_id)
    if agreement.state != "active":
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="suspend")
    if open_suspension(tx.session, agreement_id) is not None:
        raise Conflict("pause_open")
    reason, today = said(reason, "reason"), day_of(agreement, tx.now)
    faults = Faults()
    faults.require(len(reason) <= LONGEST_CAUSE, "too_long", "reason", most=LONGEST_CAUSE)
    if until is None:
        faults.add("required", "until")
    else:
        faults.require(until > today, "date_past", "until", day=until)
        faults.require(until <= today + LONGEST_PAUSE, "pause_long", "until", days=LONGEST_PAUSE.days)
    faults.raise_if_any()
    assert until is not None
    found = Suspension(agreement_id=agreement.id, side=side, reason=reason, until=until, proposed_at=tx.now)
    tx.session.add(found)
    tx.session.flush()
    tx.record("suspension.proposed", "suspension", found.id, agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement.id, "suspension_proposed", side))
    return found


def agree(tx: Transaction, agreement_id: int, suspension_id: int) -> Suspension:
    """A manager of the other side agrees: the agreement is suspended, and deliveries whose period ends within the pause
    are called off. Doing so twice changes nothing."""
    agreement, side = manager(tx, agreement_id)
    found = _suspension(tx, agreement_id, suspension_id)
    if found.side == side:
        raise Conflict("other_side_agrees")
    if found.agreed_at is not None:
        return found
    if found.ended_at is not None or found.until <= day_of(agreement, tx.now):
        raise Conflict("pause_over")
    AGREEMENT.move(agreement, "suspend", side)
    found.agreed_at = tx.now
    for delivery in _due_within(tx, agreement, found.until):
        delivery.ended_reason = found.reason
        moved(tx, delivery, "cancel", side, told=False)
    tx.record("suspension.agreed", "suspension", found.id, agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement.id, "suspension_agreed", side))
    return found


def end(tx: Transaction, agreement_id: int, suspension_id: int) -> Suspension:
    """Before it is agreed either side takes the proposal off the table; once it runs, the side that asked for it may
    end it early. Doing so twice changes nothing."""
    agreement, side = manager(tx, agreement_id)
    found = _suspension(tx, agreement_id, suspension_id)
    if found.ended_at is not None:
        return found
    if found.agreed_at is not None:
        if found.side != side:
            raise Conflict("who_asked_ends_it", day=found.until)
        AGREEMENT.move(agreement, "resume", side)
    found.ended_at = tx.now
    tx.record("suspension.ended", "suspension", found.id, agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement.id, "suspension_ended", side))
    return found


def sweep_suspensions(tx: Transaction) -> int:
    """Pauses whose last day is over end, and proposals that nobody answered till then. Returns how many went on."""
    query = select(Suspension).where(Suspension.ended_at.is_(None), Suspension.until <= tx.today)
    resumed = 0
    for one in tx.session.scalars(query.order_by(Suspension.id)).all():
        if one.until >= day_of(one.agreement, tx.now):
            continue
        # The agreement first, as people hold them; one of them may have ended it meanwhile.
        agreement = locked(tx, one.agreement_id)
        tx.session.refresh(one, with_for_update=True)
        if one.ended_at is not None:
            continue
        one.ended_at = tx.now
        if agreement.state == "suspended":
            AGREEMENT.move(agreement, "resume", "system")
            resumed += 1
        tx.record("suspension.ended", "suspension", one.id, agreement.buyer_id)
    return resumed


def open_suspension(session: Session, agreement_id: int) -> Suspension | None:
    """The proposal or the pause that stands."""
    return session.scalar(
        select(Suspension).where(Suspension.agreement_id == agreement_id, Suspension.ended_at.is_(None))
    )


def _due_within(tx: Transaction, agreement: Agreement, until: dt.date) -> list[Delivery]:
    query = select(Delivery).where(
        Delivery.agreement_id == agreement.id,
        Delivery.state.in_(("scheduled", "confirmed")),
        # What should have come before stays late.
        Delivery.ends_on.between(day_of(agreement, tx.now), until),
    )
    return list(tx.session.scalars(query.order_by(Delivery.number).with_for_update()))


def _suspension(tx: Transaction, agreement_id: int, suspension_id: int) -> Suspension:
    found = tx.session.get(Suspension, suspension_id, with_for_update=True)
    if found is None or found.agreement_id != agreement_id:
        raise NotFound("not_found")
    return found
