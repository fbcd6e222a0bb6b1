"""An index that somebody called counts only where the agreement gives a side the call."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.database import make_engine
from broker.deliveries import lots, reception, schedule, settlement
from broker.deliveries.models import Delivery
from broker.deliveries.settlement import Typed
from broker.errors import RuleBroken
from tests.factories.agreements import Deal

KG = Decimal(1000)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_who_may_not_fix_the_index_cannot_type_one(engine: Engine) -> None:
    """A floor with an index knows no fixation: the quotation of the day counts, whatever the invoice says."""
    deal = Deal(engine, "B06")
    deal.signed()
    delivery = _accepted(deal)
    with pytest.raises(RuleBroken, match="fixation_not_by_call"), deal.act("producer") as tx:
        settlement.invoice(tx, delivery, Typed("F-1", fixed_quote=Decimal(400)), "invoice")
    with deal.act("producer") as tx:
        statement = settlement.invoice(tx, delivery, Typed("F-1"), "invoice")
        assert statement.steps[0]["code"] == "index"
        assert statement.steps[0]["numbers"]["quote"] == "284"


def test_the_call_that_was_agreed_stands_in_place_of_the_quotation(engine: Engine) -> None:
    deal = Deal(engine, "B11")
    deal.fill()
    assert deal.version().facts["price"]["params"]["fixation"] == "seller_call"
    deal.signed()
    delivery = _accepted(deal)
    with deal.act("producer") as tx:
        statement = settlement.invoice(tx, delivery, Typed("F-1", fixed_quote=Decimal(290)), "invoice")
        assert statement.steps[0]["code"] == "index_called"


def _accepted(deal: Deal) -> int:
    """The first delivery, accepted as it came."""
    query = select(Delivery.id).where(Delivery.agreement_id == deal.id).order_by(Delivery.number)
    with Session(deal.engine) as session:
        first = session.scalars(query.limit(1)).one()
    with deal.act("producer") as tx:
        schedule.confirm(tx, first, "confirm")
        lots.add_lot(tx, first, "L-1", KG, [], harvested_on=None, key="lot")
        lots.dispatch(tx, first, "", "dispatch")
    with deal.act("buyer") as tx:
        reception.receive(tx, first, reception.Slip(KG, Decimal(0), "", "Rosa", "Luis"), "receive")
        verdict = reception.Verdict(KG, Decimal(0), Decimal(0), "Inés Ruiz", "")
        reception.grade(tx, first, verdict, "grade")
    return first
