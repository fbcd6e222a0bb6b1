"""A small market with agreements in it, made once per process and kind of database, and copied for every walk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from sqlalchemy import Engine, select

import broker.models
import broker.subscriptions  # noqa: F401
from broker.agreements import negotiation, offering, services
from broker.agreements.negotiable import terms_of
from broker.clock import FixedClock
from broker.database import make_engine
from broker.deliveries.models import Delivery
from broker.listings.models import Capacity, Need
from broker.matchmaking import suggestions
from broker.matchmaking.models import MatchingRun, Suggestion
from broker.parties.actor import SYSTEM, Actor
from broker.parties.models import User
from broker.transaction import Transaction, transaction
from tests.factories import listings, parties
from tests.factories.agreements import answer, settle, sign_both
from tests.factories.parties import PASSWORD, acting, actor_of, organization_of
from tests.support.database import Store

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FIRST = dt.date(2026, 12, 7)
WEEKS = 4
WEEKLY = Decimal(10_000)
PARTIES = ("buyer", "producer", "partner")
# What the signed agreement says where the usual would leave a rule of money untouched.
SIGNED = {
    "price.unit_price": "1987.35",
    "payment.advance_pct": "20",
    "payment.deductions_cap_pct": "10",
    "modalities.silence_hours": 36,
    "modalities.dispute_hours": 24,
}


@dataclass(frozen=True)
class World:
    """A database to copy, who acts in it by name, and the numbers of what stands in it by name."""

    store: Store
    url: str
    people: Mapping[str, Actor]
    ids: Mapping[str, int]


@cache
def bargaining(store: Store) -> World:
    """Two drafts on one capacity, for a need each, filled and not sent; a suggestion that both accepted waits beside
    the first. The need has room for little more, and so has the capacity."""
    url = store.fresh()
    engine, clock = make_engine(url), FixedClock(NOON)
    with transaction(engine, SYSTEM, clock) as tx:
        people = _people(tx)
        needs = [_need(tx, people["buyer"]) for _ in range(2)]
        goods = [listings.capacity(tx, people[name]) for name in ("producer", "partner")]
        pairs = {
            "first": (needs[0], goods[0], Decimal(6000)),
            "second": (needs[1], goods[0], Decimal(6000)),
            "waiting": (needs[0], goods[1], Decimal(3000)),
        }
        ids = {f"suggestion_{name}": _agreed(tx, people, *pair) for name, pair in pairs.items()}
        for name in ("first", "second"):
            with acting(tx, people["house"]) as own:
                made = services.draft(own, ids[f"suggestion_{name}"])
                ids[name] = made.id
                while (version := negotiation.latest(own, made)).open_points:
                    asked = {term.path: answer(term) for term in terms_of(version) if term.value is None}
                    offering.offer(own, made.id, version.number, asked)
        ids |= {"need_first": needs[0].id, "need_second": needs[1].id, "capacity": goods[0].id}
    return _closed(engine, store, url, people, ids)


@cache
def delivering(store: Store) -> World:
    """A signed agreement with its calendar of deliveries, two weeks before the first."""
    url = store.fresh()
    engine, clock = make_engine(url), FixedClock(NOON)
    with transaction(engine, SYSTEM, clock) as tx:
        people = _people(tx)
        need = _need(tx, people["buyer"])
        goods = listings.capacity(tx, people["producer"])
        chosen = _agreed(tx, people, need, goods, Decimal(6000))
        both = (people["buyer"], people["producer"])
        with acting(tx, people["house"]) as own:
            made = services.draft(own, chosen).id
            offering.offer(own, made, 1, SIGNED)
        settle(tx, people["house"], both, made)
        sign_both(tx, both, made, PASSWORD)
        query = select(Delivery.id).where(Delivery.agreement_id == made).order_by(Delivery.number)
        ids = {f"delivery_{number}": id for number, id in enumerate(tx.session.scalars(query), start=1)}
        ids["agreement"] = made
    return _closed(engine, store, url, people, ids)


def _people(tx: Transaction) -> dict[str, User]:
    kinds = {"house": "broker", "buyer": "buyer", "producer": "producer_org", "partner": "producer_org"}
    kinds |= {"stranger": "buyer", "other_house": "broker"}
    people = {name: parties.user(tx, kind) for name, kind in kinds.items()}
    for client in PARTIES:
        parties.mandate(tx, people["house"], people[client])
    for side in ("buyer", "producer"):
        for role in ("clerk", "reader"):
            people[f"{side}_{role}"] = parties.member(tx, people[side], role)
    return people


def _need(tx: Transaction, buyer: User) -> Need:
    last = FIRST + dt.timedelta(weeks=WEEKS, days=-1)
    return listings.need(
        tx, buyer, quantity="10", start=FIRST.isoformat(), end=last.isoformat(), min_suppliers="1",
        max_share_pct="100",
    )  # fmt: skip


def _agreed(tx: Transaction, people: dict[str, User], need: Need, goods: Capacity, kg: Decimal) -> int:
    """A suggestion of `kg` each week, as a run of the matching leaves it, accepted by both."""
    house = organization_of(people["house"]).id
    run = MatchingRun(broker_id=house, policy={}, state="done", created_at=tx.now)
    tx.session.add(run)
    tx.session.flush()
    weeks = [FIRST + dt.timedelta(weeks=n) for n in range(WEEKS)]
    made = Suggestion(
        run_id=run.id, broker_id=house, need_id=need.id, capacity_id=goods.id, need_version=need.version,
        capacity_version=goods.version, total_kg=kg * WEEKS, price_low=18_000_000, price_high=22_000_000,
        price_proposed=20_000_000, freight=300_000, currency="COP", score=80.0, explanation={"terms": []},
        created_at=tx.now,
        periods=[
            {"start": day.isoformat(), "end": (day + dt.timedelta(days=6)).isoformat(), "kg": str(kg)}
            for day in weeks
        ],
    )  # fmt: skip
    tx.session.add(made)
    tx.session.flush()
    with acting(tx, people["house"]) as own:
        suggestions.shortlist(own, made.id)
        suggestions.send(own, [made.id])
    owner = next(name for name in PARTIES if organization_of(people[name]).id == goods.organization_id)
    for side in ("buyer", owner):
        with acting(tx, people[side]) as own:
            suggestions.accept(own, made.id)
    return made.id


def _closed(engine: Engine, store: Store, url: str, people: dict[str, User], ids: dict[str, int]) -> World:
    with transaction(engine, SYSTEM, FixedClock(NOON)) as tx:
        actors = {name: actor_of(tx.session, user, tx.today) for name, user in people.items()}
    engine.dispose()
    # Of the same house, but no party has given it a mandate any more.
    actors["house_past"] = replace(actors["house"], clients=frozenset())
    return World(store, url, MappingProxyType(actors), MappingProxyType(ids))
