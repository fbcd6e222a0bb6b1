"""What is promised stays promised; what is listed is what may be seen; imports are all or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.clock import FixedClock
from broker.errors import Conflict, TradeError
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
)
from broker.listings.timetable import sweep_listings
from broker.parties.actor import Actor
from broker.parties.models import User
from tests.factories import listings as make
from tests.integration.listings.conftest import Write, own


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
