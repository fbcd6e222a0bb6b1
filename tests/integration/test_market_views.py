"""The market as a whole from the database: the radar, candidates compared, flows, and what each reader has in sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import broker.subscriptions  # noqa: F401  (the worker needs its handlers)
from broker.agreements.flows import flows_of
from broker.agreements.services import draft
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import NotFound
from broker.jobs.worker import work_once
from broker.listings.in_sight import capacities_in_sight, needs_in_sight
from broker.listings.models import Capacity
from broker.matchmaking import runs, suggestions
from broker.matchmaking.comparing import compare
from broker.matchmaking.models import Suggestion
from broker.matchmaking.radar import opening_of, radar
from broker.parties.actor import SYSTEM, VISITOR, Actor
from broker.parties.models import User
from broker.prices.quotes import enter_rate
from broker.readiness.indicators import for_scope
from broker.readiness.services import ValueInput, assess
from broker.transaction import Transaction, transaction
from tests.factories import listings, parties

CLOCK = FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
TODAY = CLOCK().date()
ALONE = {"min_suppliers": "1", "max_share_pct": "100", "min_fill_pct": "0"}


@dataclass
class Market:
    """A need of 40 t a week; `gives` all it has, `waits` too short a time, `unknown` has no assessment, and nobody has
    confirmed `stale`. The other house has no client."""

    engine: Engine
    people: dict[str, User]
    need: int
    capacities: dict[str, int]

    def actor(self, name: str) -> Actor:
        with Session(self.engine) as session:
            return parties.actor_of(session, self.people[name], TODAY)


@pytest.fixture
def market(database_url: str, tmp_path: Path) -> Iterator[Market]:
    engine = make_engine(database_url)
    with transaction(engine, SYSTEM, CLOCK) as tx:
        people = {name: parties.user(tx, kind) for name, kind in KINDS.items()}
        for name in (*OFFERS, "buyer"):
            parties.mandate(tx, people["house"], people[name])
        enter_rate(tx, "COP", Decimal(3900), tx.today, "TRM")
        need = listings.need(tx, people["buyer"], **ALONE)
        offers = {name: listings.capacity(tx, people[name], **typed) for name, typed in OFFERS.items()}
        offers["stale"].state = "stale"
        for name in ("gives", "waits", "stale"):
            _assess(tx, people["house"], people[name])
        made = Market(engine, people, need.id, {name: capacity.id for name, capacity in offers.items()})
    with transaction(engine, SYSTEM, CLOCK) as tx, parties.acting(tx, people["house"]) as own:
        runs.start(own)
    while work_once(engine, CLOCK, {"mail_dir": str(tmp_path)}):
        pass
    yield made
    engine.dispose()


KINDS = {
    "house": "broker", "rival_house": "broker", "buyer": "buyer", "gives": "producer_org", "waits": "producer_org",
    "unknown": "producer_org", "stale": "producer_org",
}  # fmt: skip
OFFERS: dict[str, dict[str, str]] = {
    "gives": {}, "waits": {"max_wait_days": "5"}, "unknown": {"visibility": "broker"}, "stale": {},
}  # fmt: skip


def test_the_market_as_its_house_the_parties_and_others_know_it(market: Market) -> None:
    with Session(market.engine) as session:
        _radar(session, market)
        _comparison(session, market)
        _in_sight(session, market)
    _flows(market)


def test_a_lever_opens_only_what_no_other_plan_takes(market: Market, tmp_path: Path) -> None:
    """The organization that waits too short a time for one buyer gives a second one 5 t of its 14.6 t a week."""
    before = _payment_kg(market)
    with transaction(market.engine, SYSTEM, CLOCK) as tx:
        sooner = {"quantity": "5", "payment_days": "4"}
        other = listings.need(tx, market.people["buyer"], **ALONE, **sooner).id
        excluded = tx.session.get_one(Capacity, market.capacities["gives"])
        excluded.state = "withdrawn"
    with transaction(market.engine, SYSTEM, CLOCK) as tx, parties.acting(tx, market.people["house"]) as own:
        runs.start(own)
    while work_once(market.engine, CLOCK, {"mail_dir": str(tmp_path)}):
        pass
    with Session(market.engine) as session:
        [plan] = session.scalars(select(Suggestion).where(Suggestion.need_id == other)).all()
        assert plan.capacity_id == market.capacities["waits"]
        assert plan.total_kg == 130_000
    assert round(before - _payment_kg(market)) == 5_000


def _payment_kg(market: Market) -> Decimal:
    with Session(market.engine) as session:
        found = opening_of(session, market.actor("house"), TODAY, market.need, "payment_days")
        return found.whole.kg_per_period


def _radar(session: Session, market: Market) -> None:
    found = radar(session, market.actor("house"), TODAY)
    assert {one.lever for one in found.openings} == {"payment_days", "readiness", "loss", "confirm"}
    by_lever = {one.lever: one for one in found.openings}
    assert {group.id for group in by_lever["payment_days"].whole.groups} == {market.capacities["waits"]}
    assert {group.id for group in by_lever["confirm"].whole.groups} == {market.capacities["stale"]}
    weekly = by_lever["payment_days"].whole.kg_per_period
    assert round(weekly / 1000, 1) == Decimal("14.6")
    [(need, parts)] = found.unmet.items()
    lacking = sum(part.kg for part in parts)
    assert round((need.total_kg - lacking) / 26000, 1) == Decimal("14.6")
    [balance] = found.balances
    assert balance.organizations == 2
    assert round(balance.total("unmet")) == round(lacking)
    only = opening_of(session, market.actor("house"), TODAY, market.need, "payment_days")
    assert only.whole.kg_per_period == weekly
    assert radar(session, market.actor("house"), TODAY, country="HN").needs == 0
    assert radar(session, market.actor("rival_house"), TODAY).needs == 0
    with pytest.raises(NotFound):
        opening_of(session, market.actor("rival_house"), TODAY, market.need, "payment_days")
    with pytest.raises(NotFound):
        opening_of(session, market.actor("house"), TODAY, market.need, "payment_days", 1)


def _comparison(session: Session, market: Market) -> None:
    chosen = [market.capacities[name] for name in ("gives", "waits")]
    found = compare(session, market.actor("house"), TODAY, market.need, chosen)
    assert [(one.candidate.capacity_id, one.candidate.kind) for one in found.compared] == [
        (market.capacities["gives"], "chosen"),
        (market.capacities["waits"], "near_miss"),
    ]
    assert all(one.readiness and one.readiness.score for one in found.compared)
    gives, waits = found.compared
    assert gives.suggestion is not None and gives.suggestion.state == "generated" and waits.suggestion is None
    shares = [round(one.dependence.of_purchases, 1) for one in (gives, waits)]
    assert shares == [Decimal("36.5"), 0] and gives.dependence.other_buyers == 0
    assert len(compare(session, market.actor("house"), TODAY, market.need, []).compared) == 3
    with pytest.raises(NotFound):
        compare(session, market.actor("rival_house"), TODAY, market.need, chosen)


def _in_sight(session: Session, market: Market) -> None:
    def sees(actor: Actor) -> set[int]:
        return {capacity.id for capacity in capacities_in_sight(session, actor)}

    public = {market.capacities[name] for name in ("gives", "waits")}
    hidden = market.capacities["unknown"]
    assert sees(VISITOR) == sees(market.actor("buyer")) == sees(market.actor("rival_house")) == public
    assert sees(market.actor("house")) == sees(market.actor("unknown")) == {*public, hidden}
    assert capacities_in_sight(session, market.actor("house"), product="snow_pea") == []
    assert [need.id for need in needs_in_sight(session, VISITOR, country="CO")] == [market.need]
    assert needs_in_sight(session, VISITOR, country="HN") == []


def _flows(market: Market) -> None:
    """A party sees a flow when it is put before it, its house at once, and others never."""
    house = market.actor("house")

    def flows() -> dict[str, list[str]]:
        with Session(market.engine) as session:
            return {
                name: [flow.kind for flow in flows_of(session, market.actor(name), country="CO")]
                for name in ("house", "buyer", "gives", "waits", "rival_house")
            }

    nobody: dict[str, list[str]] = {"waits": [], "rival_house": []}
    assert flows() == {"house": ["suggested"], "buyer": [], "gives": [], **nobody}
    with transaction(market.engine, house, CLOCK) as tx:
        suggestion = tx.session.scalars(select(Suggestion.id)).one()
        suggestions.shortlist(tx, suggestion)
        suggestions.send(tx, [suggestion])
    assert flows() == {name: ["suggested"] for name in ("house", "buyer", "gives")} | nobody
    for name in ("buyer", "gives"):
        with transaction(market.engine, market.actor(name), CLOCK) as tx:
            suggestions.accept(tx, suggestion)
    assert flows() == {name: ["agreed"] for name in ("house", "buyer", "gives")} | nobody
    with transaction(market.engine, house, CLOCK) as tx:
        agreement = draft(tx, suggestion).id
    assert flows() == {name: ["agreed"] for name in ("house", "buyer", "gives")} | nobody
    with Session(market.engine) as session:
        [flow] = flows_of(session, market.actor("gives"), product="plantain_dom_harton")
        assert (flow.agreement_id, flow.kg) == (agreement, session.get_one(Suggestion, suggestion).total_kg)
        assert flows_of(session, market.actor("gives"), product="snow_pea") == []


def _assess(tx: Transaction, house: User, organization: User) -> None:
    values = {one.code: ValueInput(5, "visita", tx.today) for one in for_scope("producer")}
    with parties.acting(tx, house) as own:
        assess(own, parties.organization_of(organization).id, values)
