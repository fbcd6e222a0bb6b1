"""The lives of needs and capacities: who may do what, and that nothing counts twice."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.clock import FixedClock
from broker.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from broker.listings import queries
from broker.listings.models import Capacity, Need
from broker.listings.queries import Filter
from broker.listings.services import (
    edit_need,
    move_capacity,
    move_need,
    post_need,
    publish_capacity,
)
from broker.listings.timetable import sweep_listings
from broker.parties.actor import VISITOR, Actor
from broker.parties.models import User
from broker.transaction import transaction
from tests.factories import listings as make
from tests.factories.parties import actor_of, member, user
from tests.factories.parties import mandate as mandate_of
from tests.integration.listings.conftest import Write, own


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
