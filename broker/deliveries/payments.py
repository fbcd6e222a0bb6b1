"""Payments as both sides report them: the buyer says he paid, the organization says it has the money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import func, select

from broker.agreements.models import Agreement
from broker.agreements.negotiation import day_of
from broker.deliveries.events import PaymentConfirmed, PaymentReported
from broker.deliveries.models import Liquidation, Payment, Statement
from broker.deliveries.schedule import acting_side, moved
from broker.deliveries.terms import terms_behind, terms_of
from broker.errors import Conflict, Faults, NotAllowed, NotFound
from broker.money import Money
from broker.parties.permissions import require_manager
from broker.prices.payments import late_interest
from broker.transaction import Transaction

CHANNELS = ("transfer", "mobile", "cheque", "cash")
REFERENCE = 100


def report_payment(
    tx: Transaction,
    statement_id: int,
    amount: Decimal,
    paid_on: dt.date,
    channel: str,
    reference: str,
    key: str,
    *,
    kind: str = "settlement",
) -> Payment:
    """The buyer says that he paid (a part of) a statement, its interest or the second payment that its liquidation
    says. A form sent twice counts once.

    Raises Invalid: nothing left to pay, more than is left, a day in the future; and Conflict('form_sent_otherwise') for
    the key of a form that said something else.
    """
    statement = tx.session.get(Statement, statement_id)
    if statement is None:
        raise NotFound("not_found")
    delivery = statement.delivery
    agreement = _held(tx, statement.agreement_id)
    if acting_side(tx.actor, agreement) != "buyer":
        raise NotAllowed("only_buyer_pays")
    money = Money.of(amount, statement.currency)
    said = (statement.id, kind, money.minor, paid_on, channel, reference.strip()[:REFERENCE])
    if found := _same(tx, agreement.id, key, said):
        return found
    left = LEFT[kind](tx, statement)
    payment = _payment(tx, agreement, statement, kind, money, left, paid_on, channel, reference, key)
    if kind == "settlement" and payment.minor == left.minor and delivery.state == "invoiced":
        moved(tx, delivery, "report_payment", "buyer")
    return payment


def report_advance(
    tx: Transaction,
    agreement_id: int,
    amount: Decimal,
    paid_on: dt.date,
    channel: str,
    reference: str,
    key: str,
) -> Payment:
    """The buyer says that he paid an advance. Raises Conflict('no_advance_agreed'), and as report_payment."""
    agreement = _held(tx, agreement_id)
    if acting_side(tx.actor, agreement) != "buyer":
        raise NotAllowed("only_buyer_pays")
    terms = terms_of(tx.session, agreement)
    money = Money.of(amount, terms.price.currency)
    said = (None, "advance", money.minor, paid_on, channel, reference.strip()[:REFERENCE])
    if found := _same(tx, agreement.id, key, said):
        return found
    if terms.advance_pct <= 0 or agreement.signed_at is None:
        raise Conflict("no_advance_agreed")
    return _payment(tx, agreement, None, "advance", money, None, paid_on, channel, reference, key)


def confirm_payment(tx: Transaction, payment_id: int) -> Payment:
    """A manager of the organization says that the money is there; with all of it, the delivery is paid. Doing so twice
    changes nothing."""
    payment = tx.session.get(Payment, payment_id, with_for_update=True)
    if payment is None:
        raise NotFound("not_found")
    agreement = _held(tx, payment.agreement_id)
    if acting_side(tx.actor, agreement) != "producer":
        raise NotAllowed("only_organization_confirms")
    require_manager(tx.actor, agreement.organization_id)
    if payment.confirmed_at is not None:
        return payment
    payment.confirmed_at, payment.confirmed_by_id = tx.now, tx.actor.user_id
    tx.session.flush()
    tx.record(
        "payment.confirmed", "payment", payment.id, agreement.organization_id, minor=payment.minor,
        currency=payment.currency,
    )  # fmt: skip
    tx.emit(PaymentConfirmed(payment.id))
    if payment.kind == "settlement" and payment.statement_id is not None:
        statement = tx.session.get_one(Statement, payment.statement_id)
        settled = _sum(tx, statement, "settlement", confirmed=True)
        if settled == statement.total_minor and statement.delivery.state == "paid_reported":
            moved(tx, statement.delivery, "confirm_payment", "producer")
    return payment


def left_to_pay(tx: Transaction, statement: Statement) -> Money:
    """What nobody has reported as paid yet."""
    return Money(statement.total_minor - _sum(tx, statement, "settlement"), statement.currency)


def interest_due(statement: Statement, monthly_pct: Decimal, today: dt.date) -> Money:
    """Interest on what was paid late, by the days of each payment, and on what is still owed up to today."""
    owed, interest = Money(statement.total_minor, statement.currency), 0
    for payment in sorted(statement.payments, key=lambda one: (one.paid_on, one.id)):
        if payment.kind != "settlement":
            continue
        part = Money(payment.minor, payment.currency)
        interest += late_interest(part, monthly_pct, (payment.paid_on - statement.due_on).days).minor
        owed -= part
    interest += late_interest(owed, monthly_pct, (today - statement.due_on).days).minor
    return Money(interest, statement.currency)


def interest_left(tx: Transaction, statement: Statement) -> Money:
    """Interest that is due and not reported as paid."""
    pct = terms_behind(tx.session, statement).late_interest_pct
    due = interest_due(statement, pct, day_of(statement.delivery.agreement, tx.now))
    return Money(due.minor - _sum(tx, statement, "interest"), statement.currency)


def second_left(tx: Transaction, statement: Statement) -> Money:
    """What of the second payment is not reported; nothing while the buyer has handed over no liquidation."""
    query = select(Liquidation.second_minor).where(Liquidation.statement_id == statement.id)
    due = tx.session.scalar(query) or 0
    return Money(due - _sum(tx, statement, "liquidation"), statement.currency)


# What is left of each kind of payment that a statement may have.
LEFT = {"settlement": left_to_pay, "interest": interest_left, "liquidation": second_left}


def days_late(statement: Statement, today: dt.date) -> int:
    """Days from the payment day to the last payment, or to today while something is owed; 0 when on time."""
    paid = sum(one.minor for one in statement.payments if one.kind == "settlement")
    last = max((one.paid_on for one in statement.payments if one.kind == "settlement"), default=None)
    until = last if last is not None and paid >= statement.total_minor else today
    return max(0, (until - statement.due_on).days)


def _payment(
    tx: Transaction,
    agreement: Agreement,
    statement: Statement | None,
    kind: str,
    money: Money,
    most: Money | None,
    paid_on: dt.date,
    channel: str,
    reference: str,
    key: str,
) -> Payment:
    faults, currency = Faults(), money.currency
    faults.require(money.minor > 0, "must_be_above", "amount", limit=0)
    if most is not None and money.minor > most.minor:
        faults.add("above_what_is_owed", "amount", most=most.amount, currency=currency)
    faults.require(paid_on <= day_of(agreement, tx.now), "date_in_future", "paid_on")
    faults.require(channel in CHANNELS, "choice_unknown", "channel", value=channel)
    faults.raise_if_any()
    payment = Payment(
        agreement_id=agreement.id,
        statement_id=statement.id if statement else None,
        kind=kind,
        minor=money.minor,
        currency=currency,
        paid_on=paid_on,
        channel=channel,
        reference=reference.strip()[:REFERENCE],
        key=key,
        reported_at=tx.now,
        reported_by_id=tx.actor.user_id,
    )
    tx.session.add(payment)
    tx.session.flush()
    tx.record(
        "payment.reported", "payment", payment.id, agreement.organization_id, kind=kind, minor=payment.minor,
        currency=currency,
    )  # fmt: skip
    tx.emit(PaymentReported(payment.id))
    return payment


def _sum(tx: Transaction, statement: Statement, kind: str, *, confirmed: bool = False) -> int:
    query = select(func.coalesce(func.sum(Payment.minor), 0)).where(
        Payment.statement_id == statement.id, Payment.kind == kind
    )
    if confirmed:
        query = query.where(Payment.confirmed_at.is_not(None))
    return int(tx.session.scalar(query) or 0)


def _same(tx: Transaction, agreement_id: int, key: str, said: tuple[object, ...]) -> Payment | None:
    """The payment that the same form has reported before. Raises Conflict where it said something else then."""
    query = select(Payment).where(Payment.agreement_id == agreement_id, Payment.key == key)
    found = tx.session.scalar(query)
    if found is not None and said != (
        found.statement_id, found.kind, found.minor, found.paid_on, found.channel, found.reference
    ):  # fmt: skip
        raise Conflict("form_sent_otherwise")
    return found


def _held(tx: Transaction, agreement_id: int) -> Agreement:
    """The agreement, held until the commit, so that what is owed is true when something is taken off it."""
    found = tx.session.get(Agreement, agreement_id, with_for_update=True)
    if found is None:
        raise NotFound("not_found")
    return found
