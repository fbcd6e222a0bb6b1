"""Deliveries, statements and payments as the rules say, in plain Python and without the product's tables.

The rules: the organization confirms, sends and is paid; the buyer receives, grades and pays. What is accepted, taken
at the lower grade and rejected is the net; a rejection has a cause and a photo; silence accepts after the hours
agreed. The organization disputes in time what was taken off, and a dispute ends as one side proposes and the other
agrees. A statement is the value less what was agreed to be taken off, and the advance comes back first. A delivery is
paid when the organization has confirmed all of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

BUYERS = ("buyer", "buyer_clerk")
PRODUCERS = ("producer", "producer_clerk")
WRITERS = dict.fromkeys(BUYERS, "buyer") | dict.fromkeys(PRODUCERS, "producer")
LOOKERS = ("buyer_reader", "producer_reader", "house", "house_past", "stranger", "other_house")

# The terms that were signed, in minor units where they are money.
PRICE, LOWER_PCT, FEE_PCT, CAP_PCT, INTEREST_PCT = Fraction(198_735), 70, 3, 10, 2
PAYMENT_DAYS = 8
SILENCE, DISPUTE = dt.timedelta(hours=36), dt.timedelta(hours=24)
DEDUCTIBLE = ("inputs", "quality")
GRACE = dt.timedelta(days=3)
NOTICE = dt.timedelta(days=14)
OVER = ("paid", "cancelled", "no_show")

Parts = tuple[Decimal, Decimal, Decimal]


@dataclass
class Payment:
    """What the buyer says that he sent; `statement` is None for an advance."""

    kind: str
    minor: int
    paid_on: dt.date
    statement: Statement | None
    confirmed: bool = False


@dataclass
class Statement:
    """What a delivery pays, in minor units."""

    value: int
    deducted: int
    recovered: int
    due_on: dt.date
    payments: list[Payment] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.value - self.deducted - self.recovered

    @property
    def fee(self) -> int:
        return round(Fraction(self.value * FEE_PCT, 100))

    def reported(self, kind: str = "settlement", *, confirmed: bool = False) -> int:
        return sum(p.minor for p in self.payments if p.kind == kind and (p.confirmed or not confirmed))

    @property
    def left(self) -> int:
        return self.total - self.reported()

    def interest(self, today: dt.date) -> int:
        """By the days that each part was late, and what is still owed until today."""
        parts = [(p.minor, p.paid_on) for p in self.payments if p.kind == "settlement"]
        return sum(_late(minor, (day - self.due_on).days) for minor, day in [*parts, (self.left, today)])

    def interest_left(self, today: dt.date) -> int:
        return self.interest(today) - self.reported("interest")


@dataclass
class Delivery:
    """One delivery of the calendar; `parts` are accepted, lower grade and rejected."""

    ends_on: dt.date
    state: str = "scheduled"
    lots: dict[str, Decimal] = field(default_factory=dict)
    net: Decimal | None = None
    received_at: dt.datetime | None = None
    parts: Parts | None = None
    decided_at: dt.datetime | None = None
    by_silence: bool = False
    evidence: bool = False
    proposal: tuple[str, Parts] | None = None
    statement: Statement | None = None

    def silent(self, now: dt.datetime) -> bool:
        """Whether silence has accepted it by now, even if nobody has written that down yet."""
        return self.state == "received" and self.received_at is not None and now >= self.received_at + SILENCE

    def disputable(self, now: dt.datetime) -> bool:
        waiting = self.state in ("partially_accepted", "rejected")
        return waiting and self.decided_at is not None and now <= self.decided_at + DISPUTE

    def may_divide(self, parts: Parts) -> bool:
        return min(parts) >= 0 and sum(parts) == self.net

    def divide(self, parts: Parts, now: dt.datetime) -> None:
        """What was decided: all of it, a part, or nothing of it."""
        self.parts, self.decided_at = parts, now
        accepted, lower, rejected = parts
        if lower == rejected == 0:
            self.state = "accepted"
        else:
            self.state = "partially_accepted" if accepted + lower else "rejected"

    def value(self) -> int:
        accepted, lower, _ = self.parts or (Decimal(0),) * 3
        return round(Fraction(accepted) * PRICE + Fraction(lower) * PRICE * LOWER_PCT / 100)

    def over(self, now: dt.datetime) -> bool:
        """Whether nothing can happen to it any more: what was rejected may still be disputed for a while."""
        return self.state in OVER or (self.state == "rejected" and not self.disputable(now))


@dataclass
class Alliance:
    """The signed agreement with its calendar and the advances."""

    starts_on: dt.date
    deliveries: list[Delivery]
    state: str = "signed"
    payments: list[Payment] = field(default_factory=list)

    @property
    def advance_left(self) -> int:
        """What of the confirmed advances no statement has taken back."""
        paid = sum(p.minor for p in self.payments if p.kind == "advance" and p.confirmed)
        return paid - sum(d.statement.recovered for d in self.deliveries if d.statement)

    def settle(self, delivery: Delivery, deducted: int, received_on: dt.date) -> None:
        """The statement. One on which nothing is left to pay is paid."""
        value = delivery.value()
        recovered = min(self.advance_left, value - deducted)
        due = received_on + dt.timedelta(days=PAYMENT_DAYS)
        delivery.statement = Statement(value, deducted, recovered, due)
        delivery.state = "invoiced" if delivery.statement.total else "paid"

    def pay(self, delivery: Delivery | None, kind: str, minor: int, paid_on: dt.date) -> None:
        statement = delivery.statement if delivery else None
        payment = Payment(kind, minor, paid_on, statement)
        self.payments.append(payment)
        if delivery and statement:
            statement.payments.append(payment)
            if kind == "settlement" and statement.left == 0 and delivery.state == "invoiced":
                delivery.state = "paid_reported"

    def confirm(self, payment: Payment) -> None:
        payment.confirmed = True
        for delivery in self.deliveries:
            found = delivery.statement
            concerned = found is not None and found is payment.statement and delivery.state == "paid_reported"
            if concerned and found and found.reported(confirmed=True) == found.total:
                delivery.state = "paid"

    def let_pass(self, now: dt.datetime, today: dt.date) -> None:
        """What the calendar does when the worker is awake."""
        if self.state == "signed" and self.starts_on - NOTICE <= today:
            self.state = "active"
        for delivery in self.deliveries:
            if delivery.silent(now) and delivery.net is not None and delivery.received_at is not None:
                nothing = Decimal(0)
                delivery.divide((delivery.net, nothing, nothing), delivery.received_at + SILENCE)
                delivery.by_silence = True
            elif delivery.state in ("scheduled", "confirmed") and delivery.ends_on + GRACE < today:
                delivery.state = "no_show"
        if self.state == "active" and all(delivery.over(now) for delivery in self.deliveries):
            self.state = "completed"


def _late(minor: int, days: int) -> int:
    return round(Fraction(minor * INTEREST_PCT * days, 100 * 30)) if days > 0 else 0
