"""Links that open without an account: who makes them, how long they open, and who ends them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select

from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import Invalid, NotAllowed, NotFound, RuleBroken
from broker.listings import sharing
from broker.listings.models import Need
from broker.listings.sharing import ShareLink, Wanted
from broker.parties.actor import SYSTEM
from broker.parties.models import User
from broker.transaction import Transaction, transaction
from tests.factories import listings, parties
from tests.factories.parties import acting

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


@dataclass
class Fair:
    """A buyer with a broker and an open need, and an organization with a capacity."""

    engine: Engine
    clock: FixedClock
    buyer: User
    house: User
    producer: User
    need_id: int
    capacity_id: int

    def writing(self):  # type: ignore[no-untyped-def]
        return transaction(self.engine, SYSTEM, self.clock)

    def share(self, who: User, token: str = "t", **wanted: object) -> int:
        with self.writing() as tx, acting(tx, who) as own:
            chosen = Wanted(**{"days": 7, "need_id": self.need_id, **wanted})  # type: ignore[arg-type]
            return sharing.share(own, chosen, token).id

    def state(self, token: str = "t") -> str:
        with self.writing() as tx:
            return sharing.link_by_token(tx.session, token).state(self.clock())


@pytest.fixture
def fair(database_url: str) -> Iterator[Fair]:
    engine, clock = make_engine(database_url), FixedClock(NOON)
    with transaction(engine, SYSTEM, clock) as tx:
        buyer, house, producer = (parties.user(tx, kind) for kind in ("buyer", "broker", "producer_org"))
        parties.mandate(tx, house, buyer)
        need, capacity = listings.need(tx, buyer), listings.capacity(tx, producer)
        made = Fair(engine, clock, buyer, house, producer, need.id, capacity.id)
    yield made
    engine.dispose()


def test_a_link_opens_until_its_day_and_is_kept_as_a_trace_only(fair: Fair) -> None:
    first = fair.share(fair.buyer, "secret")
    assert fair.share(fair.buyer, "secret") == first, "a form sent twice makes one link"
    with fair.writing() as tx:
        kept = tx.session.scalars(select(ShareLink)).one()
        assert "secret" not in repr(vars(kept)) and len(kept.token_sha256) == 64
    fair.clock.forward(days=7, seconds=-1)
    assert fair.state("secret") == "good"
    fair.clock.forward(seconds=1)
    assert fair.state("secret") == "expired"
    with fair.writing() as tx, pytest.raises(NotFound):
        sharing.link_by_token(tx.session, "secre")


def test_owner_and_maker_end_a_link_and_nobody_else(fair: Fair) -> None:
    link = fair.share(fair.house)
    with fair.writing() as tx, acting(tx, fair.producer) as own, pytest.raises(NotFound):
        sharing.revoke(own, link)
    with fair.writing() as tx, acting(tx, fair.buyer) as own:
        first = sharing.revoke(own, link).revoked_at
        fair.clock.forward(minutes=1)
        assert sharing.revoke(own, link).revoked_at == first
    assert fair.state() == "revoked"


def test_only_whoever_may_speak_for_it_shares_and_only_what_is_open(fair: Fair) -> None:
    for wanted in ({"need_id": fair.need_id}, {"need_id": None, "capacity_id": fair.capacity_id + 99}):
        with pytest.raises(NotFound):
            fair.share(fair.producer, **wanted)
    with fair.writing() as tx:
        reader = parties.member(tx, fair.buyer, "reader")
    with pytest.raises(NotAllowed):
        fair.share(reader)
    with pytest.raises(Invalid) as raised:
        fair.share(fair.producer, need_id=None, capacity_id=fair.capacity_id, days=400, with_price=True)
    assert {fault.field for fault in raised.value.faults} == {"days", "with_price"}
    fair.share(fair.buyer)
    _change(fair, state="withdrawn")
    assert fair.state() == "over"
    with pytest.raises(RuleBroken, match="share_not_open"):
        fair.share(fair.buyer, "another")


def test_a_broker_shares_only_what_his_client_shows_to_everybody(fair: Fair) -> None:
    fair.share(fair.house, "house", with_price=True)
    fair.share(fair.buyer, "buyer", with_price=True)
    _change(fair, visibility="broker")
    assert (fair.state("house"), fair.state("buyer")) == ("over", "good")
    with fair.writing() as tx:
        assert not sharing.link_by_token(tx.session, "buyer").shows_price
    with pytest.raises(RuleBroken, match="share_not_public"):
        fair.share(fair.house, "again")


def test_nobody_makes_more_than_thirty_in_a_day(fair: Fair) -> None:
    with fair.writing() as tx, acting(tx, fair.buyer) as own:
        for number in range(sharing.MOST_A_DAY):
            sharing.share(own, Wanted(days=1, need_id=fair.need_id), str(number))
    with pytest.raises(RuleBroken, match="share_too_many"):
        fair.share(fair.buyer, "one more")
    assert fair.share(fair.buyer, "0"), "the first once more is none more"
    fair.clock.forward(days=1)
    assert fair.share(fair.buyer, "one more")


def test_openings_are_counted_but_not_faster_than_one_in_two_seconds(fair: Fair) -> None:
    link = fair.share(fair.buyer)
    for seconds in (0, 0, 1, 2):
        fair.clock.forward(seconds=seconds)
        with fair.writing() as tx:
            sharing.note_opening(tx, link)
    with fair.writing() as tx:
        assert _opened(tx, link) == 2


def _opened(tx: Transaction, link: int) -> int:
    return tx.session.get_one(ShareLink, link).opened


def _change(fair: Fair, **values: str) -> None:
    with fair.writing() as tx:
        for name, value in values.items():
            setattr(tx.session.get_one(Need, fair.need_id), name, value)
