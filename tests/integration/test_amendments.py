"""After the signatures: amendments that change what is promised or are given up, and the calendar."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker import schema
from broker.agreements import amending, freezing, negotiation, proving
from broker.agreements.comparing import changes_between
from broker.agreements.queries import in_force
from broker.deliveries.models import Delivery
from broker.errors import Conflict, NotAllowed, NotFound, RuleBroken
from broker.listings.models import CapacitySlot, Need
from tests.factories.agreements import Deal
from tests.factories.market import person
from tests.integration.conftest import Stage
from tests.support.stamping import stamp

WHY = "La sequía retrasó la cosecha."


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    def make(engine: object) -> Deal:
        made = Deal(engine)  # type: ignore[arg-type]
        made.signed()
        return made

    return at_stage("both_signed", make)


def test_an_amendment_binds_when_both_have_signed_it_and_the_calendar_follows(deal: Deal) -> None:
    signed = deal.version()
    first, *_, last = signed.facts["schedule"]["periods"]
    wanted = {
        dt.date.fromisoformat(last["start"]): Decimal(0),
        dt.date.fromisoformat(first["start"]): Decimal(500),
    }
    offered = deal.offer("producer", {"payment.days": 5}, quantities=wanted, note=WHY)
    assert offered.facts["amendment"] == {"version": signed.number, "sha256": signed.sha256, "reason": WHY}
    assert (offered.amends, deal.agreement().binding) == (signed.number, signed.number)
    assert WHY in str(offered.content)
    deal.accept("buyer")
    with pytest.raises(Conflict, match="review_running"):
        deal.sign("buyer")
    with Session(deal.engine) as session:
        assert in_force(session, deal.agreement()).number == signed.number
    promised = deal.agreement().promised
    deal.clock.forward(hours=24)
    deal.sign("buyer")
    assert deal.agreement().promised == promised
    deal.sign("producer")
    after = deal.agreement()
    assert (after.state, after.binding, after.promised) == (
        "signed",
        offered.number,
        offered.facts["schedule"]["periods"],
    )
    with Session(deal.engine) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.number)).all()
        assert (rows[0].planned_kg, rows[0].state) == (500, "scheduled")
        assert (rows[-1].state, rows[-1].ended_reason) == ("cancelled", WHY)
        assert {row.state for row in rows[:-1]} == {"scheduled"}
        assert freezing.facts_of(in_force(session, after)).payment.days == 5
        need = session.get_one(Need, after.need_id)
        assert need.covered_kg == after.total_kg
        slots = session.scalars(select(CapacitySlot).where(CapacitySlot.capacity_id == deal.capacity_id))
        assert sum(slot.reserved_kg for slot in slots) >= after.total_kg
        assert not list(proving.faults_of_versions(session))


def test_only_what_an_amendment_says_otherwise_is_told_as_changed(deal: Deal) -> None:
    """Though its own clause moves the numbers of others."""
    before = freezing.draft_of(deal.version(), "es")
    after = freezing.draft_of(deal.offer("buyer", {"payment.days": 9}, note=WHY), "es")
    assert {change.anchor for change in changes_between(before, after)} == {
        "clause-payment",
        "clause-amendment",
    }


def test_an_amendment_needs_a_reason_and_leaves_what_has_begun(deal: Deal) -> None:
    with pytest.raises(RuleBroken, match="reason_required"):
        deal.offer("buyer", {"payment.days": 9})
    with pytest.raises(RuleBroken, match="nothing_changed"):
        deal.offer("buyer", {}, note=WHY)
    start = dt.date.fromisoformat(deal.agreement().promised[0]["start"])
    deal.clock.forward(days=(start - deal.clock.now.date()).days + 1)
    with pytest.raises(RuleBroken, match="period_begun"):
        deal.offer("buyer", {}, quantities={start: Decimal(400)}, note=WHY)
    with pytest.raises(NotFound), deal.act("broker") as tx:
        tx.actor = person(deal.engine, "b02@demo.example")
        amending.drop(tx, deal.id, WHY)


def test_an_amendment_that_is_given_up_leaves_what_both_signed(deal: Deal) -> None:
    signed = deal.version().number
    with pytest.raises(Conflict, match="no_amendment"), deal.act("buyer") as tx:
        amending.drop(tx, deal.id, "no")
    deal.offer("buyer", {"payment.days": 9}, note=WHY)
    countered = deal.offer("producer", {"payment.days": 6})
    assert countered.facts["amendment"]["reason"] == WHY
    with pytest.raises(NotAllowed, match="only_parties"), deal.act("broker") as tx:
        amending.drop(tx, deal.id, "no")
    with deal.act("buyer") as tx:
        amending.drop(tx, deal.id, "Seguimos como estaba.")
    with Session(deal.engine) as session, deal.act("buyer") as tx:
        agreement = negotiation.locked(tx, deal.id)
        assert negotiation.latest(tx, agreement).number == signed == in_force(session, agreement).number
        assert agreement.negotiation == "agreed_in_principle"
    with pytest.raises(Conflict, match="state_moved_on"):
        deal.accept("buyer")
    again = deal.offer("buyer", {"payment.days": 7}, note="Otra vez.")
    assert (again.number, again.facts["amendment"]["version"]) == (countered.number + 1, signed)


def test_who_has_signed_an_amendment_cannot_give_it_up(deal: Deal) -> None:
    deal.offer("buyer", {"payment.days": 9}, note=WHY)
    deal.accept("producer")
    deal.clock.forward(hours=24)
    deal.sign("producer")
    with pytest.raises(Conflict, match="signed_already"), deal.act("producer") as tx:
        amending.drop(tx, deal.id, "no")
    with deal.act("buyer") as tx:
        amending.drop(tx, deal.id, "no")
    assert deal.agreement().state == "signed"


def test_an_amendment_that_was_overtaken_by_a_period_is_not_signed(deal: Deal) -> None:
    signed = deal.agreement().promised
    start = dt.date.fromisoformat(signed[0]["start"])
    deal.offer("producer", {}, quantities={start: Decimal(400)}, note=WHY)
    deal.accept("buyer")
    deal.clock.forward(days=(start - deal.clock.now.date()).days + 1)
    with pytest.raises(Conflict, match="period_begun"):
        deal.sign("buyer")
    with pytest.raises(RuleBroken, match="period_begun"):
        deal.offer("buyer", {"payment.days": 9})
    # What both signed is the measure, not what one of them proposed.
    kept = Decimal(signed[0]["quantity_kg"])
    deal.offer("buyer", {"payment.days": 9}, quantities={start: kept})
    deal.accept("producer")
    deal.clock.forward(hours=24)
    deal.sign("buyer")
    deal.sign("producer")
    assert deal.agreement().promised == signed


def test_an_amendment_leaves_what_has_left_already(deal: Deal) -> None:
    signed = deal.agreement().promised
    start = dt.date.fromisoformat(signed[0]["start"])
    _amend(deal, {start: Decimal(400)})
    with Session(deal.engine) as session:
        delivery = session.scalars(select(Delivery).order_by(Delivery.number)).first()
        assert delivery is not None
        delivery.state = "dispatched"
        session.commit()
    with pytest.raises(Conflict, match="delivery_under_way"):
        _amend(deal, {start: Decimal(0)})
    assert deal.agreement().promised[0]["quantity_kg"] == "400"
    assert deal.agreement().binding == deal.version().number - 1


def test_a_period_that_was_called_off_is_delivered_when_both_want_it_again(deal: Deal) -> None:
    last = dt.date.fromisoformat(deal.agreement().promised[-1]["start"])
    _amend(deal, {last: Decimal(0)})
    _amend(deal, {last: Decimal(300)})
    # Terms that leave the quantities do not bring back what was called off.
    _amend(deal, {}, {"payment.days": 9})
    with Session(deal.engine) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.number)).all()
        assert [(row.state, row.planned_kg) for row in rows if row.starts_on == last][1:] == [
            ("scheduled", 300)
        ]
        planned = sum(row.planned_kg for row in rows if row.state != "cancelled")
        assert planned == deal.agreement().total_kg


def test_a_database_with_an_amendment_under_way_cannot_go_back(deal: Deal) -> None:
    signed = deal.agreement().binding
    with deal.act("broker") as tx:
        negotiation.locked(tx, deal.id).state = "suspended"
    stamp(deal.engine, "0018")
    schema.downgrade(deal.engine, "0014")
    schema.upgrade(deal.engine, "0018")
    assert (deal.agreement().binding, deal.agreement().state) == (signed, "active")
    deal.offer("buyer", {"payment.days": 9}, note=WHY)
    with pytest.raises(RuntimeError, match="1 amendments that are not signed"):
        schema.downgrade(deal.engine, "0014")


def _amend(deal: Deal, quantities: dict[dt.date, Decimal], values: dict[str, object] | None = None) -> None:
    deal.offer("producer", values or {}, quantities=quantities, note=WHY)
    deal.accept("buyer")
    deal.clock.forward(hours=24)
    deal.sign("buyer")
    deal.sign("producer")
