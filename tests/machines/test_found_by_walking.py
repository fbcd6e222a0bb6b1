"""The shortest of the walks that once went wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements import negotiation, offering
from broker.agreements.models import Agreement, AgreementVersion
from broker.clock import FixedClock
from broker.database import make_engine
from broker.deliveries import lots, payments, reception, schedule, settlement
from broker.deliveries.models import Delivery, Statement
from broker.errors import Conflict, Invalid, RuleBroken
from broker.parties.actor import SYSTEM
from broker.transaction import Transaction, transaction
from tests.machines.walking import PNG
from tests.machines.world import FIRST, NOON, WEEKS, World, bargaining, delivering
from tests.support.database import Store

KG = Decimal
# Eight in the evening where everybody is, and the next day already in UTC.
EVENING = NOON.replace(day=24, hour=1)


class Place:
    """A copy of a world in which people do one thing after another."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = world.store.copy(world.url)
        self.engine = make_engine(self.url)
        self.clock = FixedClock(NOON)

    def do(self, who: str, act: Callable[[Transaction], Any]) -> Any:
        with transaction(self.engine, self.world.people.get(who, SYSTEM), self.clock) as tx:
            return act(tx)

    def close(self) -> None:
        self.engine.dispose()
        self.world.store.drop(self.url)

    def agreement(self) -> Agreement:
        with Session(self.engine) as session:
            return session.scalars(select(Agreement).order_by(Agreement.id).limit(1)).one()

    def last(self) -> AgreementVersion:
        with Session(self.engine) as session:
            query = select(AgreementVersion).filter_by(agreement_id=self.agreement().id)
            return session.scalars(query.order_by(AgreementVersion.number.desc()).limit(1)).one()

    def delivery(self, number: int = 1) -> Delivery:
        with Session(self.engine) as session:
            return session.get_one(Delivery, self.world.ids[f"delivery_{number}"])

    def arrive(self) -> None:
        """The first delivery is weighed: a ton."""
        self.do("producer", lambda tx: schedule.confirm(tx, 1, "a"))
        self.do(
            "producer",
            lambda tx: lots.add_lot(tx, 1, "L-1", KG(1000), [], harvested_on=None, key="b"),
        )
        self.do("producer", lambda tx: lots.dispatch(tx, 1, "", "c"))
        slip = reception.Slip(KG(1000), KG(0), "", "Rosa", "Luis")
        self.do("buyer", lambda tx: reception.receive(tx, 1, slip, "d"))

    def judge(self, accepted: str, lower: str, rejected: str) -> None:
        verdict = reception.Verdict(KG(accepted), KG(lower), KG(rejected), "Inés", "", "Dedos cortos", PNG)
        self.do("buyer", lambda tx: reception.grade(tx, 1, verdict, "e"))


@pytest.fixture
def talks(database_kind: str, stores: Callable[[str], Store]) -> Iterator[Place]:
    """Two drafts that nobody has sent yet."""
    place = Place(bargaining(stores(database_kind)))
    yield place
    place.close()


@pytest.fixture
def alliance(database_kind: str, stores: Callable[[str], Store]) -> Iterator[Place]:
    """A signed agreement with its calendar."""
    place = Place(delivering(stores(database_kind)))
    yield place
    place.close()


def test_kg_that_are_the_same_are_no_other_offer(talks: Place) -> None:
    same = {FIRST: KG(6000)}
    with pytest.raises(RuleBroken, match="nothing_changed"):
        talks.do("buyer", lambda tx: offering.offer(tx, 1, talks.last().number, {}, quantities=same))


def test_an_answer_may_be_asked_for_by_today_in_the_evening_too(talks: Place) -> None:
    talks.clock.now = EVENING
    for day, fits in ((23, True), (22, False)):
        asked = dt.date(2026, 11, day)
        try:
            talks.do(
                "buyer",
                lambda tx, asked=asked: offering.offer(
                    tx, 1, talks.last().number, {"payment.days": asked.day}, reply_by=asked
                ),
            )
        except RuleBroken as fault:
            assert not fits and fault.code == "date_past"
        else:
            assert fits


def test_an_acceptance_said_twice_wakes_no_stalled_talks(talks: Place) -> None:
    talks.do("house", lambda tx: negotiation.send(tx, 1))
    talks.do("buyer", lambda tx: offering.accept(tx, 1, talks.last().sha256))
    talks.clock.forward(days=8)
    assert talks.do("system", negotiation.sweep_stalled) == 1
    talks.do("buyer", lambda tx: offering.accept(tx, 1, talks.last().sha256))
    assert talks.agreement().negotiation == "stalled"
    talks.do("producer", lambda tx: offering.accept(tx, 1, talks.last().sha256))
    assert talks.agreement().negotiation == "agreed_in_principle"


def test_nobody_grades_what_silence_has_accepted_already(alliance: Place) -> None:
    alliance.arrive()
    alliance.clock.forward(hours=36)
    with pytest.raises(Conflict, match="silence_accepted"):
        alliance.judge("0", "0", "1000")
    alliance.do("system", schedule.sweep_deliveries)
    found = alliance.delivery()
    assert (found.state, found.by_silence, found.accepted_kg) == ("accepted", True, KG(1000))


def test_a_dispute_about_a_lower_grade_does_not_end_in_a_rejection_without_evidence(alliance: Place) -> None:
    alliance.arrive()
    alliance.judge("900", "100", "0")
    alliance.do("producer", lambda tx: reception.dispute(tx, 1, "No vimos la muestra.", "f"))
    with pytest.raises(Invalid, match="rejection_without_evidence"):
        alliance.do("buyer", lambda tx: reception.propose_end(tx, 1, KG(900), KG(0), KG(100), "", "g"))


def test_an_agreement_is_not_over_while_a_rejection_can_be_disputed(alliance: Place) -> None:
    alliance.arrive()
    alliance.judge("0", "0", "1000")
    for number in range(2, WEEKS + 1):
        alliance.do("buyer", lambda tx, number=number: schedule.cancel(tx, number, "Paro", f"h{number}"))
    for hours, state in ((0, "active"), (24, "active"), (1, "completed")):
        alliance.clock.forward(hours=hours)
        alliance.do("system", schedule.sweep_deliveries)
        assert alliance.agreement().state == state


def test_a_delivery_that_the_advance_has_paid_is_paid(alliance: Place) -> None:
    alliance.arrive()
    alliance.judge("1000", "0", "0")
    today = NOON.date()
    made = alliance.do(
        "buyer", lambda tx: payments.report_advance(tx, 1, KG(3_000_000), today, "cash", "", "i")
    )
    alliance.do("producer", lambda tx: payments.confirm_payment(tx, made.id))
    alliance.do("producer", lambda tx: settlement.invoice(tx, 1, settlement.Typed("F-1"), "j"))
    assert alliance.delivery().state == "paid"


def test_codes_of_lots_that_differ_only_where_they_are_cut_are_the_same(alliance: Place) -> None:
    alliance.do("producer", lambda tx: schedule.confirm(tx, 1, "a"))

    def add(code: str) -> None:
        alliance.do("producer", lambda tx: lots.add_lot(tx, 1, code, KG(1), [], harvested_on=None, key=code))

    add("x" * 60 + "a")
    with pytest.raises(Invalid, match="lot_code_taken"):
        add("x" * 60 + "b")


def test_days_of_deliveries_and_payments_are_those_of_the_place(alliance: Place) -> None:
    alliance.arrive()
    alliance.judge("1000", "0", "0")
    made = alliance.do("producer", lambda tx: settlement.invoice(tx, 1, settlement.Typed("F-1"), "j"))
    # The last evening on which it is paid in time: nothing is late, and nobody pays tomorrow.
    alliance.clock.now = EVENING + dt.timedelta(days=8)
    with Session(alliance.engine) as session:
        tx = Transaction(session, SYSTEM, alliance.clock)
        assert payments.interest_left(tx, session.get_one(Statement, made.id)).minor == 0
    with pytest.raises(Invalid, match="date_in_future"):
        alliance.do(
            "buyer",
            lambda tx: payments.report_payment(
                tx, made.id, KG(1), made.due_on + dt.timedelta(days=1), "cash", "", "k"
            ),
        )
    # Three days after the end of its week a delivery may still come.
    alliance.clock.now = EVENING + (dt.date(2026, 12, 23) - NOON.date())
    alliance.do("system", schedule.sweep_deliveries)
    assert alliance.delivery(2).state == "scheduled"
    alliance.clock.forward(hours=4)
    alliance.do("system", schedule.sweep_deliveries)
    assert alliance.delivery(2).state == "no_show"
