"""Forms sent twice, late, at once, or with the key of another: each counts once, and nothing unseen is agreed."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.deliveries import lots, payments, reception, schedule, settlement
from broker.deliveries.models import Delivery, Payment
from broker.deliveries.settlement import Typed
from broker.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from broker.transaction import transaction
from tests.factories.market import person
from tests.integration.delivering import KG, Alliance


def test_nobody_agrees_to_a_proposal_that_she_has_not_seen(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.judge("600", "0", "400")
    alliance.do("producer", reception.dispute, "No vimos la muestra.")
    alliance.do("buyer", reception.propose_end, KG(700), KG(200), KG(100), "Con foto.")
    first = alliance.mark()
    alliance.do("buyer", reception.propose_end, KG(600), KG(0), KG(400), "Mejor no.")
    with pytest.raises(Conflict, match="proposal_moved_on"):
        alliance.do("producer", reception.agree_to_end, first)
    found = alliance.delivery()
    assert (found.state, found.accepted_kg) == ("disputed", KG(600))
    seen = reception.proposal_seen(found, first)
    assert seen is not None and KG(seen["accepted_kg"]) == KG(700)
    assert reception.proposal_seen(found, "") is None
    alliance.do("producer", reception.agree_to_end, alliance.mark())
    assert alliance.delivery().rejected_kg == KG(400)


def test_a_form_that_comes_late_once_more_repeats_nothing(alliance: Alliance) -> None:
    """However many others were carried out in between; and one of its key that says something else is refused."""

    def add(code: str, key: str) -> Delivery:
        with alliance.act("producer") as tx:
            return lots.add_lot(tx, alliance.first, code, KG(500), [], harvested_on=None, key=key)

    alliance.do("producer", schedule.confirm)
    add("L1", "first")
    add("L2", "second")
    with alliance.act("producer") as tx:
        lots.remove_lot(tx, alliance.first, alliance.delivery().lots[0].id, "off")
    add("L1", "first")
    assert [lot.code for lot in alliance.delivery().lots] == ["L2"]
    with pytest.raises(Conflict, match="form_sent_otherwise"):
        add("L9", "first")
    with pytest.raises(Conflict, match="form_sent_otherwise"), alliance.act("producer") as tx:
        lots.dispatch(tx, alliance.first, "", "second")
    # A form that was refused is mended under the same key.
    with pytest.raises(Invalid, match="lot_code_taken"):
        add("L2", "third")
    add("L3", "third")
    assert [lot.code for lot in alliance.delivery().lots] == ["L2", "L3"]


def test_a_payment_is_no_other_payment_of_the_same_form(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.judge("1000")
    alliance.do("producer", settlement.invoice, Typed("F-1"))
    statement, today = alliance.statement(), alliance.clock().date()
    said = {"amount": KG(100), "paid_on": today, "channel": "cash", "reference": " 7 "}
    with alliance.act("buyer") as tx:
        first = payments.report_payment(tx, statement.id, key="k", **said).id
    with alliance.act("buyer") as tx:
        assert payments.report_payment(tx, statement.id, key="k", **said).id == first
    for other in (
        {"amount": KG(101)}, {"paid_on": today - dt.timedelta(days=1)}, {"channel": "cheque"},
        {"reference": "8"}, {"kind": "interest"},
    ):  # fmt: skip
        with pytest.raises(Conflict, match="form_sent_otherwise"), alliance.act("buyer") as tx:
            payments.report_payment(tx, statement.id, key="k", **(said | other))
    assert [one.minor for one in alliance.statement().payments] == [10_000]


def test_a_form_sent_twice_counts_once_and_strangers_see_nothing(alliance: Alliance) -> None:
    for _ in range(2):
        with alliance.act("producer") as tx:
            assert schedule.confirm(tx, alliance.first, "same").state == "confirmed"
    with pytest.raises(Conflict), alliance.act("producer") as tx:
        schedule.confirm(tx, alliance.first, "another")
    with pytest.raises(NotAllowed), alliance.act("broker") as tx:
        schedule.cancel(tx, alliance.first, "x", "k")
    stranger = person(alliance.engine, "p07@demo.example")
    with pytest.raises(NotFound), transaction(alliance.engine, stranger, alliance.clock) as tx:
        schedule.cancel(tx, alliance.first, "x", "k")
    with pytest.raises(RuleBroken, match="reason_required"), alliance.act("buyer") as tx:
        schedule.cancel(tx, alliance.first, " ", "k")
    with alliance.act("buyer") as tx:
        assert schedule.cancel(tx, alliance.first, "La planta está parada.", "k").state == "cancelled"


def test_two_forms_at_once_pay_no_more_than_is_owed(alliance: Alliance) -> None:
    from concurrent.futures import ThreadPoolExecutor

    alliance.arrive()
    alliance.judge("1000")
    alliance.do("producer", settlement.invoice, Typed("F-1"))
    statement = alliance.statement()
    today = alliance.clock().date()

    def pay(number: int) -> bool:
        try:
            with alliance.act("buyer") as tx:
                payments.report_payment(tx, statement.id, KG("1500000"), today, "cash", "", f"p{number}")
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(pay, range(8))) == 1
    with Session(alliance.engine) as session:
        assert len(session.scalars(select(Payment)).all()) == 1
