"""A signed agreement, delivered, settled and paid by everybody who may and may not, against a model.

After each step the database says what the model says, weights and amounts add up to the gram and the cent, and a form
that is sent twice has counted once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
from broker.deliveries import accounts, models, payments, queries, settlement
from broker.deliveries.schedule import sweep_deliveries
from tests.machines.delivery_model import (
    BUYERS,
    CAP_PCT,
    DEDUCTIBLE,
    DISPUTE,
    GRACE,
    INTEREST_PCT,
    PRODUCERS,
    SILENCE,
    Delivery,
    Statement,
)  # fmt: skip
from tests.machines.goods import FLAWED, NUMBERS, PEOPLE, SHARES, Goods
from tests.machines.walking import PATIENCE, ZONE, Outcome, expect, run
from tests.machines.world import delivering
from tests.support.database import Store

# Half of what is left, all of it, a cent more; a share of nothing is nothing.
SHARE = st.sampled_from((Decimal("0.5"), Decimal(1), Decimal(1), Decimal("1.01"), Decimal(0)))
ADVANCES = st.sampled_from(("0", "1000000.55", "9540000", "30000000"))
DAYS = st.sampled_from((0, 0, 0, -1, -6, 1))


class Delivering(Goods):
    """The calendar of one agreement with its statements, payments and hours."""

    @rule(number=NUMBERS, who=PEOPLE, cost=st.sampled_from(("inputs", "freight", "advance")), flaw=FLAWED)
    def invoice(self, number: int, who: str, cost: str, flaw: str) -> None:
        """With a deduction at its cap to the cent, one cent above it, or none."""
        delivery, cap = self.at(number), round(Decimal(self.at(number).value() * CAP_PCT) / 100)
        minor = {"one": cap, "another": cap + 1}.get(flaw, 0)
        typed = settlement.Typed("" if flaw == "third" else "F-1", {cost: Decimal(minor) / 100})
        allowed = (
            who in PRODUCERS and delivery.state in ("accepted", "partially_accepted")
            and flaw not in ("another", "third") and (cost in DEDUCTIBLE or minor == 0)
        )  # fmt: skip
        if (
            self.step(
                number, who, "invoice", allowed, lambda tx, id, key: settlement.invoice(tx, id, typed, key)
            )
            and delivery.received_at
        ):
            self.alliance.settle(delivery, minor, delivery.received_at.astimezone(ZONE).date())

    @precondition(lambda self: any(delivery.statement for delivery in self.alliance.deliveries))
    @rule(
        number=NUMBERS, who=PEOPLE, kind=st.sampled_from(("settlement", "settlement", "interest")), share=SHARE,
        days=DAYS, channel=st.sampled_from(("transfer", "cash", "shells")),
    )  # fmt: skip
    def pay(self, number: int, who: str, kind: str, share: Decimal, days: int, channel: str) -> None:
        delivery = self.at(number)
        statement = delivery.statement
        if statement is None:
            return
        left = statement.left if kind == "settlement" else statement.interest_left(self.today)
        minor, day = int(max(left, 0) * share) + (share > 1), self.today + dt.timedelta(days=days)
        allowed = who in BUYERS and 0 < minor <= left and days <= 0 and channel != "shells"
        id = self._statement_id(number)
        if self._report(
            who, f"pay {kind}", allowed,
            lambda tx, key: payments.report_payment(
                tx, id, Decimal(minor) / 100, day, channel, "", key, kind=kind
            ),
        ):  # fmt: skip
            self.alliance.pay(delivery, kind, minor, day)

    @rule(who=PEOPLE, amount=ADVANCES, days=DAYS)
    def pay_in_advance(self, who: str, amount: str, days: int) -> None:
        money, day = Decimal(amount), self.today + dt.timedelta(days=days)
        allowed = who in BUYERS and money > 0 and days <= 0
        id = self.world.ids["agreement"]
        if self._report(
            who, "pay in advance", allowed,
            lambda tx, key: payments.report_advance(tx, id, money, day, "cash", "", key),
        ):  # fmt: skip
            self.alliance.pay(None, "advance", int(money * 100), day)

    @precondition(lambda self: self.alliance.payments)
    @rule(who=PEOPLE, which=st.integers(0, 5))
    def confirm_payment(self, who: str, which: int) -> None:
        """Twice changes nothing."""
        index = which % len(self.alliance.payments)
        payment = self.alliance.payments[index]
        allowed = who == "producer"
        outcome = Outcome.SAME if allowed and payment.confirmed else expect(allowed)
        self.attempt(
            who, "confirm payment", outcome,
            lambda tx: payments.confirm_payment(tx, self._payment_ids(tx.session)[index]),
        )  # fmt: skip
        if outcome is Outcome.DONE:
            self.alliance.confirm(payment)

    @initialize(steps=st.lists(SHARES, max_size=12), late=st.lists(SHARES, max_size=5))
    def begin(self, steps: list[tuple[int, int]], late: list[tuple[int, int]]) -> None:
        """Two deliveries are somewhere on their way already."""
        super().begin()
        for number, shares in ((1, steps), (2, late)):
            for share in shares:
                self.go_on(number, share)

    @rule(number=NUMBERS, share=SHARES)
    def go_on(self, number: int, share: tuple[int, int]) -> None:
        """What comes next when all goes its way, so that walks get as far as the money; some of it is disputed."""
        delivery = self.at(number)
        if delivery.state == "scheduled":
            self.confirm(number, "producer")
        elif delivery.state == "confirmed" and not delivery.lots:
            self.add_lot(number, "producer_clerk", "L-1", "6000", "")
        elif delivery.state == "confirmed":
            self.dispatch(number, "producer")
        elif delivery.state == "dispatched":
            self.receive(number, "buyer_clerk", "", "6040.5")
        elif delivery.state == "received":
            self.grade(number, "buyer", share, "")
        elif delivery.disputable(self.now) and share in ((333, 333), (0, 0), (0, 1)):
            self.dispute(number, "producer", "No vimos la muestra.")
        elif delivery.state == "disputed" and delivery.proposal is None:
            self.propose_end(number, "buyer", share, "")
        elif delivery.state == "disputed":
            self.agree_to_end(number, "producer", "")
        elif delivery.state in ("accepted", "partially_accepted"):
            self.invoice(number, "producer", "inputs", "")
        elif delivery.state == "invoiced":
            self.pay(number, "buyer", "settlement", Decimal("0.5"), 0, "transfer")
            self.pay(number, "buyer", "settlement", Decimal(1), 0, "transfer")
        elif delivery.state == "paid_reported":
            for which, payment in enumerate(self.alliance.payments):
                if not payment.confirmed:
                    self.confirm_payment("producer", which)

    @rule(hours=st.sampled_from((1, 11, 13, 24, 36, 72)), sweep=st.booleans())
    def wait(self, hours: int, sweep: bool) -> None:
        self._let_pass(self.now + dt.timedelta(hours=hours), sweep)

    @rule(number=NUMBERS, seconds=st.integers(-1, 1), sweep=st.booleans())
    def wait_for_the_next_deadline(self, number: int, seconds: int, sweep: bool) -> None:
        """To the second around the hour of silence, the end of a dispute, the payment day or the day of no hope."""
        delivery = self.at(number)
        late = delivery.statement.due_on if delivery.statement else delivery.ends_on + GRACE
        moment = dt.datetime.combine(late + dt.timedelta(days=1), dt.time(), ZONE)
        if delivery.state == "received" and delivery.received_at:
            moment = delivery.received_at + SILENCE
        elif delivery.state in ("partially_accepted", "rejected") and delivery.decided_at:
            moment = delivery.decided_at + DISPUTE
        self._let_pass(max(self.now, moment + dt.timedelta(seconds=seconds)), sweep)

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        with Session(self.engine) as session:
            found = session.get_one(Agreement, self.world.ids["agreement"])
            assert found.state == self.alliance.state
            rows = session.scalars(select(models.Delivery).order_by(models.Delivery.number)).all()
            for row, delivery in zip(rows, self.alliance.deliveries, strict=True):
                _compare_goods(row, delivery)
                assert (row.statement is None) == (delivery.statement is None)
                if row.statement and delivery.statement:
                    self._compare_money(row.statement, delivery.statement)
            left = settlement.advance_left(session, found.id, "COP").minor
            assert left == self.alliance.advance_left >= 0
            self._check_books(session)
            if self.fresh:
                self.check_records(session)

    def _compare_money(self, row: models.Statement, statement: Statement) -> None:
        """Lines add up to the total, shares do too, and payments never pass what is owed."""
        lines = {
            kind: sum(line.minor for line in row.lines if line.kind == kind) for kind in models.LINE_KINDS
        }
        assert lines == {
            "grade": statement.value, "deduction": -statement.deducted, "advance": -statement.recovered
        }  # fmt: skip
        assert (row.value_minor, row.total_minor) == (statement.value, statement.total)
        assert not row.shares or sum(share.minor for share in row.shares) == statement.total
        assert (row.fee_minor, row.due_on) == (statement.fee, statement.due_on)
        assert [_payment(one) for one in row.payments] == [
            (one.kind, one.minor, one.paid_on, one.confirmed) for one in statement.payments
        ]
        assert 0 <= statement.left <= statement.total
        assert row.delivery.state != "paid" or statement.reported(confirmed=True) == statement.total
        interest = payments.interest_due(row, Decimal(INTEREST_PCT), self.today)
        assert interest.minor == statement.interest(self.today)
        numbers = [row.value_minor, row.total_minor, row.fee_minor, *(one.minor for one in row.lines)]
        assert all(type(number) is int for number in (*numbers, *(one.minor for one in row.payments)))

    def _check_books(self, session: Session) -> None:
        """What is open by age, and what the broker earned and waits for, add up to the statements."""
        rows = queries.statements_of(session, self.world.people["house"])
        made = [one.statement for one in self.alliance.deliveries if one.statement]
        assert sum(bucket.amount.minor for bucket in accounts.ageing(rows, self.today)) == sum(
            one.left for one in made
        )
        fees = accounts.fees(rows)
        assert sum(fee.earned.minor + fee.waiting.minor for fee in fees) == sum(one.fee for one in made)
        assert all(fee.earned.minor >= 0 and fee.waiting.minor >= 0 for fee in fees)

    def _report(self, who: str, verb: str, allowed: bool, act: Callable[[Any, str], Any]) -> bool:
        """A payment, and its form once more."""
        self.keys += 1
        key = f"form {self.keys}"
        self.attempt(who, verb, expect(allowed), lambda tx: act(tx, key))
        if allowed:
            self.attempt(who, f"{verb} again", Outcome.SAME, lambda tx: act(tx, key))
            self.fresh = True
        return allowed

    def _let_pass(self, moment: dt.datetime, sweep: bool) -> None:
        """Until the moment, when the worker does what is due, unless it is asleep."""
        self.clock.now = moment
        if sweep:
            self.attempt("system", "sweep", Outcome.OPEN, sweep_deliveries)
            self.alliance.let_pass(self.now, self.today)

    def _statement_id(self, number: int) -> int:
        with Session(self.engine) as session:
            query = select(models.Statement.id).filter_by(delivery_id=self.number_of(number))
            return session.scalars(query).one()

    def _payment_ids(self, session: Session) -> list[int]:
        return list(session.scalars(select(models.Payment.id).order_by(models.Payment.id)))


def _compare_goods(row: models.Delivery, delivery: Delivery) -> None:
    assert (row.state, row.net_kg, row.by_silence) == (delivery.state, delivery.net, delivery.by_silence)
    assert (row.received_at, row.decided_at) == (delivery.received_at, delivery.decided_at)
    assert {lot.code: lot.kg for lot in row.lots} == delivery.lots
    decided = (row.accepted_kg, row.downgraded_kg, row.rejected_kg)
    assert decided == (delivery.parts or (None, None, None))
    assert delivery.parts is None or sum(delivery.parts) == row.net_kg
    assert not row.rejected_kg or (row.cause and row.photo_id)


def _payment(row: models.Payment) -> tuple[str, int, dt.date, bool]:
    return row.kind, row.minor, row.paid_on, row.confirmed_at is not None


@pytest.mark.timeout(PATIENCE)
def test_deliveries_and_money_go_only_where_the_rules_let_them(
    database_kind: str, stores: Callable[[str], Store]
) -> None:
    few = 4 if database_kind == "sqlite" else 2
    run(Delivering, delivering(stores(database_kind)), examples=few, steps=30)
