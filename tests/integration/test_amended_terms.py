"""What both settled under the terms of then, once they have signed other terms."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import Engine

from broker.agreements.models import Agreement
from broker.deliveries import liquidations, payments, settlement
from broker.deliveries.liquidations import Charge, Shown, Sold
from broker.deliveries.models import Statement
from broker.deliveries.settlement import Typed
from tests.factories.agreements import IN_TWO_PARTS
from tests.integration.conftest import Stage
from tests.integration.delivering import Alliance

KG = Decimal


class InTwoParts(Alliance):
    """An alliance whose price is paid in two parts."""

    def fill(self) -> None:
        self.offer("broker", IN_TWO_PARTS)
        super().fill()


def test_a_second_payment_and_interest_follow_the_terms_of_their_statement(at_stage: Stage) -> None:
    alliance = at_stage("in_two_parts", _settled)
    assert isinstance(alliance, InTwoParts)
    made = alliance.statement()
    alliance.offer(
        "buyer",
        {"price.method": "fixed", "price.unit_price": "900", "payment.late_interest_pct": "9"},
        note="Un solo pago.",
    )
    while alliance.version().open_points:
        alliance.fill()
    for side in ("buyer", "producer"):
        alliance.accept(side)
    alliance.clock.forward(hours=24)
    for side in ("buyer", "producer"):
        alliance.sign(side)
    shown = Shown((Sold("calibre 14", KG(1000), KG(3000)),), (Charge("empaque", KG(1000), "FE-1"),))
    with alliance.act("buyer") as tx:
        found = liquidations.hand_over(tx, made.id, shown, "one")
        assert found.share_pct == 85
        alliance.clock.forward(days=60)
    with alliance.act("buyer") as tx:
        statement = tx.session.get_one(Statement, made.id)
        days = alliance.clock().date()
        assert payments.interest_left(tx, statement) == payments.interest_due(statement, KG(2), days)
        assert tx.session.get_one(Agreement, alliance.id).binding == alliance.version().number
    assert made.due_on < alliance.clock().date() - dt.timedelta(days=1)


def _settled(engine: Engine) -> InTwoParts:
    alliance = InTwoParts(engine)
    alliance.arrive()
    alliance.judge("1000")
    alliance.do("producer", settlement.invoice, Typed("F-1"))
    return alliance
