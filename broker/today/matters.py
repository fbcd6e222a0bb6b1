"""The kinds of matter on a broker's board, most urgent first: which rows each one counts, and in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from broker.agreements.amending import AMENDABLE
from broker.agreements.models import Agreement, AgreementVersion
from broker.alliance.models import Breach, Grievance, Meeting, Task
from broker.catalogue import products
from broker.deliveries.models import Delivery, Payment, Statement
from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Suggestion
from broker.parties.actor import Actor
from broker.parties.models import Certificate, Mandate
from broker.today.columns import BUYER, PARTY, columns

SOON_PCT = 80
EXPIRY_DAYS = (7, 30, 60)
"""A mandate or a certificate stands on the board from the last of these on, the more pressing the nearer the first."""
KEPT = dt.timedelta(days=30)
"""How long a rejection that nobody disputes, and a delivery that never came, stay on the board."""
UNDER_WAY = ("signed", "active", "breach_notified", "breached", "suspended")


@dataclass(frozen=True)
class Moment:
    """Now, and the reader's calendar day."""

    now: dt.datetime
    today: dt.date


Rows = Callable[[Actor, Moment], Select[Any]]


def late_payments(actor: Actor, at: Moment) -> Select[Any]:
    """Invoiced, due, and not reported as paid: the longest overdue first; what is left to pay."""
    paid = select(func.sum(Payment.minor)).where(
        Payment.statement_id == Statement.id, Payment.kind == "settlement"
    )
    left = Statement.total_minor - func.coalesce(paid.correlate(Statement).scalar_subquery(), 0)
    said = columns(
        Statement.due_on, Delivery.id, product=Need.product, due=Statement.due_on,
        minor=left, currency=Statement.currency,
    )  # fmt: skip
    query = _of_deliveries(said).join(Statement, Statement.delivery_id == Delivery.id)
    late = and_(Delivery.state == "invoiced", Statement.due_on < at.today)
    return query.where(Agreement.broker_id == actor.organization_id, late)


def rejections(actor: Actor, at: Moment) -> Select[Any]:
    """Disputed deliveries, and those rejected or never sent of late, the oldest first."""
    since = func.coalesce(Delivery.disputed_at, Delivery.decided_at)
    said = columns(
        Delivery.ends_on, Delivery.id, product=Need.product, state=Delivery.state, since=since, due=Delivery.ends_on
    )  # fmt: skip
    recent = or_(
        Delivery.state == "disputed",
        and_(Delivery.state == "rejected", Delivery.decided_at > at.now - KEPT),
        and_(Delivery.state == "no_show", Delivery.ends_on > at.today - KEPT),
    )
    return _of_deliveries(said).where(Agreement.broker_id == actor.organization_id, recent)


def breaches(actor: Actor, at: Moment) -> Select[Any]:
    """Breaches that are notified and not cured, by the end of the time to cure."""
    said = columns(
        Breach.cure_until, Agreement.id, state=Breach.side, since=Breach.notified_at, due=Breach.cure_until,
        what=Breach.what,
    )  # fmt: skip
    open_ = and_(
        Breach.state.in_(("notified", "breached")), Agreement.state.in_(("breach_notified", "breached"))
    )
    return _of_agreements(said, Breach.agreement).where(_own(actor), open_)


def grievances(actor: Actor, at: Moment) -> Select[Any]:
    """Grievances that nobody answered in time."""
    said = columns(
        Grievance.answer_by, Agreement.id, state=Grievance.side, since=Grievance.raised_at,
        due=Grievance.answer_by, what=Grievance.what,
    )  # fmt: skip
    late = and_(Grievance.answered_at.is_(None), Grievance.answer_by < at.today)
    joined = _parties(select(*said).join(Agreement, Agreement.id == Grievance.agreement_id))
    return joined.where(_own(actor), Agreement.state.in_(UNDER_WAY), late)


def overdue_tasks(actor: Actor, at: Moment) -> Select[Any]:
    """What a committee decided and nobody did by its day."""
    said = columns(Task.due_on, Agreement.id, state=Task.owner, due=Task.due_on, what=Task.what)
    late = and_(Task.done_at.is_(None), Task.due_on < at.today)
    joined = select(*said).join(Meeting, Meeting.id == Task.meeting_id)
    joined = _parties(joined.join(Agreement, Agreement.id == Meeting.agreement_id))
    return joined.where(_own(actor), Agreement.state.in_(UNDER_WAY), late)


def accepted(actor: Actor, at: Moment) -> Select[Any]:
    """Suggestions that both sides accepted and nobody has drafted yet, by when the second said yes."""
    second = case(
        (Suggestion.buyer_accepted_at > Suggestion.producer_accepted_at, Suggestion.buyer_accepted_at),
        else_=Suggestion.producer_accepted_at,
    )
    said = columns(second, Need.id, product=Need.product, since=second)
    return _of_suggestions(said).where(Suggestion.state == "accepted_both", _sent_by(actor))


def shortlists(actor: Actor, at: Moment) -> Select[Any]:
    """Needs with a shortlist that neither side has seen, and how many suggestions are on it."""
    oldest = func.min(Suggestion.created_at)
    said = columns(
        oldest, Need.id, alone=True, product=Need.product, since=oldest, number=func.count(Suggestion.id)
    )  # fmt: skip
    query = select(*said).join(Need, Need.id == Suggestion.need_id).join(BUYER, BUYER.id == Need.buyer_id)
    query = query.where(Suggestion.state == "shortlisted", _sent_by(actor))
    return query.group_by(Need.id, BUYER.legal_name, Need.product)


def drafts(actor: Actor, at: Moment) -> Select[Any]:
    """Drafts that the parties have not seen, with their open points."""
    return _negotiated(actor, Agreement.state == "draft", Agreement.created_at)


def answers(actor: Actor, at: Moment) -> Select[Any]:
    """Suggestions that wait for an answer: whose (a side, or both), since they were sent."""
    whose = case(
        (Suggestion.buyer_accepted_at.is_not(None), "producer"),
        (Suggestion.producer_accepted_at.is_not(None), "buyer"),
        else_="both",
    )
    said = columns(Suggestion.sent_at, Need.id, product=Need.product, state=whose, since=Suggestion.sent_at)
    return _of_suggestions(said).where(Suggestion.state.in_(("sent", "accepted_one")), _sent_by(actor))


def negotiations(actor: Actor, at: Moment) -> Select[Any]:
    """Negotiations and amendments under way, by when somebody moved last, who did, and how many points are open."""
    amended = and_(Agreement.state.in_(AMENDABLE), Agreement.negotiation.in_(("offer", "counter")))
    return _negotiated(actor, or_(Agreement.state == "negotiating", amended), Agreement.moved_at)


def signatures(actor: Actor, at: Moment) -> Select[Any]:
    """Agreed texts that wait for their signatures, amendments among them."""
    newer = exists().where(
        AgreementVersion.agreement_id == Agreement.id, AgreementVersion.number > Agreement.binding,
        AgreementVersion.dropped_at.is_(None),
    )  # fmt: skip
    amended = and_(Agreement.state.in_(AMENDABLE), Agreement.negotiation == "agreed_in_principle", newer)
    return _negotiated(actor, or_(Agreement.state == "negotiated", amended), Agreement.negotiated_at)


def stale_capacities(actor: Actor, at: Moment) -> Select[Any]:
    """Clients' capacities that are stale, or will be within a few days; the oldest confirmation first."""
    by_days: dict[int, list[str]] = {}
    for product in products.all():
        by_days.setdefault(product.perishable_days, []).append(product.code)
    ageing = [
        and_(Capacity.product.in_(codes), Capacity.confirmed_at <= at.now - _most_of(days))
        for days, codes in by_days.items()
    ]
    said = columns(
        Capacity.confirmed_at, Capacity.id, alone=True, product=Capacity.product,
        state=Capacity.state, since=Capacity.confirmed_at,
    )  # fmt: skip
    query = select(*said).join(BUYER, BUYER.id == Capacity.organization_id)
    fresh_until = and_(Capacity.state.in_(("published", "partially_committed")), or_(*ageing))
    return query.where(
        Capacity.organization_id.in_(sorted(actor.clients)), or_(Capacity.state == "stale", fresh_until)
    )


def ending_mandates(actor: Actor, at: Moment) -> Select[Any]:
    """Mandates in force that end within 60 days."""
    said = columns(Mandate.ends_on, Mandate.id, alone=True, due=Mandate.ends_on)
    query = select(*said).join(BUYER, BUYER.id == Mandate.client_id)
    return query.where(
        Mandate.broker_id == actor.organization_id, Mandate.state == "active", _within(Mandate.ends_on, at)
    )


def ending_certificates(actor: Actor, at: Moment) -> Select[Any]:
    """Clients' certificates that end within 60 days."""
    said = columns(
        Certificate.valid_to, BUYER.id, alone=True, state=Certificate.scheme, due=Certificate.valid_to
    )  # fmt: skip
    query = select(*said).join(BUYER, BUYER.id == Certificate.covers_id)
    held = and_(Certificate.covers_id.in_(sorted(actor.clients)), Certificate.suspended.is_(False))
    return query.where(held, _within(Certificate.valid_to, at))


KINDS: dict[str, Rows] = {
    "late_payment": late_payments,
    "rejection": rejections,
    "breach": breaches,
    "grievance": grievances,
    "overdue_task": overdue_tasks,
    "accepted": accepted,
    "shortlist": shortlists,
    "draft": drafts,
    "answer": answers,
    "negotiation": negotiations,
    "signature": signatures,
    "stale": stale_capacities,
    "mandate": ending_mandates,
    "certificate": ending_certificates,
}


def _negotiated(actor: Actor, which: ColumnElement[bool], since: Any) -> Select[Any]:
    points = select(AgreementVersion.open_points).where(AgreementVersion.agreement_id == Agreement.id)
    points = points.order_by(AgreementVersion.number.desc()).limit(1).correlate(Agreement)
    said = columns(
        since, Agreement.id, state=Agreement.offered_by, since=since, due=Agreement.reply_by,
        number=points.scalar_subquery(),
    )  # fmt: skip
    return _parties(select(*said)).where(_own(actor), which)


def _of_deliveries(said: list[ColumnElement[Any]]) -> Select[Any]:
    return _of_agreements(said, Delivery.agreement).join(Need, Need.id == Agreement.need_id)


def _of_agreements(said: list[ColumnElement[Any]], way: Any) -> Select[Any]:
    return _parties(select(*said).join(way))


def _parties(query: Select[Any]) -> Select[Any]:
    return query.join(BUYER, BUYER.id == Agreement.buyer_id).join(
        PARTY, PARTY.id == Agreement.organization_id
    )


def _of_suggestions(said: list[ColumnElement[Any]]) -> Select[Any]:
    query = select(*said).join(Need, Need.id == Suggestion.need_id).join(BUYER, BUYER.id == Need.buyer_id)
    query = query.join(Capacity, Capacity.id == Suggestion.capacity_id)
    return query.join(PARTY, PARTY.id == Capacity.organization_id)


def _own(actor: Actor) -> ColumnElement[bool]:
    return Agreement.broker_id == actor.organization_id


def _sent_by(actor: Actor) -> ColumnElement[bool]:
    return Suggestion.broker_id == actor.organization_id


def _within(day: Any, at: Moment) -> ColumnElement[bool]:
    within: ColumnElement[bool] = day.between(at.today, at.today + dt.timedelta(days=EXPIRY_DAYS[-1]))
    return within


def _most_of(days: int) -> dt.timedelta:
    """Whole days after which a confirmation is soon worth nothing."""
    return dt.timedelta(days=-(-days * SOON_PCT // 100))
