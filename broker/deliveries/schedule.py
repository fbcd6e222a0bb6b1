"""The calendar of deliveries: made when both have signed, confirmed, cancelled with notice, missed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from broker.agreements.events import AgreementAmended, AgreementSigned
from broker.agreements.models import Agreement
from broker.agreements.negotiation import day_of, may_act, side_of
from broker.agreements.queries import in_force
from broker.agreements.transitions import AGREEMENT
from broker.deliveries.events import DeliveryMoved
from broker.deliveries.models import Delivery, SentForm, Statement
from broker.deliveries.terms import terms_of
from broker.deliveries.transitions import DELIVERY
from broker.errors import Conflict, NotAllowed, NotFound, RuleBroken
from broker.events import on
from broker.parties.actor import Actor
from broker.transaction import Transaction

LONGEST_TEXT = 500
FINAL = ("paid", "cancelled", "no_show", "rejected")
# How long after its period a delivery that never came counts as missed.
GRACE = dt.timedelta(days=3)
PREPARED = dt.timedelta(days=14)


@on(AgreementSigned)
def schedule(tx: Transaction, event: AgreementSigned) -> None:
    """A signed agreement gets its calendar: one delivery for each period that it promises."""
    agreement = tx.session.get_one(Agreement, event.agreement_id)
    for number, row in enumerate(agreement.promised, start=1):
        tx.session.add(_planned(agreement, number, row))
    tx.session.flush()
    tx.record(
        "delivery.scheduled",
        "agreement",
        agreement.id,
        agreement.organization_id,
        count=len(agreement.promised),
    )


@on(AgreementAmended)
def reschedule(tx: Transaction, event: AgreementAmended) -> None:
    """After an amendment: what has not been sent follows the new calendar. A delivery that it leaves out is called
    off, one that it adds gets the next number; what is on its way or received stays as it is."""
    agreement = tx.session.get_one(Agreement, event.agreement_id)
    query = select(Delivery).where(Delivery.agreement_id == agreement.id).with_for_update()
    there = {one.starts_on: one for one in tx.session.scalars(query.order_by(Delivery.number))}
    wanted = {dt.date.fromisoformat(row["start"]): row for row in agreement.promised}
    reason = str(in_force(tx.session, agreement).facts["amendment"]["reason"])
    for start, delivery in there.items():
        if delivery.state not in ("scheduled", "confirmed"):
            continue
        if start in wanted:
            delivery.planned_kg = Decimal(wanted[start]["quantity_kg"])
        else:
            delivery.ended_reason = reason
            moved(tx, delivery, "cancel", event.side, told=False)
    number = max((one.number for one in there.values()), default=0)
    for start in sorted(wanted.keys() - there.keys()):
        number += 1
        tx.session.add(_planned(agreement, number, wanted[start]))
    tx.session.flush()
    tx.record("delivery.rescheduled", "agreement", agreement.id, agreement.organization_id, count=len(wanted))


def _planned(agreement: Agreement, number: int, row: Mapping[str, str]) -> Delivery:
    return Delivery(
        agreement_id=agreement.id,
        number=number,
        starts_on=dt.date.fromisoformat(row["start"]),
        ends_on=dt.date.fromisoformat(row["end"]),
        planned_kg=Decimal(row["quantity_kg"]),
    )


def confirm(tx: Transaction, delivery_id: int, key: str) -> Delivery:
    """The organization says that the delivery will come."""
    delivery, side = opened(tx, delivery_id, key, "confirm")
    if delivery is None:
        return done(tx, delivery_id)
    return moved(tx, delivery, "confirm", side)


def cancel(tx: Transaction, delivery_id: int, reason: str, key: str) -> Delivery:
    """Either side calls a delivery off, with notice. Raises RuleBroken('reason_required')."""
    delivery, side = opened(tx, delivery_id, key, "cancel", reason)
    if delivery is None:
        return done(tx, delivery_id)
    if not reason.strip():
        raise RuleBroken("reason_required", field="reason")
    delivery.ended_reason = reason.strip()[:LONGEST_TEXT]
    return moved(tx, delivery, "cancel", side)


def opened(
    tx: Transaction, delivery_id: int, key: str, step: str, *said: object
) -> tuple[Delivery | None, str]:
    """The delivery, held until the commit, and the side that acts on it; None where this very form was carried out
    before: `key` is the form's own, `said` what it says.

    Raises NotFound for a stranger, NotAllowed for a reader or the broker, who only looks on, and
    Conflict('form_sent_otherwise') where a form of this key was carried out that said something else.
    """
    delivery = tx.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise NotFound("not_found")
    side = acting_side(tx.actor, delivery.agreement)
    return (None if _sent_before(tx, delivery_id, key, (step, *said)) else delivery), side


def _sent_before(tx: Transaction, delivery_id: int, key: str, said: tuple[object, ...]) -> bool:
    """Whether the form was carried out; if not it is kept, unless the transaction fails."""
    if not key:
        return False
    digest = hashlib.sha256(repr(said).encode()).hexdigest()
    query = select(SentForm).where(SentForm.delivery_id == delivery_id, SentForm.key == key)
    sent = tx.session.scalar(query)
    if sent is None:
        tx.session.add(SentForm(delivery_id=delivery_id, key=key, sha256=digest))
        return False
    if sent.sha256 not in ("", digest):
        raise Conflict("form_sent_otherwise")
    return True


def acting_side(actor: Actor, agreement: Agreement) -> str:
    """'buyer' or 'producer'. Raises NotFound for a stranger, NotAllowed for who may only read."""
    side = side_of(agreement, actor)
    if not actor.may_write:
        raise NotAllowed("role_may_not_write")
    if side == "broker":
        raise NotAllowed("only_parties_deliver")
    if not may_act(agreement, actor):
        raise NotAllowed("union_acts")
    return side


def silence_ends(delivery: Delivery, hours: dt.timedelta) -> dt.datetime | None:
    """When silence accepts what was received."""
    return None if delivery.received_at is None else delivery.received_at + hours


def dispute_ends(delivery: Delivery, hours: dt.timedelta) -> dt.datetime | None:
    """Until when the organization can dispute what was decided."""
    return None if delivery.decided_at is None else delivery.decided_at + hours


def done(tx: Transaction, delivery_id: int) -> Delivery:
    """The delivery as the same form left it."""
    return tx.session.get_one(Delivery, delivery_id)


def moved(tx: Transaction, delivery: Delivery, step: str, side: str, *, told: bool = True) -> Delivery:
    """Carry out a step, with its audit row and, unless another letter tells of it (`told`), its event."""
    DELIVERY.move(delivery, step, side)
    tx.session.flush()
    tx.record(
        f"delivery.{step}", "delivery", delivery.id, delivery.agreement.organization_id, side=side,
        state=delivery.state,
    )  # fmt: skip
    if told:
        tx.emit(DeliveryMoved(delivery.id, step, side))
    return delivery


def sweep_deliveries(tx: Transaction) -> tuple[int, int, int]:
    """What the calendar does: signed agreements start, silence accepts, what never came is missed, and what is all
    delivered and paid is complete. Returns how many started, were accepted by silence, and were missed."""
    started = _start(tx)
    accepted = _accept_in_silence(tx)
    missed = _miss(tx)
    _complete(tx)
    return started, accepted, missed


def _start(tx: Transaction) -> int:
    started = 0
    for agreement in tx.session.scalars(
        select(Agreement).where(Agreement.state == "signed").order_by(Agreement.id)
    ):
        first = min((row["start"] for row in agreement.promised), default="")
        # The first delivery is prepared before its day comes.
        if first and dt.date.fromisoformat(first) - PREPARED <= day_of(agreement, tx.now):
            AGREEMENT.move(agreement, "start", "system")
            tx.record("agreement.start", "agreement", agreement.id, agreement.buyer_id)
            started += 1
    return started


def _accept_in_silence(tx: Transaction) -> int:
    accepted = 0
    waiting = select(Delivery).where(Delivery.state == "received").order_by(Delivery.id).with_for_update()
    for delivery in tx.session.scalars(waiting):
        ends = silence_ends(delivery, terms_of(tx.session, delivery.agreement).silence)
        if ends is None or tx.now < ends:
            continue
        delivery.accepted_kg, delivery.downgraded_kg, delivery.rejected_kg = (
            delivery.net_kg,
            Decimal(0),
            Decimal(0),
        )
        delivery.decided_at, delivery.by_silence = ends, True
        moved(tx, delivery, "accept", "system")
        accepted += 1
    return accepted


def _miss(tx: Transaction) -> int:
    missed = 0
    # It is late where the organization is; no place is more than a day ahead.
    late = select(Delivery).where(
        Delivery.state.in_(("scheduled", "confirmed")),
        Delivery.ends_on < tx.today + dt.timedelta(days=1) - GRACE,
    )
    for delivery in tx.session.scalars(late.order_by(Delivery.id).with_for_update()):
        paused = delivery.agreement.state == "suspended"
        if not paused and delivery.ends_on + GRACE < day_of(delivery.agreement, tx.now):
            moved(tx, delivery, "miss", "system")
            missed += 1
    return missed


def _complete(tx: Transaction) -> None:
    running = select(Agreement).where(
        Agreement.state == "active",
        ~select(Delivery.id)
        .where(Delivery.agreement_id == Agreement.id, Delivery.state.not_in(FINAL))
        .exists(),
        select(Delivery.id).where(Delivery.agreement_id == Agreement.id).exists(),
    )
    for agreement in tx.session.scalars(running.order_by(Agreement.id)):
        if not _may_be_disputed(tx, agreement) and not _awaits_second(tx, agreement):
            AGREEMENT.move(agreement, "complete", "system")
            tx.record("agreement.complete", "agreement", agreement.id, agreement.buyer_id)
            _renew(tx, agreement)


def _renew(tx: Transaction, agreement: Agreement) -> None:
    """What ends while the agreement that continues it is signed already is renewed."""
    after = tx.session.scalar(
        select(Agreement).where(Agreement.renews_id == agreement.id, Agreement.signed_at.is_not(None))
    )
    if after is not None:
        AGREEMENT.move(agreement, "renew", "system")
        tx.record("agreement.renewed", "agreement", agreement.id, agreement.buyer_id, by=after.id)


def _awaits_second(tx: Transaction, agreement: Agreement) -> bool:
    """Whether the second part of a split payment is not settled."""
    made = select(Statement).where(Statement.agreement_id == agreement.id)
    return any(statement.second_is_open for statement in tx.session.scalars(made))


def _may_be_disputed(tx: Transaction, agreement: Agreement) -> bool:
    """Whether the organization can still dispute a rejection."""
    rejected = select(Delivery).where(Delivery.agreement_id == agreement.id, Delivery.state == "rejected")
    found = tx.session.scalars(rejected).all()
    hours = terms_of(tx.session, agreement).dispute if found else dt.timedelta()
    ends = [dispute_ends(delivery, hours) for delivery in found]
    return any(end is not None and tx.now <= end for end in ends)
