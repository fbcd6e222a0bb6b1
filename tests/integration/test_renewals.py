"""The agreement that continues another: its terms, its window, its quantities, and what becomes of the first."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements import freezing, negotiation, renewing
from broker.agreements.models import Agreement
from broker.deliveries.models import Delivery
from broker.errors import Conflict, Invalid, NotAllowed
from broker.listings.models import Need
from tests.factories.agreements import Deal
from tests.integration.conftest import Stage


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    """Active, with the first delivery's period begun."""

    def make(engine: object) -> Deal:
        made = Deal(engine)  # type: ignore[arg-type]
        made.signed()
        with made.act("broker") as tx:
            tx.session.get_one(Agreement, made.id).state = "active"
        return made

    return at_stage("running", make)


def test_a_renewal_continues_the_terms_over_the_next_window_and_reserves_them(deal: Deal) -> None:
    before, signed = deal.agreement(), deal.version()
    starts_on = renewing.next_start(before) + dt.timedelta(days=3)
    with deal.act("buyer") as tx:
        after = renewing.renew(tx, deal.id, starts_on)
        assert (after.renews_id, after.state, after.parts[0].suggestion_id) == (deal.id, "draft", None)
        assert after.total_kg == before.total_kg
        assert after.need_id != before.need_id
        need = tx.session.get_one(Need, after.need_id)
        assert (need.covered_kg, need.starts_on, need.visibility) == (after.total_kg, starts_on, "broker")
        facts = freezing.facts_of(negotiation.latest(tx, after))
    assert facts.continues is not None
    assert (facts.continues.sha256, facts.continues.version) == (signed.sha256, signed.number)
    assert facts.payment == freezing.facts_of(signed).payment
    assert len(facts.schedule.periods) == len(before.promised)
    assert facts.schedule.periods[0].start >= starts_on
    with pytest.raises(Conflict, match="renewed_already"), deal.act("broker") as tx:
        renewing.renew(tx, deal.id, starts_on)


def test_who_renews_when(deal: Deal) -> None:
    first = renewing.next_start(deal.agreement())
    with pytest.raises(NotAllowed, match="buyer_or_broker_renews"), deal.act("producer") as tx:
        renewing.renew(tx, deal.id, first)
    with pytest.raises(Invalid) as fault, deal.act("buyer") as tx:
        renewing.renew(tx, deal.id, first - dt.timedelta(days=1))
    assert [one.code for one in fault.value.faults] == ["renewal_overlaps"]


def test_a_renewal_that_was_ended_can_be_begun_again(deal: Deal) -> None:
    first = renewing.next_start(deal.agreement())
    with deal.act("broker") as tx:
        made = renewing.renew(tx, deal.id, first).id
    with deal.act("buyer") as tx:
        negotiation.abandon(tx, made, "Primero la cosecha.")
        assert tx.session.get_one(Need, tx.session.get_one(Agreement, made).need_id).covered_kg == 0
    with deal.act("broker") as tx:
        again = renewing.renew(tx, deal.id, first)
        assert again.id != made
        assert tx.session.get_one(Agreement, made).renews_id is None


def test_the_first_is_renewed_once_the_next_is_signed_and_it_is_done(deal: Deal) -> None:
    with deal.act("buyer") as tx:
        made = renewing.renew(tx, deal.id, renewing.next_start(deal.agreement())).id
    first, deal.id = deal.id, made
    deal.signed()
    with Session(deal.engine) as session:
        assert session.get_one(Agreement, first).state == "active"
        rows = session.scalars(select(Delivery).where(Delivery.agreement_id == made)).all()
        assert len(rows) == len(deal.agreement().promised)
