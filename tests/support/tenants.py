"""Two brokered markets side by side, with secrets in every confidential field: what the tests of isolation attack.

Tenant "a" and tenant "b" are alike: a broker house with mandates of a buyer, of a producer organization and of its
rival, needs at every stage, readiness assessments. Beside them: a union, an agency, a house whose mandates have ended.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, select

import broker.models
import broker.subscriptions  # noqa: F401
from broker.agreements import services as agreements
from broker.clock import Clock, FixedClock
from broker.database import make_engine
from broker.jobs.worker import work_once
from broker.matchmaking import runs, suggestions
from broker.matchmaking.models import MatchingRun, Suggestion
from broker.parties import services
from broker.parties.actor import SYSTEM
from broker.parties.models import Mandate, Organization, User
from broker.prices.quotes import enter_rate
from broker.readiness.indicators import for_scope
from broker.readiness.services import ValueInput, assess
from broker.transaction import Transaction, transaction
from tests.factories import listings, parties
from tests.factories.parties import acting, organization_of
from tests.support import asking, canaries
from tests.support.alliance import play
from tests.support.canaries import Canary, canary, number, own, private
from tests.support.database import open_store
from tests.support.scratch import make_folder
from tests.support.shared import once
from tests.support.told import message_of, share_capacity, share_need
from tests.web.conftest import NOON

TENANTS = ("a", "b")
STAGES = ("fresh", "sent", "agreed", "drafted", "declined", "signed")
# Small enough that two organizations serve all needs, and priced so high that a reserve is nine digits long.
PRICED = {"quantity": "1", "min_suppliers": "2", "max_share_pct": "60"}


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, the organization she acts for, and her role there."""

    user_id: int
    epoch: int
    organization_id: int
    kind: str
    role: str


@dataclass
class World:
    """The people by name (buyer_a, house_b, ...), the objects by name (sent_a, ...), and what is secret."""

    database: Path
    people: dict[str, Person] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)

    def named(self, *stages: str) -> dict[str, int]:
        """The suggestions of both parties in some stages, of both tenants."""
        names = [f"{s}_{p}_{t}" for t in TENANTS for s in stages for p in canaries.PARTIES]
        return {name: self.objects[name] for name in names}

    def organizations(self, tenant: str) -> dict[str, int]:
        return {
            p: self.objects[f"organization_{p}_{tenant}"] for p in ("buyer", "producer", "rival", "house")
        }

    def assessed(self, tenant: str) -> dict[str, int]:
        return {p: i for p, i in self.organizations(tenant).items() if p != "house"}


@cache
def two_tenants() -> World:
    """The world, made once per run; every test works on a copy of its database."""
    return once("tenants", _make)


def _make(folder: Path) -> World:
    world = World(folder / "world.sqlite3")
    store = open_store("sqlite")
    url = store.fresh()
    engine, clock = make_engine(url), FixedClock(NOON)
    with transaction(engine, SYSTEM, clock) as tx:
        enter_rate(tx, "COP", Decimal(3700), tx.today, "test")
        people = _parties(tx)
        for tenant in TENANTS:
            _post_all(tx, people, tenant, world)
    _match(engine, clock)
    with transaction(engine, SYSTEM, clock) as tx:
        for tenant in TENANTS:
            _send_all(tx, people, tenant, world)
        # Before the drafts are made, so that what they freeze is looked through too.
        world.canaries += canaries.plant_corridors(tx, world.named(*STAGES[1:]))
        for tenant in TENANTS:
            world.canaries += canaries.plant_contacts(tx, tenant, world.organizations(tenant))
    with transaction(engine, SYSTEM, clock) as tx:
        for tenant in TENANTS:
            _answer_all(tx, people, tenant, world)
    _match(engine, clock)
    with transaction(engine, SYSTEM, clock) as tx:
        for tenant in TENANTS:
            _order_another_run(tx, people, tenant, world)
            world.canaries += canaries.plant_readiness(tx, tenant, world.assessed(tenant))
            world.canaries += canaries.plant_listings(tx, tenant, world.objects)
            _share_all(tx, people, tenant, world)
        world.canaries += canaries.plant_quantities(tx, world.named(*STAGES[1:]))
        world.canaries += canaries.plant_machinery(tx)
        _note_people(tx, people, world)
    engine.dispose()
    shutil.copyfile(url.removeprefix("sqlite:///"), world.database)
    store.drop(url)
    return world


def copy_to(world: World, database: Path) -> None:
    """Put the world's database in place of another; nobody may have that one open."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(world.database, database)


def _parties(tx: Transaction) -> dict[str, User]:
    people: dict[str, User] = {}

    def enter(name: str, kind: str) -> None:
        people[name] = parties.user(
            tx, kind, email=f"{name}@example.org", legal_name=f"Organización {name} (ficticia)"
        )

    for tenant in TENANTS:
        for name, kind in (
            ("house", "broker"),
            ("buyer", "buyer"),
            ("producer", "producer_org"),
            ("rival", "producer_org"),
        ):
            enter(f"{name}_{tenant}", kind)
        for role, whose in (("reader", "buyer"), ("clerk", "producer")):
            owner = people[f"{whose}_{tenant}"]
            people[f"{role}_{tenant}"] = parties.member(tx, owner, role, email=f"{role}_{tenant}@example.org")
        for client in ("buyer", "producer", "rival"):
            parties.mandate(tx, people[f"house_{tenant}"], people[f"{client}_{tenant}"])
    for name, kind in (
        ("union", "union"),
        ("agency", "agency"),
        ("house_past", "broker"),
        ("house_new", "broker"),
    ):
        enter(name, kind)
    for client in ("buyer_a", "producer_a"):
        ended = parties.mandate(tx, people["house_past"], people[client])
        with acting(tx, people[client]) as own_tx:
            services.answer_mandate(own_tx, ended.id, "end")
    return people


def _post_all(tx: Transaction, people: dict[str, User], tenant: str, world: World) -> None:
    buyer, house, objects = people[f"buyer_{tenant}"], people[f"house_{tenant}"], world.objects
    for party in ("buyer", "producer", "rival", "house"):
        objects[f"organization_{party}_{tenant}"] = organization_of(people[f"{party}_{tenant}"]).id
    for stage in STAGES:
        reserve = number("98")
        need = listings.need(tx, buyer, **PRICED, price="970000000", reserve_price=reserve)
        objects[f"need_{stage}_{tenant}"] = need.id
        world.canaries.append(
            canary("need.reserve", reserve, private("buyer", tenant), own("buyer", tenant)[:1])
        )
    objects[f"need_draft_{tenant}"] = listings.need(tx, buyer, publish=False, min_suppliers="1").id
    objects[f"need_unseen_{tenant}"] = listings.need(tx, buyer, visibility="broker", min_suppliers="1").id
    for party in canaries.PARTIES:
        person, reserve = people[f"{party}_{tenant}"], number("90")
        capacity = listings.capacity(tx, person, ask_price="920000000", reserve_price=reserve)
        objects[f"capacity_{party}_{tenant}"] = capacity.id
        world.canaries.append(
            canary("capacity.reserve", reserve, private(party, tenant), [f"{party}_{tenant}"])
        )
        for assessor in (person, house):
            _assess(tx, assessor, organization_of(person), 4)
    unseen = listings.capacity(
        tx, people[f"producer_{tenant}"], visibility="broker", area_ha="1", ask_price="960000000"
    )
    objects[f"capacity_unseen_{tenant}"] = unseen.id
    _assess(tx, house, organization_of(buyer), 3)
    world.canaries += asking.begin_capacity(tx, people[f"producer_{tenant}"], tenant, objects)
    with acting(tx, house) as own_tx:
        world.canaries += canaries.plant_prices(own_tx, tenant)
    asked = parties.proposal(tx, people["house_new"], organization_of(people[f"producer_{tenant}"]).id)
    objects[f"proposal_{tenant}"] = asked.id
    world.canaries += asking.ask(tx, people, tenant, objects)


def _assess(tx: Transaction, assessor: User, organization: Organization, value: int) -> None:
    scope = "producer" if organization.is_producer else "buyer"
    values = {
        indicator.code: ValueInput(value, f"Acta {organization.id}-{indicator.code}", tx.today)
        for indicator in for_scope(scope)
    }
    with acting(tx, assessor) as own_tx:
        assess(own_tx, organization.id, values, note=f"Nota {organization.id}")


def _match(engine: Engine, clock: Clock) -> None:
    with transaction(engine, SYSTEM, clock) as tx:
        for tenant in TENANTS:
            with acting(tx, _user(tx, f"house_{tenant}@example.org")) as own_tx:
                runs.start(own_tx)
    settings = {"mail_dir": str(make_folder("mail", in_memory=True))}
    while work_once(engine, clock, settings):
        pass


def _send_all(tx: Transaction, people: dict[str, User], tenant: str, world: World) -> None:
    """Everything but what was found for the fresh need is before the parties."""
    with acting(tx, people[f"house_{tenant}"]) as own_tx:
        for stage in STAGES[1:]:
            found = _suggestions(tx, world, stage, tenant)
            for suggestion_id in found.values():
                suggestions.shortlist(own_tx, suggestion_id)
            suggestions.send(own_tx, list(found.values()))
            world.objects.update(found)


def _suggestions(tx: Transaction, world: World, stage: str, tenant: str) -> dict[str, int]:
    """The two suggestions that stand for a need, by name."""
    found = {}
    for party in canaries.PARTIES:
        query = select(Suggestion.id).where(
            Suggestion.need_id == world.objects[f"need_{stage}_{tenant}"],
            Suggestion.capacity_id == world.objects[f"capacity_{party}_{tenant}"],
            Suggestion.state != "stale",
        )
        found[f"{stage}_{party}_{tenant}"] = tx.session.scalars(query).one()
    return found


def _answer_all(tx: Transaction, people: dict[str, User], tenant: str, world: World) -> None:
    for party in canaries.PARTIES:
        for stage in ("agreed", "drafted", "signed"):
            for side in ("buyer", party):
                with acting(tx, people[f"{side}_{tenant}"]) as own_tx:
                    suggestions.accept(own_tx, world.objects[f"{stage}_{party}_{tenant}"])
        with acting(tx, people[f"house_{tenant}"]) as own_tx:
            made = agreements.draft(own_tx, world.objects[f"drafted_{party}_{tenant}"])
            world.objects[f"agreement_{party}_{tenant}"] = made.id
        secrets, made = play(tx, people, party, tenant, world.objects[f"signed_{party}_{tenant}"])
        world.canaries += secrets
        world.objects |= made
        with acting(tx, people[f"{party}_{tenant}"]) as own_tx:
            note = canaries.decline_note(tenant)
            suggestions.decline(own_tx, world.objects[f"declined_{party}_{tenant}"], "price", note.value)
            world.canaries.append(note)


def _order_another_run(tx: Transaction, people: dict[str, User], tenant: str, world: World) -> None:
    """One run is done, one waits; the fresh need has suggestions, one of them on the shortlist."""
    house = people[f"house_{tenant}"]
    query = select(MatchingRun.id).where(MatchingRun.broker_id == organization_of(house).id)
    world.objects[f"run_done_{tenant}"] = (
        tx.session.scalars(query.order_by(MatchingRun.id.desc())).first() or 0
    )
    world.objects.update(_suggestions(tx, world, "fresh", tenant))
    with acting(tx, house) as own_tx:
        suggestions.shortlist(own_tx, world.objects[f"fresh_rival_{tenant}"])
        world.objects[f"run_waiting_{tenant}"] = runs.start(own_tx).id
    client = organization_of(people[f"producer_{tenant}"]).id
    active = select(Mandate.id).where(Mandate.client_id == client, Mandate.state == "active")
    world.objects[f"mandate_{tenant}"] = tx.session.scalars(active).one()
    for person in ("buyer", "reader", "producer", "clerk", "rival", "house"):
        world.objects[f"membership_{person}_{tenant}"] = people[f"{person}_{tenant}"].memberships[0].id


def _share_all(tx: Transaction, people: dict[str, User], tenant: str, world: World) -> None:
    need_id, capacity_id = (world.objects[f"{name}_{tenant}"] for name in ("need_sent", "capacity_producer"))
    made = share_need(tx, people[f"buyer_{tenant}"], need_id, f"need-{tenant}")
    world.objects[f"link_{tenant}"] = made
    share_capacity(tx, people[f"producer_{tenant}"], capacity_id, f"capacity-{tenant}")


def _note_people(tx: Transaction, people: dict[str, User], world: World) -> None:
    for name, old in people.items():
        user = _user(tx, old.email)
        world.objects[f"message_{name}"] = message_of(tx, old.email)
        membership = user.memberships[0]
        organization = membership.organization
        world.people[name] = Person(user.id, user.epoch, organization.id, organization.kind, membership.role)


def _user(tx: Transaction, email: str) -> User:
    return tx.session.scalars(select(User).where(User.email == email)).one()
