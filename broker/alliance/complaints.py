"""Grievances with a clock, and breach: notified by a party, cured in time or declared with the committee's note."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
from broker.agreements.queries import in_force
from broker.agreements.transitions import AGREEMENT
from broker.alliance.acting import manager, party, said
from broker.alliance.committee import noted_since
from broker.alliance.events import AllianceMoved
from broker.alliance.models import Breach, Grievance, Notice
from broker.errors import Conflict, NotFound
from broker.transaction import Transaction

ANSWER_DAYS = 10
DEFAULT_CURE_DAYS = 10
DEFAULT_NOTICE_DAYS = 30


def complain(tx: Transaction, agreement_id: int, what: str, key: str) -> Grievance:
    """A side raises a grievance; the other has ten days to answer."""
    agreement, side = party(tx, agreement_id)
    same = select(Grievance).where(Grievance.agreement_id == agreement_id, Grievance.key == key)
    if found := tx.session.scalar(same):
        return found
    grievance = Grievance(
        agreement_id=agreement.id,
        side=side,
        what=said(what, "what"),
        raised_at=tx.now,
        answer_by=tx.today + dt.timedelta(days=ANSWER_DAYS),
        key=key,
    )
    tx.session.add(grievance)
    tx.session.flush()
    tx.record("grievance.raised", "grievance", grievance.id, agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement.id, "grievance_raised", side))
    return grievance


def answer(tx: Transaction, agreement_id: int, grievance_id: int, text: str) -> Grievance:
    """The other side answers, once."""
    agreement, side = party(tx, agreement_id)
    grievance = _grievance(tx, agreement_id, grievance_id)
    if grievance.side == side:
        raise Conflict("other_side_answers")
    if grievance.answered_at is not None:
        raise Conflict("answered_already")
    grievance.answer, grievance.answered_at = said(text, "text"), tx.now
    tx.record("grievance.answered", "grievance", grievance.id, agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement.id, "grievance_answered", side))
    return grievance


def settle(tx: Transaction, agreement_id: int, grievance_id: int) -> Grievance:
    """Who raised it says that it is settled. Doing so twice changes nothing."""
    agreement, side = party(tx, agreement_id)
    grievance = _grievance(tx, agreement_id, grievance_id)
    if grievance.side != side:
        raise Conflict("who_raised_settles")
    if grievance.settled_at is None:
        grievance.settled_at = tx.now
        tx.record("grievance.settled", "grievance", grievance.id, agreement.buyer_id, side=side)
    return grievance


def notify_breach(tx: Transaction, agreement_id: int, what: str, clause: str | None) -> Breach:
    """A manager of a party notifies a breach; the cure days of the agreement run. Raises Conflict while one is open."""
    agreement, side = manager(tx, agreement_id)
    AGREEMENT.move(agreement, "notify_breach", side)
    breach = Breach(
        agreement_id=agreement.id,
        side=side,
        clause=clause or None,
        what=said(what, "what"),
        notified_at=tx.now,
        cure_until=tx.today + dt.timedelta(days=_rule(tx.session, agreement, "cure_days", DEFAULT_CURE_DAYS)),
    )
    tx.session.add(breach)
    tx.session.flush()
    tx.record("breach.notified", "breach", breach.id, agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement.id, "breach_notified", side))
    return breach


def say_cured(tx: Transaction, agreement_id: int, text: str) -> Breach:
    """The other party says how the breach was put right."""
    _, side = party(tx, agreement_id)
    breach = open_breach(tx.session, agreement_id)
    if breach is None or breach.side == side:
        raise Conflict("no_breach_to_cure")
    breach.cure = said(text, "text")
    tx.record("breach.cure_said", "breach", breach.id, breach.agreement.buyer_id, side=side)
    tx.emit(AllianceMoved(agreement_id, "breach_cure_said", side))
    return breach


def confirm_cured(tx: Transaction, agreement_id: int) -> Breach:
    """Who notified the breach agrees that it is cured; the agreement goes on."""
    agreement, side = manager(tx, agreement_id)
    breach = open_breach(tx.session, agreement_id)
    if breach is None or breach.side != side:
        raise Conflict("no_breach_to_cure")
    AGREEMENT.move(agreement, "cure", side)
    breach.state, breach.ended_at = "cured", tx.now
    tx.record("breach.cured", "breach", breach.id, agreement.buyer_id, side=side)
    return breach


def give_notice(tx: Transaction, agreement_id: int, reason: str) -> Notice:
    """A manager of a party ends the agreement with the notice that was agreed; one that is breached ends at once."""
    agreement, side = manager(tx, agreement_id)
    if agreement.state not in ("active", "breached"):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="terminate")
    if tx.session.scalar(select(Notice).where(Notice.agreement_id == agreement_id)) is not None:
        raise Conflict("notice_given_already")
    days = 0
    if agreement.state == "active":
        days = _rule(tx.session, agreement, "termination_notice_days", DEFAULT_NOTICE_DAYS)
    notice = Notice(
        agreement_id=agreement.id,
        side=side,
        reason=said(reason, "reason"),
        given_at=tx.now,
        ends_on=tx.today + dt.timedelta(days=days),
    )
    tx.session.add(notice)
    tx.session.flush()
    tx.record(
        "notice.given", "notice", notice.id, agreement.buyer_id, side=side, ends_on=notice.ends_on.isoformat()
    )
    tx.emit(AllianceMoved(agreement.id, "notice_given", side))
    if days == 0:
        _terminate(tx, notice)
    return notice


def sweep_breaches(tx: Transaction) -> tuple[int, int]:
    """Breaches whose cure time is over and which the committee has minuted are breached; notices whose day has come end
    their agreement. Returns how many of each."""
    breached = 0
    late = select(Breach).where(Breach.state == "notified", Breach.cure_until < tx.today).order_by(Breach.id)
    for breach in tx.session.scalars(late.with_for_update()):
        if not noted_since(tx, breach.agreement_id, breach.notified_at):
            continue
        if _free(tx, breach.agreement_id) is None:
            continue
        AGREEMENT.move(breach.agreement, "breach", "system")
        breach.state, breach.ended_at = "breached", tx.now
        tx.record("breach.breached", "breach", breach.id, breach.agreement.buyer_id)
        breached += 1
    due = select(Notice).join(Notice.agreement).where(Notice.ends_on <= tx.today, Agreement.state == "active")
    ended = 0
    for notice in tx.session.scalars(due.order_by(Notice.id)).all():
        agreement = _free(tx, notice.agreement_id)
        if agreement is not None and agreement.state == "active":
            _terminate(tx, notice)
            ended += 1
    return breached, ended


def open_breach(session: Session, agreement_id: int) -> Breach | None:
    """The breach that waits for its cure."""
    return session.scalar(
        select(Breach).where(Breach.agreement_id == agreement_id, Breach.state == "notified")
    )


def _terminate(tx: Transaction, notice: Notice) -> Notice:
    AGREEMENT.move(notice.agreement, "terminate", notice.side)
    notice.agreement.ended_reason = notice.reason[:200]
    tx.record(
        "agreement.terminate", "agreement", notice.agreement_id, notice.agreement.buyer_id, side=notice.side
    )
    return notice


def _free(tx: Transaction, agreement_id: int) -> Agreement | None:
    """The agreement as it is now, held until the commit; None while somebody acts in it: the next round sees to it."""
    query = select(Agreement).where(Agreement.id == agreement_id).with_for_update(skip_locked=True)
    return tx.session.scalar(query.execution_options(populate_existing=True))


def _grievance(tx: Transaction, agreement_id: int, grievance_id: int) -> Grievance:
    found = tx.session.get(Grievance, grievance_id, with_for_update=True)
    if found is None or found.agreement_id != agreement_id:
        raise NotFound("not_found")
    return found


def _rule(session: Session, agreement: Agreement, name: str, default: int) -> int:
    """A number of days out of the rules of the version in force."""
    facts = in_force(session, agreement).facts
    return int((facts.get("rules") or {}).get(name) or default)
