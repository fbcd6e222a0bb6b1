"""The room of an alliance: committee, grievances, breach and cure, notice, contributions, scorecard and warnings."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from broker.agreements import freezing
from broker.agreements.facts import Contribution
from broker.alliance import committee, complaints, contributions, standing, suspending
from broker.alliance.committee import Decision, Minutes
from broker.alliance.models import Task
from broker.deliveries import schedule, settlement
from broker.deliveries.models import Delivery
from broker.deliveries.terms import terms_of
from broker.errors import Conflict, Invalid, NotAllowed, NotFound
from broker.parties.actor import SYSTEM
from broker.prices.quotes import enter_quote
from broker.transaction import transaction
from tests.factories.market import person
from tests.integration.conftest import Stage
from tests.integration.delivering import Alliance

KG = Decimal
PRODUCT = "plantain_dom_harton"


def active(engine: Engine) -> Alliance:
    made = Alliance(engine)
    sweep(made)
    assert made.agreement().state == "active"
    return made


@pytest.fixture
def alliance(at_stage: Stage) -> Alliance:
    found = at_stage("active", active)
    assert isinstance(found, Alliance)
    return found


def sweep(alliance: Alliance) -> tuple[int, int]:
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        suspending.sweep_suspensions(tx)
        schedule.sweep_deliveries(tx)
        return complaints.sweep_breaches(tx)


def minutes(alliance: Alliance, *, there: str = "Luis Paz", decisions: tuple[Decision, ...] = ()) -> Minutes:
    return Minutes(alliance.clock().date(), "Marta Ocampo", there, "", "Se habló de la báscula.", decisions)


def do(alliance: Alliance, side: str, verb: Any, *values: Any) -> Any:
    with alliance.act(side) as tx:
        return verb(tx, alliance.id, *values)


def test_the_committee_decides_with_both_sides_and_the_other_agrees(alliance: Alliance) -> None:
    decision = Decision("Calibrar la báscula", "buyer", "reception", dt.date(2026, 12, 20))
    with pytest.raises(Invalid, match="no_quorum"):
        do(alliance, "producer", committee.record, minutes(alliance, there="", decisions=(decision,)), "a")
    for _ in range(2):
        meeting = do(alliance, "producer", committee.record, minutes(alliance, decisions=(decision,)), "b")
    with Session(alliance.engine) as session:
        [task] = session.scalars(select(Task)).all()
        assert (task.what, task.owner, task.done_at) == ("Calibrar la báscula", "buyer", None)
    with pytest.raises(Conflict, match="other_side_agrees"):
        do(alliance, "producer", committee.agree, meeting.id)
    assert do(alliance, "buyer", committee.agree, meeting.id).agreed_at is not None
    assert do(alliance, "buyer", committee.finish, task.id).done_at is not None
    with pytest.raises(NotAllowed):
        do(alliance, "broker", committee.record, minutes(alliance), "c")
    stranger = person(alliance.engine, "p07@demo.example")
    with pytest.raises(NotFound), transaction(alliance.engine, stranger, alliance.clock) as tx:
        committee.agree(tx, alliance.id, meeting.id)


def test_a_grievance_is_answered_by_the_other_and_settled_by_who_raised_it(alliance: Alliance) -> None:
    raised = do(alliance, "producer", complaints.complain, "No nos dejan ver la muestra.", "k")
    assert do(alliance, "producer", complaints.complain, "No nos dejan ver la muestra.", "k").id == raised.id
    assert raised.answer_by == alliance.clock().date() + dt.timedelta(days=10)
    with pytest.raises(Conflict, match="other_side_answers"):
        do(alliance, "producer", complaints.answer, raised.id, "x")
    do(alliance, "buyer", complaints.answer, raised.id, "Desde el lunes pueden estar.")
    with pytest.raises(Conflict, match="answered_already"):
        do(alliance, "buyer", complaints.answer, raised.id, "otra vez")
    with pytest.raises(Conflict, match="who_raised_settles"):
        do(alliance, "buyer", complaints.settle, raised.id)
    assert do(alliance, "producer", complaints.settle, raised.id).settled_at is not None


def test_a_breach_is_cured_or_declared_only_with_the_committees_note(alliance: Alliance) -> None:
    do(alliance, "producer", complaints.notify_breach, "No pagan hace un mes.", "payment")
    assert alliance.agreement().state == "breach_notified"
    with pytest.raises(Conflict):
        do(alliance, "producer", complaints.notify_breach, "otra", None)
    do(alliance, "buyer", complaints.say_cured, "Pagado hoy.")
    do(alliance, "producer", complaints.confirm_cured)
    assert alliance.agreement().state == "active"
    do(alliance, "producer", complaints.notify_breach, "Otra vez no pagan.", "payment")
    alliance.clock.forward(days=11)
    assert sweep(alliance)[0] == 0
    do(alliance, "producer", committee.record, minutes(alliance), "note")
    assert sweep(alliance)[0] == 1
    assert alliance.agreement().state == "breached"
    do(alliance, "producer", complaints.give_notice, "No pagaron.")
    assert alliance.agreement().state == "terminated"


def test_notice_ends_an_agreement_after_its_days_and_only_a_manager_gives_it(alliance: Alliance) -> None:
    with pytest.raises(NotAllowed):
        do(alliance, "broker", complaints.give_notice, "x")
    given = do(alliance, "buyer", complaints.give_notice, "Cerramos la planta.")
    assert given.ends_on == alliance.clock().date() + dt.timedelta(days=30)
    with pytest.raises(Conflict, match="notice_given_already"):
        do(alliance, "producer", complaints.give_notice, "x")
    alliance.clock.forward(days=29)
    assert sweep(alliance)[1] == 0
    alliance.clock.forward(days=1)
    assert sweep(alliance)[1] == 1
    assert (alliance.agreement().state, alliance.agreement().ended_reason) == (
        "terminated",
        "Cerramos la planta.",
    )


def test_a_pause_that_both_agree_to_calls_off_what_is_due_and_ends_on_its_day(alliance: Alliance) -> None:
    today = alliance.clock().date()
    until = today + dt.timedelta(days=60)
    for wrong in (today, today + dt.timedelta(days=400)):
        with pytest.raises(Invalid):
            do(alliance, "producer", suspending.propose, "Sequía.", wrong)
    asked = do(alliance, "producer", suspending.propose, "Sequía.", until)
    with pytest.raises(Conflict, match="pause_open"):
        do(alliance, "buyer", suspending.propose, "Otra.", until)
    with pytest.raises(Conflict, match="other_side_agrees"):
        do(alliance, "producer", suspending.agree, asked.id)
    assert alliance.agreement().state == "active"
    for _ in range(2):
        do(alliance, "buyer", suspending.agree, asked.id)
    assert alliance.agreement().state == "suspended"
    with Session(alliance.engine) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.number)).all()
        within = [row for row in rows if row.ends_on <= until]
        assert within and {(row.state, row.ended_reason) for row in within} == {("cancelled", "Sequía.")}
        assert {row.state for row in rows[len(within) :]} <= {"scheduled"}
    with pytest.raises(Conflict, match="who_asked_ends_it"):
        do(alliance, "buyer", suspending.end, asked.id)
    alliance.clock.forward(days=60)
    sweep(alliance)
    assert alliance.agreement().state == "suspended"
    alliance.clock.forward(days=1)
    sweep(alliance)
    assert alliance.agreement().state == "active"


def test_a_pause_is_taken_back_or_ended_early_by_who_asked_for_it(alliance: Alliance) -> None:
    until = alliance.clock().date() + dt.timedelta(days=20)
    first = do(alliance, "buyer", suspending.propose, "Remodelamos la planta.", until)
    do(alliance, "producer", suspending.end, first.id)
    with pytest.raises(Conflict, match="pause_over"):
        do(alliance, "producer", suspending.agree, first.id)
    second = do(alliance, "buyer", suspending.propose, "De verdad.", until)
    do(alliance, "producer", suspending.agree, second.id)
    do(alliance, "buyer", suspending.end, second.id)
    assert alliance.agreement().state == "active"


def test_the_book_of_contributions(alliance: Alliance) -> None:
    version = alliance.version()
    promised = (
        Contribution(
            "inputs", "abono", Decimal(900_000), "COP", "en febrero", True, Decimal(10), "at_sale_pct"
        ),
    )
    facts = replace(freezing.facts_of(version), contributions=promised)
    day = alliance.clock().date()
    with pytest.raises(NotAllowed, match="only_buyer_gives"):
        do(alliance, "producer", contributions.give, facts, 0, "x", KG(1), day, "k")
    for _ in range(2):
        given = do(alliance, "buyer", contributions.give, facts, 0, "20 bultos", KG(400_000), day, "k")
    with Session(alliance.engine) as session:
        assert contributions.ledger(session, alliance.id, facts).owed.minor == 0
    do(alliance, "producer", contributions.confirm, given.id)
    alliance.arrive()
    alliance.judge("1000")
    alliance.do("producer", settlement.invoice, settlement.Typed("F-1", {"inputs": KG(150_000)}))
    with Session(alliance.engine) as session:
        found = contributions.ledger(session, alliance.id, facts)
    [account] = found.accounts
    assert (account.given.minor, account.confirmed.minor) == (40_000_000, 40_000_000)
    assert (found.paid_back.minor, found.owed.minor) == (15_000_000, 25_000_000)


def test_scorecard_cash_gap_and_warnings_come_from_what_happened(alliance: Alliance) -> None:
    with Session(alliance.engine) as session:
        session.execute(update(Delivery).values(planned_kg=KG(1000)))
        session.commit()
    alliance.arrive()
    alliance.judge("900", "100")
    alliance.do("producer", settlement.invoice, settlement.Typed("F-1"))
    today = alliance.clock().date()
    with Session(alliance.engine) as session:
        terms = terms_of(session, alliance.agreement())
        found = standing.deliveries_in(session, alliance.id)
        card = standing.scorecard(found, terms, today)
        assert (card.on_time_in_full.pct, card.accepted.pct) == (Decimal(100), Decimal(90))
        # 1,000 kg a week at 2,150, paid at 8 days: the formula of domain model 2.7.
        first = found[0].starts_on
        gap = standing.gap_of_cash(found, terms, 0, first)
        assert gap is not None and gap.amount == Decimal("2457142.86")
        late = standing.scorecard(found, terms, today + dt.timedelta(days=28))
        assert (late.worst_days_late, late.paid_on_time.pct) == (20, Decimal(0))


def test_the_market_leaving_the_band_and_falling_deliveries_warn(alliance: Alliance) -> None:
    """Story 1: the median rises 11 % with a band of 8 %, and deliveries fall to 60 %."""
    signed = alliance.clock().date()
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        enter_quote(tx, "SIPSA Pereira", KG(2150), "COP/kg", signed, "test")
    alliance.clock.forward(days=35)
    today = alliance.clock().date()
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        for back in (21, 14, 7, 0):
            day = today - dt.timedelta(days=back)
            enter_quote(tx, "SIPSA Pereira", KG("2386.5"), "COP/kg", day, "test")
        enter_quote(tx, "Quimbaya", KG("2580"), "COP/kg", today, "test", PRODUCT)
    with Session(alliance.engine) as session:
        for delivery in standing.deliveries_in(session, alliance.id):
            if delivery.ends_on < today:
                delivery.gross_kg = delivery.net_kg = delivery.planned_kg * 6 / 10
                delivery.tare_kg = KG(0)
        session.commit()
        agreement = alliance.agreement()
        terms = terms_of(session, agreement)
        deliveries = standing.deliveries_in(session, alliance.id)
        plain = replace(terms, price=replace(terms.price, method="fixed", params={}))
        found, without_series = (
            standing.warnings(session, deliveries, one, PRODUCT, agreement.broker_id, signed, today)
            for one in (terms, plain)
        )
    assert found.band is not None and found.band.open and found.band.change_pct == KG(11)
    assert found.gap_pct == KG(11) and found.fallen and found.any
    assert without_series.band is None and without_series.gap_pct == KG(20)
