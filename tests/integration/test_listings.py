"""Needs and capacities on both databases: their lives, who may do what, and that nothing counts twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, TradeError
from broker.listings import queries
from broker.listings.imports import import_capacities, import_needs
from broker.listings.models import Capacity, CapacitySlot, Need
from broker.listings.periods import periods_of
from broker.listings.queries import Filter
from broker.listings.reserve import reserve
from broker.listings.services import (
    edit_capacity,
    edit_need,
    move_capacity,
    move_need,
    post_need,
    publish_capacity,
    sweep_listings,
)
from broker.parties.actor import SYSTEM, VISITOR, Actor
from broker.parties.models import User
from broker.transaction import Transaction, transaction
from tests.factories import listings as make
from tests.factories.parties import actor_of, member, user
from tests.factories.parties import mandate as mandate_of

Write = Callable[..., AbstractContextManager[Transaction]]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))


@pytest.fixture
def write(engine: Engine, clock: FixedClock) -> Write:
    return lambda actor=SYSTEM: transaction(engine, actor, clock)


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    """A buyer, a producer organization and another of each."""
    with write() as tx:
        kinds = {"buyer": "buyer", "producer": "producer_org", "rival": "buyer", "neighbour": "producer_org"}
        return {name: user(tx, kind) for name, kind in kinds.items()}


@pytest.fixture
def actors(engine: Engine, people: dict[str, User], clock: FixedClock) -> dict[str, Actor]:
    with Session(engine) as session:
        return {
            name: actor_of(session, session.get_one(User, one.id), clock().date())
            for name, one in people.items()
        }


def own(actor: Actor) -> int:
    assert actor.organization_id is not None
    return actor.organization_id


def test_a_need_lives_from_draft_to_closed(write: Write, actors: dict[str, Actor]) -> None:
    buyer = actors["buyer"]
    with write(buyer) as tx:
        need = post_need(tx, own(buyer), make.need_input())
        assert (need.state, need.reference, need.total_kg) == ("draft", "R001", 26 * 40_000)
        move_need(tx, need.id, "publish")
        move_need(tx, need.id, "withdraw", reason="sold")
    with write(buyer) as tx:
        assert tx.session.get_one(Need, need.id).state == "withdrawn"
        with pytest.raises(Conflict):
            move_need(tx, need.id, "publish")
        verbs = tx.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
    assert verbs[-3:] == ["need.posted", "need.publish", "need.withdraw"]


def test_a_draft_whose_reply_date_has_passed_is_not_published(
    write: Write, actors: dict[str, Actor], clock: FixedClock
) -> None:
    with write(actors["buyer"]) as tx:
        need = post_need(tx, own(actors["buyer"]), make.need_input())
    clock.forward(days=20)
    with pytest.raises(RuleBroken, match="reply_in_past"), write(actors["buyer"]) as tx:
        move_need(tx, need.id, "publish")


def test_strangers_do_not_learn_that_it_exists(write: Write, actors: dict[str, Actor]) -> None:
    with write(actors["buyer"]) as tx:
        need = post_need(tx, own(actors["buyer"]), make.need_input())
    for stranger in (actors["rival"], actors["producer"], VISITOR):
        with pytest.raises(NotFound), write(stranger) as tx:
            move_need(tx, need.id, "publish")
        with pytest.raises(NotFound), write(stranger) as tx:
            edit_need(tx, need.id, need.version, make.need_input())
        with pytest.raises(NotFound), write(stranger) as tx:
            queries.visible_need(tx.session, stranger, need.id)


def test_a_reader_only_looks(write: Write, people: dict[str, User], actors: dict[str, Actor]) -> None:
    with write() as tx:
        colleague = member(tx, tx.session.get_one(User, people["buyer"].id), "reader")
        reader = actor_of(tx.session, colleague, tx.today)
    with pytest.raises(NotAllowed), write(reader) as tx:
        post_need(tx, own(reader), make.need_input())


def test_the_broker_acts_within_a_mandate(
    write: Write, people: dict[str, User], actors: dict[str, Actor]
) -> None:
    with write() as tx:
        broker = user(tx, "broker")
        mandate_of(tx, broker, tx.session.get_one(User, people["buyer"].id))
        acting = actor_of(tx.session, broker, tx.today)
    with write(acting) as tx:
        need = post_need(tx, own(actors["buyer"]), make.need_input())
        move_need(tx, need.id, "publish")
    with pytest.raises(NotAllowed), write(acting) as tx:
        move_need(tx, need.id, "withdraw")
    with pytest.raises(NotFound), write(acting) as tx:
        post_need(tx, own(actors["rival"]), make.need_input())


def test_a_form_sent_twice_counts_once(write: Write, actors: dict[str, Actor]) -> None:
    for _ in range(3):
        with write(actors["buyer"]) as tx:
            need = post_need(tx, own(actors["buyer"]), make.need_input(), request_key="k")
        with write(actors["producer"]) as tx:
            capacity = publish_capacity(tx, own(actors["producer"]), make.capacity_input(), request_key="k")
    with write() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Need)) == 1
        assert tx.session.scalar(select(func.count()).select_from(Capacity)) == 1
    assert (need.reference, capacity.reference) == ("R001", "O001")


def test_eight_forms_at_once_count_once_and_number_well(
    engine: Engine, clock: FixedClock, actors: dict[str, Actor]
) -> None:
    buyer, start, failed = actors["buyer"], Barrier(8), []

    def send(number: int) -> None:
        start.wait()
        try:
            with transaction(engine, buyer, clock) as tx:
                post_need(tx, own(buyer), make.need_input(), request_key=f"k{number % 4}")
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Session(engine) as session:
        assert sorted(session.scalars(select(Need.reference))) == ["R001", "R002", "R003", "R004"]


def test_who_edits_an_old_version_is_told(write: Write, actors: dict[str, Actor]) -> None:
    buyer = actors["buyer"]
    with write(buyer) as tx:
        need = post_need(tx, own(buyer), make.need_input())
        seen = need.version
    with write(buyer) as tx:
        edited = edit_need(
            tx, need.id, seen, make.need_input(payment_days="15", contributions="inputs: bags")
        )
    assert [(c.type, c.description) for c in edited.contributions] == [("inputs", "bags")]
    with pytest.raises(Conflict, match="edited_meanwhile"), write(buyer) as tx:
        edit_need(tx, need.id, seen, make.need_input(payment_days="30"))
    with write(buyer) as tx:
        assert tx.session.get_one(Need, need.id).payment_days == 15


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"end": "2026-12-06"}, "end_before_start"),
        ({"end": "2031-01-01"}, "window_too_long"),
        ({"reply_by": "2026-12-07"}, "reply_after_start"),
        ({"reply_by": "2026-11-22"}, "reply_in_past"),
        ({"max_suppliers": "2"}, "max_below_min_suppliers"),
        ({"max_suppliers": "3", "max_share_pct": "20"}, "share_cannot_fill"),
        ({"reserve_price": "2000"}, "reserve_below_price"),
    ],
)
def test_rules_of_a_need(write: Write, actors: dict[str, Actor], fields: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as caught, write(actors["buyer"]) as tx:
        post_need(tx, own(actors["buyer"]), make.need_input(**fields))
    assert code in {fault.code for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"elsewhere_kg_year": "760205"}, "elsewhere_above_volume"),
        ({"reserve_price": "2000"}, "reserve_above_ask"),
        ({"yield_t_ha_year": "81"}, "yield_implausible"),
    ],
)
def test_rules_of_a_capacity(
    write: Write, actors: dict[str, Actor], fields: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as caught, write(actors["producer"]) as tx:
        publish_capacity(tx, own(actors["producer"]), make.capacity_input(**fields))
    assert code in {fault.code for fault in caught.value.faults}


def test_a_capacity_goes_stale_and_is_confirmed_with_one_tap(
    write: Write, actors: dict[str, Actor], clock: FixedClock
) -> None:
    producer = actors["producer"]
    with write(producer) as tx:
        capacity = publish_capacity(tx, own(producer), make.capacity_input())
    clock.forward(days=14, seconds=1)
    with write() as tx:
        assert sweep_listings(tx) == (0, 1)
        assert queries.browse_capacities(tx.session, Filter()).total == 0
    with write(producer) as tx:
        assert move_capacity(tx, capacity.id, "reconfirm").state == "published"
    with write() as tx:
        assert sweep_listings(tx) == (0, 0)


def test_open_needs_expire_after_their_reply_date(
    write: Write, actors: dict[str, Actor], clock: FixedClock
) -> None:
    with write(actors["buyer"]) as tx:
        need = post_need(tx, own(actors["buyer"]), make.need_input())
        move_need(tx, need.id, "publish")
    clock.forward(days=12)
    with write() as tx:
        assert sweep_listings(tx) == (1, 0)
        assert tx.session.get_one(Need, need.id).state == "expired"


def promise(write: Write, actors: dict[str, Actor], kg: int, weeks: int = 26) -> tuple[int, int]:
    """A need and a capacity of which `kg` a week are promised."""
    with write(actors["buyer"]) as tx:
        need = post_need(tx, own(actors["buyer"]), make.need_input())
        move_need(tx, need.id, "publish")
    with write(actors["producer"]) as tx:
        capacity = publish_capacity(tx, own(actors["producer"]), make.capacity_input())
    with write() as tx:
        found, offered = tx.session.get_one(Need, need.id), tx.session.get_one(Capacity, capacity.id)
        periods = periods_of("week", found.starts_on, found.ends_on)[:weeks]
        reserve(tx, found, offered, [(period, Decimal(kg)) for period in periods])
    return need.id, capacity.id


def test_a_promise_is_kept_on_both_sides(write: Write, actors: dict[str, Actor]) -> None:
    need_id, capacity_id = promise(write, actors, 10_000)
    with write() as tx:
        need, capacity = tx.session.get_one(Need, need_id), tx.session.get_one(Capacity, capacity_id)
        assert (need.state, need.covered_kg) == ("partially_covered", 260_000)
        assert capacity.state == "partially_committed"
        slots = tx.session.scalars(select(CapacitySlot)).all()
    assert {(slot.reserved_kg, round(slot.available_kg)) for slot in slots} == {(Decimal(10_000), 14_619)}


def test_a_stale_capacity_with_promises_comes_back_as_partly_committed(
    write: Write, actors: dict[str, Actor], clock: FixedClock
) -> None:
    _, capacity_id = promise(write, actors, 10_000)
    for come_back in ("tap", "edit"):
        clock.forward(days=15)
        with write() as tx:
            assert sweep_listings(tx)[1] == 1
        with write(actors["producer"]) as tx:
            if come_back == "tap":
                capacity = move_capacity(tx, capacity_id, "reconfirm")
            else:
                version = tx.session.get_one(Capacity, capacity_id).version
                capacity = edit_capacity(tx, capacity_id, version, make.capacity_input())
            assert capacity.state == "partially_committed"


def test_the_volume_cannot_go_below_what_is_promised(write: Write, actors: dict[str, Actor]) -> None:
    need_id, capacity_id = promise(write, actors, 10_000)
    with write() as tx:
        version = tx.session.get_one(Capacity, capacity_id).version
        need_version = tx.session.get_one(Need, need_id).version
    with pytest.raises(Conflict, match="already_promised"), write(actors["producer"]) as tx:
        edit_capacity(tx, capacity_id, version, make.capacity_input(area_ha="60"))
    with pytest.raises(Conflict, match="below_covered"), write(actors["buyer"]) as tx:
        edit_need(tx, need_id, need_version, make.need_input(quantity="9"))


def test_more_than_there_is_cannot_be_promised(write: Write, actors: dict[str, Actor]) -> None:
    with pytest.raises(Conflict, match="oversold"):
        promise(write, actors, 15_000)
    with write() as tx:
        assert tx.session.scalar(select(func.count()).select_from(CapacitySlot)) == 0
        assert tx.session.scalars(select(Need.covered_kg)).all() == [0]


def test_browsing_shows_only_what_is_public_and_open(write: Write, people: dict[str, User]) -> None:
    with write() as tx:
        buyer = tx.session.get_one(User, people["buyer"].id)
        make.need(tx, buyer)
        make.need(tx, buyer, publish=False)
        make.need(tx, buyer, visibility="broker")
        make.need(
            tx,
            buyer,
            product="potato",
            spec_grade="",
            spec_finger_weight_g_min="",
            spec_finger_weight_g_max="",
        )
    with write() as tx:
        shown = queries.browse_needs(tx.session, Filter())
        assert (shown.total, [need.product for need in shown.rows]) == (2, ["potato", "plantain_dom_harton"])
        first = queries.browse_needs(tx.session, Filter(), first=["plantain_dom_harton"])
        assert [need.product for need in first.rows] == ["plantain_dom_harton", "potato"]


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        (Filter(text="papa"), 1),
        (Filter(text="potato"), 1),
        (Filter(text="PLÁTANO"), 1),
        (Filter(text="platano"), 1),
        (Filter(text="pereira"), 2),
        (Filter(text="100%_"), 0),
        (Filter(text="nothing like it"), 0),
        (Filter(product="potato"), 1),
        (Filter(country="HN"), 0),
        (Filter(days=7), 0),
        (Filter(days=8), 2),
        (Filter(page=9), 2),
    ],
    ids=str,
)
def test_filters(write: Write, people: dict[str, User], wanted: Filter, total: int) -> None:
    with write() as tx:
        buyer = tx.session.get_one(User, people["buyer"].id)
        make.need(tx, buyer)
        make.need(
            tx,
            buyer,
            product="potato",
            spec_grade="",
            spec_finger_weight_g_min="",
            spec_finger_weight_g_max="",
        )
    with write() as tx:
        page = queries.browse_needs(tx.session, wanted)
    assert (page.total, len(page.rows), page.number) == (total, total, 1)


def test_pages_of_25_in_one_query(
    write: Write, engine: Engine, people: dict[str, User], actors: dict[str, Actor]
) -> None:
    with write(actors["buyer"]) as tx:
        import_needs(tx, own(actors["buyer"]), [("", make.need_input())] * 30, publish=True, batch="b")
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: sent.append(call[2]))
    with Session(engine) as session:
        first = queries.browse_needs(session, Filter())
        second = queries.browse_needs(session, Filter(page=2))
    assert (len(first.rows), len(second.rows), first.total, second.last) == (25, 5, 30, 2)
    assert not {need.id for need in first.rows} & {need.id for need in second.rows}
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 2


def test_a_thousand_rows_are_entered_at_once_and_only_once(write: Write, actors: dict[str, Actor]) -> None:
    buyer = actors["buyer"]
    rows = [("A1", make.need_input()), *[("", make.need_input())] * 999]
    for expected in (1000, 0):
        with write(buyer) as tx:
            assert len(import_needs(tx, own(buyer), rows, publish=False, batch="b")) == expected
    with write(buyer) as tx:
        references = set(tx.session.scalars(select(Need.reference)))
        assert len(references) == 1000
        assert {"A1", "R002", "R1000"} <= references
        audits = select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == "need.imported")
        assert tx.session.scalar(audits) == 1000


def test_an_import_is_all_or_nothing(write: Write, actors: dict[str, Actor]) -> None:
    producer = actors["producer"]
    with write(producer) as tx:
        import_capacities(tx, own(producer), [("A", make.capacity_input())], batch="one")
    rows = [("B", make.capacity_input()), ("A", make.capacity_input())]
    with pytest.raises(Conflict, match="id_taken"), write(producer) as tx:
        import_capacities(tx, own(producer), rows, batch="two")
    with write(producer) as tx:
        assert tx.session.scalars(select(Capacity.reference)).all() == ["A"]
    with pytest.raises(TradeError), write(actors["neighbour"]) as tx:
        import_capacities(tx, own(producer), rows[:1], batch="three")
