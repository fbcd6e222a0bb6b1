"""How an alliance stands, from the facts of its deliveries and payments: scorecard, warnings, cash gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broker.deliveries.models import DECIDED, Delivery, Statement
from broker.deliveries.payments import days_late
from broker.deliveries.terms import DeliveryTerms
from broker.errors import RuleBroken
from broker.money import Money
from broker.prices.agreed import Terms
from broker.prices.formulas import Quote, cash_gap
from broker.prices.market import above_agreed_pct
from broker.prices.models import PricePoint
from broker.prices.quotes import readable
from broker.prices.review import Review, review

FALLEN = Decimal("0.7")
"""Two deliveries in a row below this share of the plan are a warning of side-selling (domain model 3 and 6)."""
SPOT_GAP_PCT = Decimal(8)
"""A market this much above the agreed price draws members away (domain model 3)."""
LOOK_BACK = dt.timedelta(weeks=12)


@dataclass(frozen=True)
class Share:
    """`good` of `of`; None percent while there is nothing to count."""

    good: Decimal
    of: Decimal

    @property
    def pct(self) -> Decimal | None:
        return None if not self.of else 100 * self.good / self.of


@dataclass(frozen=True)
class Scorecard:
    """Both sides by what happened. Days late are of statements whose day has come, the mean and the worst."""

    on_time_in_full: Share
    accepted: Share
    missed: int
    paid_on_time: Share
    mean_days_late: Decimal | None
    worst_days_late: int
    overturned: int
    by_silence: int


@dataclass(frozen=True)
class Warnings:
    """`band`: the market against the band of the clause; `gap_pct`: the market's four-week median above the agreed
    price; `fallen`: the last deliveries are far below the plan."""

    band: Review | None
    gap_pct: Decimal | None
    fallen: bool

    @property
    def any(self) -> bool:
        return bool((self.band and self.band.open) or self.fallen or (self.gap_pct or 0) > SPOT_GAP_PCT)


def scorecard(deliveries: Sequence[Delivery], terms: DeliveryTerms, today: dt.date) -> Scorecard:
    """On time: received by the last day of its period; in full: at least the plan less the tolerance."""
    due = [d for d in deliveries if (d.ends_on < today and d.state != "cancelled") or d.state in DECIDED]
    good = [d for d in due if _on_time_in_full(d, terms)]
    decided = [d for d in deliveries if d.net_kg is not None and d.accepted_kg is not None]
    statements = [d.statement for d in deliveries if d.statement is not None]
    ripe = [s for s in statements if s.due_on < today or _paid(s)]
    late = [days_late(s, today) for s in ripe]
    return Scorecard(
        on_time_in_full=Share(Decimal(len(good)), Decimal(len(due))),
        accepted=Share(
            sum((d.accepted_kg or Decimal(0) for d in decided), Decimal(0)),
            sum((d.net_kg or Decimal(0) for d in decided), Decimal(0)),
        ),
        missed=sum(d.state == "no_show" for d in deliveries),
        paid_on_time=Share(Decimal(sum(days == 0 for days in late)), Decimal(len(late))),
        mean_days_late=Decimal(sum(late)) / len(late) if late else None,
        worst_days_late=max(late, default=0),
        overturned=sum(
            d.disputed_at is not None and d.state not in ("disputed", "rejected") for d in deliveries
        ),
        by_silence=sum(d.by_silence for d in deliveries),
    )


def warnings(
    session: Session,
    deliveries: Sequence[Delivery],
    terms: DeliveryTerms,
    product: str,
    house: int,
    signed_on: dt.date,
    today: dt.date,
) -> Warnings:
    """What draws members away: the market, by the series that the clause names or else by the prices of the product,
    as the house or the installation entered them; and deliveries."""
    points = _points(session, terms.price.params.get("series"), product, house, today)
    band = _band(terms.price, points, signed_on, today)
    gap = above_agreed_pct(terms.price, points, today)
    past = [d for d in deliveries if d.ends_on < today and d.state != "cancelled"][-2:]
    fallen = len(past) == 2 and all((d.net_kg or Decimal(0)) < d.planned_kg * FALLEN for d in past)
    return Warnings(band, gap, fallen)


def gap_of_cash(
    deliveries: Sequence[Delivery], terms: DeliveryTerms, members_wait: int, today: dt.date
) -> Money | None:
    """Money between paying members and being paid, at the deliveries of the next four weeks and the last price."""
    price = _price(deliveries, terms)
    if price is None:
        return None
    coming = [d for d in deliveries if today <= d.starts_on < today + dt.timedelta(weeks=4)]
    weekly = sum((d.planned_kg for d in coming), Decimal(0)) / 4 * price
    net_days = terms.payment_days * (1 - terms.advance_pct / 100)
    return Money.rounded(cash_gap(weekly, net_days, Decimal(members_wait)), terms.price.currency)


def deliveries_in(session: Session, agreement_id: int) -> Sequence[Delivery]:
    """Every delivery of an agreement with its statement and payments, by date."""
    query = (
        select(Delivery)
        .where(Delivery.agreement_id == agreement_id)
        .options(joinedload(Delivery.statement).joinedload(Statement.payments))
        .order_by(Delivery.starts_on, Delivery.id)
    )
    return session.scalars(query).unique().all()


def _on_time_in_full(delivery: Delivery, terms: DeliveryTerms) -> bool:
    if delivery.received_at is None or delivery.net_kg is None:
        return False
    least = delivery.planned_kg * (1 - terms.tolerance_pct / 100)
    return terms.day(delivery.received_at) <= delivery.ends_on and delivery.net_kg >= least


def _paid(statement: Statement) -> bool:
    return sum(p.minor for p in statement.payments if p.kind == "settlement") >= statement.total_minor


def _price(deliveries: Sequence[Delivery], terms: DeliveryTerms) -> Decimal | None:
    """Per kg: that of the last statement, else the one the agreement states."""
    made = [d.statement for d in deliveries if d.statement is not None]
    if made:
        return made[-1].price / made[-1].unit_kg
    return None if terms.price.unit_price is None else terms.price.unit_price / terms.price.unit_kg


def _band(price: Terms, points: Sequence[Quote], signed_on: dt.date, today: dt.date) -> Review | None:
    """The market against the band of a clause that has one, from its value at signature."""
    if not points or price.method != "fixed_reviewed":
        return None
    base = next((p for p in reversed(points) if dt.date.fromisoformat(p.date) <= signed_on), points[0])
    try:
        return review(price, base.value, points, today)
    except RuleBroken:
        return None


def _points(session: Session, series: str | None, product: str, house: int, today: dt.date) -> list[Quote]:
    query = select(PricePoint).where(
        PricePoint.series == series if series else PricePoint.product == product,
        PricePoint.quoted_on <= today,
        PricePoint.quoted_on >= today - LOOK_BACK,
        readable(PricePoint, house),
    )
    return [
        Quote(p.series, p.value, p.quoted_on.isoformat(), p.unit, p.source)
        for p in session.scalars(query.order_by(PricePoint.quoted_on, PricePoint.id))
    ]
