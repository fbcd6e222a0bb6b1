"""Both sides answer a suggestion; however many try at once, each side answers once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from broker.agreements import freezing
from broker.agreements import services as agreements
from broker.agreements.models import Agreement
from broker.audit.models import AuditEntry
from broker.clock import Clock, FixedClock
from broker.database import make_engine
from broker.demo.load import BROKER, BUYER
from broker.demo.market import WRITTEN
from broker.errors import Conflict, NotFound, RuleBroken
from broker.listings.models import Capacity, CapacitySlot, Need
from broker.listings.queries import visible_need
from broker.listings.services import move_need
from broker.matchmaking import party_view, suggestions
from broker.matchmaking.models import Suggestion
from broker.matchmaking.outcomes import outcomes
from broker.notifications.models import Message
from broker.parties.actor import Actor
from broker.parties.queries import certificates_of
from broker.prices.quotes import quotes_on
from broker.transaction import transaction
from tests.factories.market import matched, need_id, person


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url, **({"pool_size": 50} if database_url.startswith("postgresql") else {}))
    yield made
    made.dispose()


@pytest.fixture
def clock(engine: Engine) -> Clock:
    return matched(engine)


def suggested(engine: Engine, reference: str, state: str) -> list[int]:
    with Session(engine) as session:
        query = select(Suggestion.id).where(
            Suggestion.need_id == need_id(engine, reference), Suggestion.state == state
        )
        return list(session.scalars(query.order_by(Suggestion.id)))


def sent(engine: Engine, clock: Clock) -> list[int]:
    """The bundle of story 1, before both sides."""
    with transaction(engine, person(engine, BROKER), clock) as tx:
        ids = suggested(engine, "B01", "generated")
        for suggestion_id in ids:
            suggestions.shortlist(tx, suggestion_id)
        suggestions.send(tx, ids)
    return ids


def producer_of(engine: Engine, suggestion_id: int) -> Actor:
    with Session(engine) as session:
        reference = session.get_one(Suggestion, suggestion_id).capacity.reference
    return person(engine, f"{reference.lower()}@demo.example")


def test_fifty_acceptances_at_once_count_as_one(engine: Engine, clock: Clock) -> None:
    first = sent(engine, clock)[0]
    buyer = person(engine, BUYER)

    def try_it(_: int) -> str:
        try:
            with transaction(engine, buyer, clock) as tx:
                suggestions.accept(tx, first)
            return "accepted"
        except Conflict as conflict:
            return conflict.code

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(try_it, range(50)))
    assert answers.count("accepted") == 1
    assert answers.count("already_answered") == 49
    with Session(engine) as session:
        accepted = session.get_one(Suggestion, first)
        assert accepted.state == "accepted_one"
        rows = select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == "suggestion.accept")
        assert session.scalar(rows) == 1


def test_a_bundle_that_all_accept_fills_the_need_and_becomes_drafts(engine: Engine, clock: Clock) -> None:
    ids = sent(engine, clock)
    assert len(ids) == 5
    for suggestion_id in ids:
        for actor in (person(engine, BUYER), producer_of(engine, suggestion_id)):
            with transaction(engine, actor, clock) as tx:
                suggestions.accept(tx, suggestion_id)
    with Session(engine) as session:
        need = session.get_one(Need, need_id(engine, "B01"))
        assert need.state == "covered"
        assert need.total_kg - need.covered_kg < 1  # whole grams per week and organization, rounded down
    with transaction(engine, person(engine, BROKER), clock) as tx:
        drafted = [agreements.draft(tx, suggestion_id) for suggestion_id in ids]
    facts = freezing.facts_of(drafted[0].versions[0])
    assert facts.joint_covered_pct == Decimal("100.0")
    with pytest.raises(Conflict), transaction(engine, person(engine, BROKER), clock) as tx:
        agreements.draft(tx, ids[0])
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Agreement)) == 5


def test_declining_needs_a_reason_and_tells_the_other_side(engine: Engine, clock: Clock) -> None:
    first = sent(engine, clock)[0]
    producer = producer_of(engine, first)
    with pytest.raises(RuleBroken, match="reason_required"), transaction(engine, producer, clock) as tx:
        suggestions.decline(tx, first, "")
    before = _mails(engine, BUYER)
    with transaction(engine, producer, clock) as tx:
        suggestions.decline(tx, first, "payment", "la asamblea no acepta")
    assert _mails(engine, BUYER) == before + 1
    with Session(engine) as session:
        declined = session.get_one(Suggestion, first)
        assert (declined.state, declined.declined_by, declined.decline_reason) == (
            "declined",
            "producer",
            "payment",
        )
    with pytest.raises(Conflict), transaction(engine, person(engine, BUYER), clock) as tx:
        suggestions.accept(tx, first)


def test_nobody_is_left_without_a_reason(engine: Engine, clock: Clock) -> None:
    first, need = sent(engine, clock)[0], need_id(engine, "B01")
    buyer, producer = person(engine, BUYER), producer_of(engine, first)
    standings = {reference: standing(engine, reference, need) for reference in ("P01", "P04")}
    assert standings == {"P01": ("asked", []), "P04": ("missing", ["readiness"])}
    with Session(engine) as session:
        compared = party_view.comparison(session, buyer, need, clock())
        prices = [view.proposed.points for view in compared.offers]
        assert prices == sorted(prices) and len(prices) == 5
        assert compared.mean is not None and prices[0] <= compared.mean.points <= prices[-1]
        assert party_view.comparison(session, person(engine, "b04@demo.example"), need, clock()).offers == []
    late = FixedClock(clock() + dt.timedelta(days=200))
    with pytest.raises(Conflict, match="reply_deadline_passed"), transaction(engine, producer, late) as tx:
        suggestions.accept(tx, first)
    told = _mails(engine, "p01@demo.example")
    with transaction(engine, buyer, clock) as tx:
        move_need(tx, need, "withdraw", reason="Cambió el menú")
    with Session(engine) as session:
        view = party_view.view_of(session, producer, first, clock())
        ended = (view.state, view.ended_because, view.ended_note)
        assert ended == ("stale", "need_withdrawn", "Cambió el menú")
    assert _mails(engine, "p01@demo.example") == told + 1


def standing(engine: Engine, reference: str, need: int) -> tuple[str, list[str]]:
    """How a need stands to a capacity: in a word, and what is missing."""
    with Session(engine) as session:
        capacity = session.scalars(select(Capacity).where(Capacity.reference == reference)).one()
        covering = certificates_of(session, capacity.organization_id)
        found = outcomes(session, capacity, covering, WRITTEN, quotes_on(session, WRITTEN))
        one = next(one for one in found if one.need.id == need)
        assert one.worth is not None and one.worth.today < one.worth.price
        return one.standing, [closed.code for closed in one.closed]


def test_strangers_and_early_birds_see_no_suggestion(engine: Engine, clock: Clock) -> None:
    unsent = suggested(engine, "B01", "generated")[0]
    for actor in (
        person(engine, BUYER),
        person(engine, "b04@demo.example"),
        person(engine, "p10@demo.example"),
    ):
        with pytest.raises(NotFound), transaction(engine, actor, clock) as tx:
            suggestions.accept(tx, unsent)


def _mails(engine: Engine, address: str) -> int:
    with Session(engine) as session:
        query = select(func.count()).select_from(Message).where(Message.to_address == address)
        return session.scalar(query) or 0


def test_a_full_window_leaves_the_rest_of_the_year(engine: Engine, clock: Clock) -> None:
    """P01 gives all it has for 26 weeks; what it harvests after that can still be promised."""
    for suggestion_id in sent(engine, clock):
        for actor in (person(engine, BUYER), producer_of(engine, suggestion_id)):
            with transaction(engine, actor, clock) as tx:
                suggestions.accept(tx, suggestion_id)
    with Session(engine) as session:
        capacity = session.scalars(select(Capacity).where(Capacity.reference == "P01")).one()
        assert capacity.state == "partially_committed"
        slots = session.scalars(select(CapacitySlot).where(CapacitySlot.capacity_id == capacity.id)).all()
        assert len(slots) == 26
        assert all(slot.available_kg - slot.reserved_kg < 1 for slot in slots)


def test_a_suggestion_invites_to_a_need_that_is_not_public(engine: Engine, clock: Clock) -> None:
    first, need = sent(engine, clock)[0], need_id(engine, "B01")
    with Session(engine) as session:
        session.get_one(Need, need).visibility = "invited"
        session.commit()
        invited, stranger = producer_of(engine, first), person(engine, "p10@demo.example")
        for actor, may in ((invited, True), (stranger, False)):
            assert party_view.knows_need(session, actor, need) is may
        knows = partial(party_view.knows_need, session, invited, need)
        assert visible_need(session, invited, need, invited=knows).id == need
        with pytest.raises(NotFound):
            visible_need(session, stranger, need, invited=lambda: False)
