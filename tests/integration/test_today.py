"""The broker's board: each kind of matter finds what it should, and its count is the number of its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from broker.agreements import negotiation
from broker.agreements import services as agreements
from broker.agreements.models import Agreement, AgreementVersion
from broker.alliance import committee, complaints
from broker.alliance.committee import Decision
from broker.deliveries import settlement
from broker.deliveries.models import Delivery, Payment, Statement
from broker.deliveries.payments import report_payment
from broker.listings.models import Capacity
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.parties.models import Certificate, Mandate
from broker.parties.queries import clients_of
from broker.today import queries
from broker.today.columns import Matter
from broker.today.matters import KINDS, Moment
from tests.factories.market import person
from tests.integration.conftest import Stage
from tests.integration.test_alliance import active, do, minutes
from tests.integration.test_deliveries import KG, Alliance


@pytest.fixture
def alliance(at_stage: Stage) -> Alliance:
    found = at_stage("active", active)
    assert isinstance(found, Alliance)
    return found


def moment(alliance: Alliance) -> Moment:
    return Moment(alliance.clock(), alliance.clock().date())


def board(alliance: Alliance, each: int = 3) -> dict[str, list[Matter]]:
    """The matters of every kind that has one; checks what the board promises of counts and order."""
    with Session(alliance.engine) as session:
        broker = replace(
            alliance.broker,
            clients=clients_of(session, alliance.broker.organization_id or 0, alliance.clock().date()),
        )
        found = queries.board(session, broker, moment(alliance), each)
        assert list(found) == list(KINDS)
        for kind, group in found.items():
            rows, number = [], 1
            while len(rows) < group.total:
                page = queries.matters_of(session, broker, kind, moment(alliance), number)
                assert page.total == group.total and page.rows
                rows += page.rows
                number += 1
            assert rows[:each] == group.rows and len(set(rows)) == group.total, kind
        return {kind: list(group.rows) for kind, group in found.items() if group.total}


def change(alliance: Alliance, statement: Any) -> None:
    with alliance.engine.begin() as connection:
        connection.execute(statement)


def suggested(alliance: Alliance, count: int) -> list[int]:
    """Suggestions of the first run that nobody has touched."""
    with Session(alliance.engine) as session:
        query = select(Suggestion.id).where(Suggestion.state == "generated").order_by(Suggestion.id)
        found = list(session.scalars(query.limit(count)))
        assert len(found) == count
        return found


def answer(alliance: Alliance, suggestion_id: int, *sides: str) -> None:
    with Session(alliance.engine) as session:
        found = session.get_one(Suggestion, suggestion_id)
        codes = {"buyer": found.need.reference, "producer": found.capacity.reference}
    for side in sides:
        code = codes[side].lower()
        who = alliance.buyer if code == "b01" else person(alliance.engine, f"{code}@demo.example")
        with replace_actor(alliance, side, who).act(side) as tx:
            suggestions.accept(tx, suggestion_id)


def replace_actor(alliance: Alliance, side: str, who: Any) -> Alliance:
    there = alliance.on(alliance.engine)
    there.clock = alliance.clock
    setattr(there, side, who)
    return there


def test_a_late_payment_says_what_is_left_and_goes_when_it_is_paid(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.judge("1000")
    alliance.do("producer", settlement.invoice, settlement.Typed("F-1"))
    assert "late_payment" not in board(alliance)
    statement = alliance.statement()
    alliance.clock.forward(days=(statement.due_on - alliance.clock().date()).days + 2)
    with alliance.act("buyer") as tx:
        report_payment(tx, statement.id, KG(1000), tx.today, "cash", "", "part")
    [late] = board(alliance)["late_payment"]
    assert (late.id, late.due, late.currency) == (alliance.first, statement.due_on, "COP")
    assert late.minor == statement.total_minor - 100_000
    with alliance.act("buyer") as tx:
        report_payment(tx, statement.id, KG(late.minor) / 100, tx.today, "cash", "", "rest")
    assert "late_payment" not in board(alliance)


def test_rejections_stand_a_month_and_disputes_until_they_are_settled(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.judge("0", "0", "1000")
    assert [m.state for m in board(alliance)["rejection"]] == ["rejected"]
    alliance.clock.forward(days=31)
    assert "rejection" not in board(alliance)
    change(alliance, update(Delivery).where(Delivery.id == alliance.first).values(state="disputed"))
    assert [m.id for m in board(alliance)["rejection"]] == [alliance.first]


def test_what_an_alliance_leaves_undone(alliance: Alliance) -> None:
    due = alliance.clock().date() + dt.timedelta(days=5)
    decisions = (
        Decision("Calibrar la báscula", "buyer", None, due),
        Decision("Solo un acuerdo", "buyer", None, None),
    )
    meeting = do(alliance, "producer", committee.record, minutes(alliance, decisions=decisions), "m")
    raised = do(alliance, "producer", complaints.complain, "No hay muestra.", "g")
    do(alliance, "buyer", complaints.notify_breach, "No entregan.", None)
    assert [(m.id, m.state, m.what) for m in board(alliance)["breach"]] == [
        (alliance.id, "buyer", "No entregan.")
    ]
    assert not {"overdue_task", "grievance"} & board(alliance).keys()
    alliance.clock.forward(days=11)
    found = board(alliance)
    assert [(m.what, m.due) for m in found["overdue_task"]] == [("Calibrar la báscula", due)]
    assert [(m.what, m.state) for m in found["grievance"]] == [("No hay muestra.", "producer")]
    with Session(alliance.engine) as session:
        task = min(t.id for t in session.get_one(type(meeting), meeting.id).tasks)
    do(alliance, "producer", committee.finish, task)
    do(alliance, "buyer", complaints.answer, raised.id, "El lunes.")
    do(alliance, "producer", complaints.say_cured, "Entregado.")
    do(alliance, "buyer", complaints.confirm_cured)
    assert not {"overdue_task", "grievance", "breach"} & board(alliance).keys()


def test_a_suggestion_walks_over_the_board_to_the_agreement(alliance: Alliance) -> None:
    first, second = suggested(alliance, 2)
    with alliance.act("broker") as tx:
        for one in (first, second):
            suggestions.shortlist(tx, one)
    assert sum(m.number for m in board(alliance)["shortlist"]) == 2
    with alliance.act("broker") as tx:
        suggestions.send(tx, [first, second])
    found = board(alliance)
    assert "shortlist" not in found and [m.state for m in found["answer"]] == ["both", "both"]
    answer(alliance, first, "buyer")
    assert sorted(m.state for m in board(alliance)["answer"]) == ["both", "producer"]
    answer(alliance, first, "producer")
    found = board(alliance)
    assert len(found["answer"]) == len(found["accepted"]) == 1
    with alliance.act("broker") as tx:
        made = agreements.draft(tx, first).id
    [draft] = board(alliance)["draft"]
    assert draft.id == made and draft.number > 0
    deal = replace_actor(alliance, "broker", alliance.broker)
    deal.id = made
    deal.fill()
    with alliance.act("broker") as tx:
        negotiation.send(tx, made)
    [talk] = board(alliance)["negotiation"]
    assert (talk.id, talk.state, talk.number) == (made, "broker", 0)
    now = alliance.clock()
    this = update(Agreement).where(Agreement.id == made)
    change(alliance, this.values(state="negotiated", negotiated_at=now))
    assert [m.id for m in board(alliance)["signature"]] == [made]
    # Its first version is signed and the second would amend it.
    amended = this.values(state="active", signed_at=now, binding=1)
    change(alliance, amended.values(negotiation="offer"))
    assert [m.id for m in board(alliance)["negotiation"]] == [made]
    change(alliance, amended.values(negotiation="agreed_in_principle"))
    assert [m.id for m in board(alliance)["signature"]] == [made]
    change(
        alliance, update(AgreementVersion).where(AgreementVersion.number > 1).values(amends=1, dropped_at=now)
    )
    assert not {"negotiation", "signature"} & board(alliance).keys()


def test_capacities_age_before_they_are_stale(alliance: Alliance) -> None:
    assert "stale" not in board(alliance)
    # 80 % of 14 days is 11.2: the twelfth whole day counts.
    change(alliance, update(Capacity).values(confirmed_at=alliance.clock() - dt.timedelta(days=11, hours=23)))
    assert "stale" not in board(alliance)
    alliance.clock.forward(hours=1)
    found = board(alliance)["stale"]
    assert found and {m.product for m in found} <= {
        "plantain_dom_harton",
        "plantain_harton",
        "snow_pea",
        "avocado_hass",
        "potato",
    }


@pytest.mark.parametrize("days", [-1, 0, 60, 61])
def test_mandates_and_certificates_stand_from_sixty_days_before_their_end(
    alliance: Alliance, days: int
) -> None:
    end = alliance.clock().date() + dt.timedelta(days=days)
    client = alliance.producer.organization_id
    change(
        alliance,
        update(Mandate)
        .where(Mandate.client_id == client)
        .values(ends_on=end, starts_on=end - dt.timedelta(days=90)),
    )
    change(alliance, delete(Certificate))
    values = {"scheme": "eu_organic", "holder_id": client, "covers_id": client, "suspended": False}
    values |= {
        "valid_from": end - dt.timedelta(days=365),
        "valid_to": end,
        "number": None,
        "body": None,
        "product": None,
    }
    for suspended in (False, True):
        change(alliance, insert(Certificate).values(values | {"suspended": suspended}))
    found = board(alliance)
    shown = 0 <= days <= 60
    assert [m.due for m in found.get("mandate", [])] == [end] * shown
    # A client whose mandate has ended is no client any more.
    assert [m.due for m in found.get("certificate", [])] == [end] * shown


def test_counts_go_beyond_what_is_shown_and_beyond_a_page(alliance: Alliance) -> None:
    alliance.arrive()
    alliance.judge("1000")
    alliance.do("producer", settlement.invoice, settlement.Typed("F-1"))
    alliance.clock.forward(days=60)
    with Session(alliance.engine) as session:
        row = dict(session.execute(select(Statement.__table__)).mappings().one())
        others = list(session.scalars(select(Delivery.id).where(Delivery.id != alliance.first).limit(26)))
    change(alliance, delete(Payment))
    change(alliance, update(Delivery).where(Delivery.id.in_(others)).values(state="invoiced"))
    del row["id"]
    for number, delivery in enumerate(others):
        change(
            alliance,
            insert(Statement).values(
                row | {"delivery_id": delivery, "due_on": row["due_on"] - dt.timedelta(days=number)}
            ),
        )
    late = board(alliance)["late_payment"]
    assert len(late) == 3 and late == sorted(late, key=lambda m: (m.due, m.id))
    assert late[0].due == row["due_on"] - dt.timedelta(days=len(others) - 1)


def test_another_house_sees_nothing_of_it(alliance: Alliance) -> None:
    do(alliance, "buyer", complaints.notify_breach, "No entregan.", None)
    stranger = replace(alliance.broker, organization_id=10**6, clients=frozenset())
    with Session(alliance.engine) as session:
        assert not any(g.total for g in queries.board(session, stranger, moment(alliance), 3).values())
        assert queries.begun(session, stranger) == queries.Begun(False, False, False)
        assert queries.begun(session, alliance.broker) == queries.Begun(True, True, True)
