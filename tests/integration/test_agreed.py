"""What stands, and what ends, once parties have said yes: terms, promises, mandates, and the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from broker.agreements import negotiation
from broker.agreements import services as agreements
from broker.clock import FixedClock
from broker.database import make_engine
from broker.demo.load import BROKER, BUYER
from broker.errors import Conflict, Invalid, NotFound, RuleBroken
from broker.listings.cells import as_text, need_cells
from broker.listings.models import Capacity, CapacitySlot, Need
from broker.listings.need_input import read_need
from broker.listings.services import edit_need, move_capacity, move_need
from broker.listings.timetable import sweep_listings
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.notifications.models import Message
from broker.parties.actor import SYSTEM, Actor
from broker.parties.models import Mandate
from broker.parties.services import answer_mandate, sweep_mandates
from broker.transaction import transaction
from tests.factories.market import matched, need_id, person


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


class Alliance:
    """The bundle of story 1 sent to both sides; the first of its suggestions agreed where asked for."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = FixedClock(matched(engine)())
        self.broker, self.buyer = person(engine, BROKER), person(engine, BUYER)
        self.need_id = need_id(engine, "B01")
        with Session(engine) as session:
            query = select(Suggestion).where(Suggestion.need_id == self.need_id).order_by(Suggestion.id)
            rows = session.scalars(query).all()
            self.ids = [row.id for row in rows]
            self.codes = {row.id: row.capacity.reference.lower() for row in rows}
        with transaction(engine, self.broker, self.clock) as tx:
            for suggestion_id in self.ids:
                suggestions.shortlist(tx, suggestion_id)
            suggestions.send(tx, self.ids)

    def producer(self, suggestion_id: int) -> Actor:
        return person(self.engine, f"{self.codes[suggestion_id]}@demo.example")

    def agree(self, suggestion_id: int) -> None:
        for actor in (self.buyer, self.producer(suggestion_id)):
            with transaction(self.engine, actor, self.clock) as tx:
                suggestions.accept(tx, suggestion_id)

    def state(self, suggestion_id: int) -> str:
        with Session(self.engine) as session:
            return session.get_one(Suggestion, suggestion_id).state

    def need(self) -> Need:
        with Session(self.engine, expire_on_commit=False) as session:
            return session.get_one(Need, self.need_id)

    def letters(self, subject: str) -> list[str]:
        with Session(self.engine) as session:
            query = select(Message.to_address).where(Message.subject == subject).order_by(Message.to_address)
            return list(session.scalars(query))


@pytest.fixture
def alliance(engine: Engine) -> Alliance:
    return Alliance(engine)


def edited(alliance: Alliance, **changes: str) -> None:
    with transaction(alliance.engine, alliance.buyer, alliance.clock) as tx:
        need = tx.session.get_one(Need, alliance.need_id)
        cells = as_text(need_cells(need), ".")
        data = read_need(cells | changes, decimal_separator=".", home="CO")
        edit_need(tx, need.id, need.version, data)


def test_a_change_of_agreed_terms_is_refused_by_name(alliance: Alliance) -> None:
    alliance.agree(alliance.ids[0])
    for field, text in {"payment_days": "90", "delivery_term": "farm_gate", "start": "2026-12-08"}.items():
        with pytest.raises(Invalid) as refused:
            edited(alliance, **{field: text})
        assert [(fault.code, fault.field) for fault in refused.value.faults] == [("terms_agreed", field)]
    edited(alliance, description="More words do no harm.", reply_by="2026-11-25")


def test_what_is_agreed_is_not_withdrawn_but_stepped_back_from(alliance: Alliance) -> None:
    first = alliance.ids[0]
    alliance.agree(first)
    with (
        pytest.raises(Conflict, match="agreed_stands"),
        transaction(alliance.engine, alliance.buyer, alliance.clock) as tx,
    ):
        move_need(tx, alliance.need_id, "withdraw", reason="x")
    with pytest.raises(Conflict, match="promised_stands"):
        withdraw_capacity(alliance, first)
    with transaction(alliance.engine, alliance.producer(first), alliance.clock) as tx:
        suggestions.decline(tx, first, "sold_elsewhere")
    assert alliance.state(first) == "declined"
    assert (alliance.need().state, alliance.need().covered_kg) == ("open", Decimal(0))
    with Session(alliance.engine) as session:
        capacity = session.get_one(Suggestion, first).capacity
        assert capacity.state == "published"
        assert {slot.reserved_kg for slot in session.scalars(select(CapacitySlot))} == {Decimal(0)}
    withdraw_capacity(alliance, first)


def withdraw_capacity(alliance: Alliance, suggestion_id: int) -> None:
    with transaction(alliance.engine, alliance.producer(suggestion_id), alliance.clock) as tx:
        capacity = tx.session.get_one(Suggestion, suggestion_id).capacity
        move_capacity(tx, capacity.id, "withdraw", reason="We sold it.")


def test_a_drafted_deal_is_not_stepped_back_from_and_none_is_drafted_without_both_mandates(
    alliance: Alliance,
) -> None:
    first, second = alliance.ids[:2]
    alliance.agree(first)
    alliance.agree(second)
    with transaction(alliance.engine, alliance.broker, alliance.clock) as tx:
        agreements.draft(tx, first)
    with (
        pytest.raises(Conflict, match="state_moved_on"),
        transaction(alliance.engine, alliance.buyer, alliance.clock) as tx,
    ):
        suggestions.decline(tx, first, "price")
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        yesterday = tx.today - dt.timedelta(days=1)
        tx.session.execute(
            update(Mandate)
            .where(Mandate.client_id == alliance.producer(second).organization_id)
            .values(starts_on=yesterday - dt.timedelta(days=9), ends_on=yesterday)
        )
        assert sweep_mandates(tx) == 1
    with (
        pytest.raises(Conflict, match="mandate_missing"),
        transaction(alliance.engine, person(alliance.engine, BROKER), alliance.clock) as tx,
    ):
        agreements.draft(tx, second)


def test_a_draft_that_ends_holds_nothing_back(alliance: Alliance) -> None:
    first = alliance.ids[0]
    alliance.agree(first)
    with transaction(alliance.engine, alliance.broker, alliance.clock) as tx:
        made = agreements.draft(tx, first).id
    producer = alliance.producer(first)
    with pytest.raises(RuleBroken), transaction(alliance.engine, producer, alliance.clock) as tx:
        negotiation.abandon(tx, made, " ")
    stranger = alliance.producer(alliance.ids[1])
    with pytest.raises(NotFound), transaction(alliance.engine, stranger, alliance.clock) as tx:
        negotiation.abandon(tx, made, "x")
    with transaction(alliance.engine, producer, alliance.clock) as tx:
        assert negotiation.abandon(tx, made, "Vendimos a otro.").state == "abandoned"
    assert (alliance.need().state, alliance.need().covered_kg) == ("open", Decimal(0))
    told = alliance.letters("Terminó un borrador de acuerdo")
    assert BUYER in told and BROKER in told and len(told) == 2
    with pytest.raises(Conflict), transaction(alliance.engine, alliance.buyer, alliance.clock) as tx:
        negotiation.abandon(tx, made, "again")
    withdraw_capacity(alliance, first)


def test_those_who_were_asked_are_told_when_it_ends(alliance: Alliance) -> None:
    with transaction(alliance.engine, alliance.buyer, alliance.clock) as tx:
        move_need(tx, alliance.need_id, "withdraw", reason="Cerramos la planta.")
    assert {alliance.state(one) for one in alliance.ids} == {"stale"}
    told = alliance.letters("Retiraron lo que se proponía")
    assert {f"{code}@demo.example" for code in alliance.codes.values()} <= set(told) and BROKER in told
    with Session(alliance.engine) as session:
        bodies = session.scalars(
            select(Message.body).where(Message.subject == "Retiraron lo que se proponía")
        )
        assert all("Cerramos la planta." in body for body in bodies)


def test_an_ended_mandate_ends_what_was_under_way(alliance: Alliance) -> None:
    first, second = alliance.ids[:2]
    alliance.agree(second)
    client = alliance.producer(first)
    with transaction(alliance.engine, client, alliance.clock) as tx:
        mandate = tx.session.scalars(select(Mandate).where(Mandate.client_id == client.organization_id)).one()
        answer_mandate(tx, mandate.id, "end")
    assert alliance.state(first) == "stale" and alliance.state(second) == "accepted_both"


def test_what_can_no_longer_be_kept_does_not_wait_for_an_answer(alliance: Alliance) -> None:
    """The need has room for less than the last organization was to deliver."""
    first, last = alliance.ids[0], alliance.ids[-1]
    with transaction(alliance.engine, alliance.buyer, alliance.clock) as tx:
        suggestions.accept(tx, last)
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        left = tx.session.get_one(Suggestion, first).total_kg
        tx.session.execute(update(Need).where(Need.id == alliance.need_id).values(total_kg=left))
    alliance.agree(first)
    assert alliance.need().state == "covered"
    assert {alliance.state(one) for one in alliance.ids[1:]} == {"stale"}
    assert alliance.letters("El comprador ya cubrió lo que buscaba")


def test_acceptance_and_edits_at_once_never_wait_for_each_other(alliance: Alliance) -> None:
    def accept(_: int) -> str:
        return tried(lambda: alliance.agree(alliance.ids[0]))

    def edit(number: int) -> str:
        return tried(lambda: edited(alliance, description=f"Text {number}"))

    with ThreadPoolExecutor(8) as pool:
        answers = [job.result() for n in range(12) for job in (pool.submit(edit, n), pool.submit(accept, n))]
    assert not [answer for answer in answers if "deadlock" in answer or "OperationalError" in answer]


def tried(step: object) -> str:
    try:
        step()  # type: ignore[operator]
        return "done"
    except Exception as error:
        return f"{type(error).__name__} {error}"


def test_the_calendar_ends_needs_and_frees_capacities(alliance: Alliance) -> None:
    """Half past seven in the evening in Pereira is the next day in Greenwich."""
    alliance.agree(alliance.ids[0])
    with transaction(alliance.engine, SYSTEM, alliance.clock) as tx:
        capacity = tx.session.scalars(select(Capacity).where(Capacity.reference == "P01")).one()
        capacity.state = "fully_committed"
        sweep_listings(tx)
        assert capacity.state == "partially_committed"
        others = tx.session.scalars(select(Need).where(Need.state == "open")).all()
        last = max(need.reply_by for need in [*others, tx.session.get_one(Need, alliance.need_id)])
    evening = dt.datetime.combine(alliance.need().reply_by + dt.timedelta(days=1), dt.time(0, 30), dt.UTC)
    with transaction(alliance.engine, SYSTEM, FixedClock(evening)) as tx:
        sweep_listings(tx)
    assert alliance.need().state == "partially_covered"
    with transaction(alliance.engine, SYSTEM, FixedClock(evening + dt.timedelta(hours=5))) as tx:
        sweep_listings(tx)
    assert alliance.need().state == "closed" and alliance.need().covered_kg > 0
    after = dt.datetime.combine(last + dt.timedelta(days=2), dt.time(12), dt.UTC)
    with transaction(alliance.engine, SYSTEM, FixedClock(after)) as tx:
        sweep_listings(tx)
        assert {tx.session.get_one(Need, need.id).state for need in others} == {"expired"}
