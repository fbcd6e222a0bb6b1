"""What is read of deliveries: the list by what it asks of its reader, one delivery, statements and ageing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.queries import agreements_read_by, party_to, readable
from broker.deliveries.measures import METRIC, Measure
from broker.deliveries.models import Delivery, Lot, Payment, Statement
from broker.errors import NotFound
from broker.parties.actor import Actor

PER_PAGE = 25
SOON = dt.timedelta(days=14)
# What asks something of each side; the broker follows what goes wrong.
ASKS = {
    "producer": ("confirmed", "accepted", "partially_accepted", "paid_reported", "disputed", "rejected"),
    "buyer": ("dispatched", "received", "invoiced", "disputed"),
    "broker": ("rejected", "disputed", "no_show"),
}
ENDED = ("paid", "cancelled", "no_show", "rejected")
SHOWS = ("todo", "coming", "ended", "all")


@dataclass(frozen=True)
class Page:
    """Some of the deliveries, and how many there are."""

    rows: Sequence[Delivery]
    number: int
    total: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def deliveries_of(
    session: Session, actor: Actor, today: dt.date, show: str, number: int, agreement_id: int | None = None
) -> Page:
    """A page of the actor's deliveries: what asks something of her (todo), what is coming, ended, or all, by date."""
    own = party_to(actor) if show == "todo" else readable(actor)
    chosen: list[ColumnElement[bool]] = [own, _shown(show, actor, today)]
    if agreement_id is not None:
        chosen.append(Delivery.agreement_id == agreement_id)
    where = and_(*chosen)
    total = session.scalar(select(func.count(Delivery.id)).join(Delivery.agreement).where(where)) or 0
    number = min(max(number, 1), max(1, -(-total // PER_PAGE)))
    order = Delivery.starts_on.desc() if show == "ended" else Delivery.starts_on
    query = _with_parties().where(where).order_by(order, Delivery.id)
    rows = session.scalars(query.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).unique().all()
    return Page(rows, number, total)


def calendar_of(session: Session, organization_id: int, from_day: dt.date) -> Sequence[Delivery]:
    """Every delivery of an organization from a day on that was not cancelled, for its calendar."""
    own = or_(Agreement.buyer_id == organization_id, Agreement.organization_id == organization_id)
    query = _with_parties().where(own, Delivery.ends_on >= from_day, Delivery.state != "cancelled")
    return session.scalars(query.order_by(Delivery.starts_on, Delivery.id).limit(1000)).unique().all()


def delivery_for(session: Session, actor: Actor, delivery_id: int) -> Delivery:
    """One delivery with its lots, its statement and payments. Raises NotFound for a stranger."""
    query = _with_parties().where(Delivery.id == delivery_id, readable(actor))
    query = query.options(
        selectinload(Delivery.lots).selectinload(Lot.lines),
        joinedload(Delivery.statement).joinedload(Statement.lines),
        joinedload(Delivery.statement).joinedload(Statement.payments),
    )
    found: Delivery | None = session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("not_found")
    return found


def statement_for(session: Session, actor: Actor, statement_id: int) -> Statement:
    """A statement with everything on it. Raises NotFound for a stranger."""
    query = (
        select(Statement)
        .join(Statement.delivery)
        .join(Delivery.agreement)
        .where(Statement.id == statement_id, readable(actor))
        .options(
            contains_eager(Statement.delivery).contains_eager(Delivery.agreement).options(*_names()),
            joinedload(Statement.lines),
            joinedload(Statement.payments),
            joinedload(Statement.liquidation),
            selectinload(Statement.shares),
        )
    )
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound("not_found")
    return found


def statements_of(session: Session, actor: Actor, agreement_id: int | None = None) -> Sequence[Statement]:
    """The actor's statements, the oldest payment day first, for ageing and for the accountant."""
    query = (
        select(Statement)
        .join(Statement.delivery)
        .join(Delivery.agreement)
        .where(readable(actor))
        .options(
            contains_eager(Statement.delivery).contains_eager(Delivery.agreement).options(*_names()),
            joinedload(Statement.liquidation),
            selectinload(Statement.lines),
            selectinload(Statement.payments),
        )
        .order_by(Statement.due_on, Statement.id)
    )
    if agreement_id is not None:
        query = query.where(Statement.agreement_id == agreement_id)
    return session.scalars(query).unique().all()


def measures_of(session: Session, agreement_ids: Iterable[int]) -> dict[int, Measure]:
    """The customary unit of the quantity of each agreement that has one, by the version in force."""
    unit = AgreementVersion.facts["schedule"]["unit"].as_string()
    factor = AgreementVersion.facts["schedule"]["factor"].as_string()
    query = (
        select(Agreement.id, unit, factor)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .where(Agreement.id.in_(set(agreement_ids)), AgreementVersion.number == Agreement.binding)
    )
    return {
        agreement_id: Measure(code, Decimal(kg))
        for agreement_id, code, kg in session.execute(query)
        if code not in METRIC
    }


def advances_of(session: Session, agreement_id: int) -> Sequence[Payment]:
    """The advances of an agreement, oldest first."""
    query = select(Payment).where(Payment.agreement_id == agreement_id, Payment.kind == "advance")
    return session.scalars(query.order_by(Payment.id)).all()


def agreements_with_todo(session: Session, actor: Actor, today: dt.date) -> tuple[Sequence[Agreement], int]:
    """The agreements that the actor's organization reads, newest first, and how many of their deliveries ask something
    of the actor."""
    asking = select(func.count(Delivery.id)).join(Agreement, Agreement.id == Delivery.agreement_id)
    asking = asking.where(party_to(actor), _shown("todo", actor, today)).correlate(None)
    query = agreements_read_by(actor).add_columns(asking.scalar_subquery())
    rows = session.execute(query).unique().all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _shown(show: str, actor: Actor, today: dt.date) -> ColumnElement[bool]:
    if show == "coming":
        return Delivery.state.in_(("scheduled", "confirmed"))
    if show == "ended":
        return Delivery.state.in_(ENDED)
    if show != "todo":
        return Delivery.id.is_not(None)
    side = {"buyer": "buyer", "broker": "broker"}.get(actor.kind or "", "producer")
    asks: ColumnElement[bool] = Delivery.state.in_(ASKS[side])
    if side == "producer":
        soon = and_(Delivery.state == "scheduled", Delivery.starts_on <= today + SOON)
        near = and_(Delivery.state == "confirmed", Delivery.starts_on <= today + SOON)
        others = Delivery.state.in_([state for state in ASKS[side] if state != "confirmed"])
        asks = or_(others, soon, near)
    if side == "broker":
        late = select(Statement.id).where(
            Statement.delivery_id == Delivery.id, Statement.due_on < today, Delivery.state == "invoiced"
        )
        asks = or_(asks, late.exists())
    return asks


def _with_parties() -> Select[Any]:
    return (
        select(Delivery)
        .join(Delivery.agreement)
        .options(contains_eager(Delivery.agreement).options(*_names()))
    )


def _names() -> tuple[Any, ...]:
    return (
        joinedload(Agreement.buyer),
        joinedload(Agreement.organization),
        joinedload(Agreement.need),
    )
