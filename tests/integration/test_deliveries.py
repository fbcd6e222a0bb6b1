"""From the signed calendar to the money: lots, slip, verdict, dispute, statement, payment and what the clock does."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broker.deliveries import lots, payments, reception, schedule, settlement
from broker.deliveries.models import Delivery, Statement
from broker.deliveries.reception import Verdict
from broker.deliveries.settlement import Typed
from broker.errors import Conflict, Invalid, NotAllowed, RuleBroken
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from tests.integration.delivering import KG, Alliance


def test_a_signed_agreement_has_the_calendar_it_promises(alliance: Alliance) -> None:
    with Session(alliance.engine) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.number)).all()
        promised = alliance.agreement().promised
        assert [(r.starts_on.isoformat(), r.planned_kg) for r in rows] == [
            (p["start"], KG(p["quantity_kg"])) for p in promised
        ]


def test_a_delivery_is_sent_weighed_graded_settled_and_paid_to_the_cent(alliance: Alliance) -> None:
    alliance.arrive()
    assert alliance.delivery().net_kg == KG(1000)
    alliance.judge("900", "100")
    assert alliance.delivery().state == "partially_accepted"
    deductions = {"inputs": KG("50000")}
    alliance.do("producer", settlement.invoice, Typed("F-12", deductions))
    statement = alliance.statement()
    # 900 kg at 2,150 and 100 kg at 70 % of it, less inputs; the fee is 3 % of the value.
    assert [(line.kind, line.code, line.minor) for line in statement.lines] == [
        ("grade", "agreed", 193_500_000),
        ("grade", "lower", 15_050_000),
        ("deduction", "inputs", -5_000_000),
    ]
    assert (statement.value_minor, statement.total_minor) == (208_550_000, 203_550_000)
    assert sum(share.minor for share in statement.shares) == statement.total_minor
    assert next((s.member, s.minor) for s in statement.shares) == ("Rosa Muñoz", 50_887_500)
    received = alliance.delivery().received_at
    assert received is not None
    assert statement.due_on == received.date() + dt.timedelta(days=8)
    alliance.clock.forward(days=18)
    today = alliance.clock().date()
    with alliance.act("buyer") as tx:
        payments.report_payment(tx, statement.id, KG("1000000"), today, "transfer", "ref 1", "k1")
    assert alliance.delivery().state == "invoiced"
    with pytest.raises(Invalid, match="above_what_is_owed"), alliance.act("buyer") as tx:
        payments.report_payment(tx, statement.id, KG("1035500.01"), today, "transfer", "", "k2")
    for _ in range(3):
        with alliance.act("buyer") as tx:
            payments.report_payment(tx, statement.id, KG("1035500"), today, "transfer", "ref 2", "k3")
    assert alliance.delivery().state == "paid_reported"
    assert len(alliance.statement().payments) == 2
    paid = alliance.statement().payments
    with pytest.raises(NotAllowed), alliance.act("buyer") as tx:
        payments.confirm_payment(tx, paid[0].id)
    for payment in (*paid, *paid):
        with alliance.act("producer") as tx:
            payments.confirm_payment(tx, payment.id)
    assert alliance.delivery().state == "paid"
    statement = alliance.statement()
    assert payments.days_late(statement, today) == 10
    # 2 % a month on 2,035,500 for ten days.
    assert payments.interest_due(statement, KG(2), today).minor == 1_357_000
    with alliance.act("buyer") as tx:
        assert payments.interest_left(tx, tx.session.get_one(Statement, statement.id)).minor == 1_357_000
        payments.report_payment(tx, statement.id, KG("13570"), today, "transfer", "", "k4", kind="interest")
    with alliance.act("buyer") as tx:
        assert payments.interest_left(tx, tx.session.get_one(Statement, statement.id)).minor == 0


def test_a_rejection_needs_its_evidence_and_can_be_disputed_in_time(alliance: Alliance) -> None:
    alliance.arrive()
    bare = Verdict(KG(600), KG(0), KG(400), "Inés Ruiz", "")
    with pytest.raises(Invalid) as caught:
        alliance.do("buyer", reception.grade, bare)
    assert {fault.field for fault in caught.value.faults} == {"cause", "photo"}
    with pytest.raises(Invalid, match="parts_not_net"):
        alliance.judge("500", "100", "300")
    alliance.judge("500", "100", "400")
    with pytest.raises(NotAllowed):
        alliance.do("buyer", reception.dispute, "no")
    alliance.clock.forward(hours=20)
    alliance.do("producer", reception.dispute, "No estuvimos en la clasificación.")
    with pytest.raises(Conflict, match="nothing_to_agree_to"):
        alliance.do("producer", reception.agree_to_end, alliance.mark())
    alliance.do("buyer", reception.propose_end, KG(600), KG(300), KG(100), "Foto y residuos vistos.")
    with pytest.raises(Conflict, match="nothing_to_agree_to"):
        alliance.do("buyer", reception.agree_to_end, alliance.mark())
    alliance.do("producer", reception.agree_to_end, alliance.mark())
    found = alliance.delivery()
    assert (found.state, found.accepted_kg, found.downgraded_kg) == ("partially_accepted", KG(600), KG(300))
    alliance.clock.forward(hours=25)
    with pytest.raises(Conflict, match="dispute_over"):
        alliance.do("producer", reception.dispute, "otra vez")


def test_silence_accepts_what_came_and_what_never_came_is_missed(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.clock.forward(hours=47)
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        assert schedule.sweep_deliveries(tx)[1:] == (0, 0)
    alliance.clock.forward(hours=1)
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        assert schedule.sweep_deliveries(tx)[1] == 1
    found = alliance.delivery()
    assert (found.state, found.accepted_kg, found.by_silence) == ("accepted", KG(1000), True)
    count = len(alliance.agreement().promised)
    alliance.clock.forward(days=400)
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        assert schedule.sweep_deliveries(tx)[2] == count - 1
    assert alliance.agreement().state == "active"


def test_lots_add_up_to_their_lines_within_half_a_percent(alliance: Alliance) -> None:
    alliance.do("producer", schedule.confirm)
    with pytest.raises(RuleBroken, match="lots_missing"):
        alliance.do("producer", lots.dispatch, "")
    with pytest.raises(Invalid, match="lot_line_unreadable"):
        lots.read_lines("Rosa 250", ".")
    for kg, fits in (("1005.1", False), ("1005", True)):
        lines = lots.read_lines(f"Rosa; {kg}", ".")
        try:
            with alliance.act("producer") as tx:
                lots.add_lot(tx, alliance.first, "A", KG(1000), lines, harvested_on=None, key=f"lot {kg}")
        except Invalid as fault:
            assert not fits and "lot_lines_differ" in str(fault)
        else:
            assert fits
    with pytest.raises(Invalid, match="lot_code_taken"), alliance.act("producer") as tx:
        lots.add_lot(tx, alliance.first, "A", KG(5), [], harvested_on=None, key="again")
    lot = alliance.delivery().lots[0]
    with alliance.act("producer") as tx:
        assert lots.remove_lot(tx, alliance.first, lot.id, "off").lots == []


def test_only_agreed_deductions_within_their_cap(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.judge("1000")
    for typed, code in (
        ({"freight": KG(1)}, "deduction_not_agreed"),
        ({"advance": KG(1)}, "deduction_not_agreed"),
        ({"inputs": KG("215000.01")}, "deductions_above_cap"),
    ):
        with pytest.raises(Invalid, match=code):
            alliance.do("producer", settlement.invoice, Typed("F-1", typed))
    alliance.do("producer", settlement.invoice, Typed("F-1", {"inputs": KG("215000")}))
    assert alliance.statement().total_minor == 193_500_000


def test_the_database_refuses_parts_that_are_not_the_net_and_a_rejection_without_evidence(
    alliance: Alliance,
) -> None:
    alliance.arrive()
    for values in (
        {"accepted_kg": KG(1), "downgraded_kg": KG(0), "rejected_kg": KG(0)},
        {"accepted_kg": KG(0), "downgraded_kg": KG(0), "rejected_kg": KG(1000)},
    ):
        with Session(alliance.engine) as session, pytest.raises(IntegrityError):
            delivery = session.get_one(Delivery, alliance.first)
            for name, value in values.items():
                setattr(delivery, name, value)
            session.commit()
