"""What a delivery pays: price of the day, value by grade, deductions within their cap, the advance, members' shares.

Every amount is in whole minor units; lines add up to the total and members' shares add up to it too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
from broker.deliveries.models import (
    Delivery,
    MemberShare,
    Payment,
    Statement,
    StatementLine,
)
from broker.deliveries.schedule import moved, opened
from broker.deliveries.terms import DeliveryTerms, terms_of
from broker.documents.canonical import decimal_text
from broker.errors import Conflict, Faults, RuleBroken
from broker.money import Money
from broker.prices.agreed import Cost, Inputs, Rate
from broker.prices.formulas import Quote
from broker.prices.grades import Grades, by_grade, largest_remainder
from broker.prices.payments import advance_of, recovery_from_first
from broker.prices.quotes import quotes_on, rate_on
from broker.prices.settling import Settled, price_on
from broker.transaction import Transaction

AGREED, LOWER = "agreed", "lower"
# Taken off on its own, not by what somebody types.
ADVANCE = "advance"


@dataclass(frozen=True)
class Typed:
    """What the one who makes the statement enters: the invoice's number, deductions by code in major units, and what
    the day's price may need: an audited cost, the lot's measured yield factor, a called fixation."""

    invoice: str
    deductions: Mapping[str, Decimal] = field(default_factory=dict)
    audited_cost: Decimal | None = None
    cost_sheet: str = ""
    measured_factor: Decimal | None = None
    fixed_quote: Decimal | None = None


@dataclass(frozen=True)
class Draft:
    """A statement before it is made: what it would say."""

    settled: Settled
    lines: tuple[StatementLine, ...]
    value: Money
    total: Money
    due_on: dt.date
    fee: Money


def reckon(session: Session, delivery: Delivery, typed: Typed, now: dt.datetime) -> Draft:
    """What the delivery pays with what was typed, were the statement made now. Raises Invalid or RuleBroken with what
    is missing or not agreed."""
    terms = terms_of(session, delivery.agreement)
    day = terms.day(delivery.decided_at or now)
    settled = price_on(terms.price, _inputs(session, delivery.agreement.broker_id, day, terms, typed))
    grades = Grades({AGREED: Decimal(100), LOWER: terms.downgrade_pct})
    kg = {AGREED: delivery.accepted_kg or Decimal(0), LOWER: delivery.downgraded_kg or Decimal(0)}
    priced = by_grade(
        settled.per_unit, {code: mass for code, mass in kg.items() if mass > 0}, grades, settled.currency,
        unit_kg=settled.unit_kg,
    )  # fmt: skip
    lines = [
        StatementLine(kind="grade", code=one.grade, kg=one.kg, pct=one.pct, minor=one.amount.minor)
        for one in priced
    ]
    value = Money(sum(line.minor for line in lines), settled.currency)
    lines += _deducted(terms, value, typed)
    left = Money(sum(line.minor for line in lines), settled.currency)
    recovered = _recovered(session, delivery, left)
    if recovered.minor:
        lines.append(StatementLine(kind="advance", code=ADVANCE, minor=-recovered.minor))
    total = left - recovered
    fee = Money.rounded(value.amount * (terms.fee_pct or Decimal(0)) / 100, value.currency)
    return Draft(settled, tuple(lines), value, total, _due(delivery, terms, now), fee)


def invoice(tx: Transaction, delivery_id: int, typed: Typed, key: str) -> Statement:
    """The organization makes the statement of an accepted delivery; the payment clock has its day. One on which nothing
    is left to pay is paid. Raises Invalid."""
    delivery, side = opened(tx, delivery_id, key, "invoice", typed)
    if delivery is None:
        return statement_of(tx, delivery_id)
    if side == "producer" and not typed.invoice.strip():
        raise RuleBroken("required", field="invoice")
    if delivery.state not in ("accepted", "partially_accepted"):
        raise Conflict("state_moved_on", subject="delivery", state=delivery.state, action="invoice")
    draft = reckon(tx.session, delivery, typed, tx.now)
    terms = terms_of(tx.session, delivery.agreement)
    statement = Statement(
        delivery_id=delivery.id,
        agreement_id=delivery.agreement_id,
        invoice=typed.invoice.strip()[:60],
        made_at=tx.now,
        made_by_id=tx.actor.user_id,
        due_on=draft.due_on,
        currency=draft.value.currency,
        price=draft.settled.per_unit,
        unit=draft.settled.unit,
        unit_kg=draft.settled.unit_kg,
        steps=steps_as_json(draft.settled),
        value_minor=draft.value.minor,
        total_minor=draft.total.minor,
        fee_minor=draft.fee.minor,
        fee_payer=terms.fee_payer,
        lines=list(draft.lines),
        shares=_shares(delivery, draft.total),
    )
    tx.session.add(statement)
    moved(tx, delivery, "invoice", side)
    if draft.total.minor == 0:
        moved(tx, delivery, "clear", "system")
    tx.session.flush()
    tx.record(
        "statement.made", "statement", statement.id, delivery.agreement.organization_id,
        total=statement.total_minor, currency=statement.currency, invoice=statement.invoice,
    )  # fmt: skip
    return statement


def statement_of(tx: Transaction, delivery_id: int) -> Statement:
    return tx.session.scalars(select(Statement).where(Statement.delivery_id == delivery_id)).one()


def steps_as_json(settled: Settled) -> list[Any]:
    """The steps of a price as JSON data: decimals as text."""

    def plain(value: Any) -> Any:
        return decimal_text(value) if isinstance(value, Decimal) else value

    return [
        {"code": step.code, "numbers": {name: plain(value) for name, value in step.numbers.items()}}
        for step in settled.steps
    ]


def _inputs(session: Session, house: int, day: dt.date, terms: DeliveryTerms, typed: Typed) -> Inputs:
    """What was known on a day, with the broker house's quotations beside the installation's."""
    known = quotes_on(session, day, house)
    currency, series = terms.price.currency, terms.price.params.get("series", "")
    found = rate_on(session, currency, day, house)
    rate = None if found is None else Rate(currency, found.per_usd, found.quoted_on.isoformat(), found.source)
    cost = None
    if typed.audited_cost is not None:
        cost = Cost(
            typed.cost_sheet or terms.price.params.get("cost_sheet", ""), typed.audited_cost, day.isoformat()
        )
    called = None
    if typed.fixed_quote is not None:
        if not terms.price.is_by_call:
            raise RuleBroken("fixation_not_by_call", field="fixed_quote")
        called = Quote(series, typed.fixed_quote, day.isoformat())
    return Inputs(known.series, rate, cost, typed.measured_factor, called)


def _deducted(terms: DeliveryTerms, value: Money, typed: Typed) -> list[StatementLine]:
    """Only what the agreement names may be taken off, and together no more than its cap."""
    faults, lines = Faults(), []
    for code, amount in typed.deductions.items():
        if amount == 0:
            continue
        name = f"deduct-{code}"
        if code not in terms.deductions or code == ADVANCE:
            faults.add("deduction_not_agreed", name, cost=code)
        elif amount < 0:
            faults.add("number_negative", name, text=str(amount))
        else:
            lines.append(
                StatementLine(kind="deduction", code=code, minor=-Money.of(amount, value.currency).minor)
            )
    cap = Decimal(100) if terms.deductions_cap_pct is None else terms.deductions_cap_pct
    most = Money.rounded(value.amount * min(cap, Decimal(100)) / 100, value.currency)
    if -sum(line.minor for line in lines) > most.minor:
        faults.add("deductions_above_cap", "deductions", most=most.amount, currency=most.currency)
    faults.raise_if_any()
    return lines


def _recovered(session: Session, delivery: Delivery, left: Money) -> Money:
    """What this delivery pays back of the advance that the organization has: the first deliveries do, as far as they
    go."""
    return recovery_from_first(advance_left(session, delivery.agreement_id, left.currency), [left])[0]


def advance_expected(
    session: Session, agreement: Agreement, terms: DeliveryTerms, day: dt.date
) -> Money | None:
    """The agreed percent of everything promised at the price of the day; None while that price is not known."""
    known = quotes_on(session, day, agreement.broker_id)
    per_usd = known.per_usd.get(terms.price.currency)
    rate = None if per_usd is None else Rate(terms.price.currency, per_usd, day.isoformat(), "")
    try:
        settled = price_on(terms.price, Inputs(known.series, rate))
    except RuleBroken:
        return None
    value = Money.rounded(settled.per_unit * agreement.total_kg / settled.unit_kg, settled.currency)
    return advance_of(value, terms.advance_pct)


def advance_left(session: Session, agreement_id: int, currency: str) -> Money:
    """What of the confirmed advances no delivery has paid back yet."""
    paid = session.scalar(
        select(func.coalesce(func.sum(Payment.minor), 0)).where(
            Payment.agreement_id == agreement_id, Payment.kind == "advance", Payment.confirmed_at.is_not(None)
        )
    )
    return Money(int(paid or 0) - paid_back(session, agreement_id), currency)


def paid_back(session: Session, agreement_id: int) -> int:
    """Minor units of advances that statements have taken off."""
    query = select(func.coalesce(func.sum(StatementLine.minor), 0))
    query = query.join(Statement, Statement.id == StatementLine.statement_id)
    off = session.scalar(query.where(Statement.agreement_id == agreement_id, StatementLine.kind == "advance"))
    return -int(off or 0)


def _due(delivery: Delivery, terms: DeliveryTerms, now: dt.datetime) -> dt.date:
    """The payment day: from reception, acceptance or this invoice, by what was agreed."""
    moments = {"receipt": delivery.received_at, "acceptance": delivery.decided_at, "invoice": now}
    return terms.day(moments[terms.payment_basis] or now) + dt.timedelta(days=terms.payment_days)


def _shares(delivery: Delivery, total: Money) -> list[MemberShare]:
    """The total by member, in proportion to the kg of the lots; nothing where no lot has lines."""
    brought: dict[str, Decimal] = {}
    for lot in delivery.lots:
        for line in lot.lines:
            brought[line.member] = brought.get(line.member, Decimal(0)) + line.kg
    kg = sum(brought.values(), Decimal(0))
    if not kg:
        return []
    amounts = largest_remainder([total.amount * one / kg for one in brought.values()], total.currency)
    return [
        MemberShare(member=member, kg=mass, minor=amount.minor)
        for (member, mass), amount in zip(brought.items(), amounts, strict=True)
    ]
