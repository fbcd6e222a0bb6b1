"""Loads the demonstration market through the same services a user calls, each party acting for itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.clock import Clock, system_clock
from broker.demo.market import certificates, market, need_fields, place_fields
from broker.demo.people import NAMES
from broker.listings.capacity_input import read_capacity
from broker.listings.need_input import read_need
from broker.listings.services import move_need, post_need, publish_capacity
from broker.matchmaking import runs
from broker.parties import accounts, services, unions
from broker.parties.actor import SYSTEM, Actor
from broker.parties.models import Organization, User
from broker.parties.queries import actor_for
from broker.parties.services import OrganizationInput
from broker.prices.quotes import enter_quote, enter_rate
from broker.readiness.indicators import for_scope
from broker.readiness.services import ValueInput, assess
from broker.transaction import Transaction, transaction

PASSWORD = "demo-alianza"
BROKER = "corredor@demo.example"
BUYER = "compras@demo.example"
CLERK = "secretaria@demo.example"
SOURCE = "valor de demostración"
EVIDENCE_AGE = dt.timedelta(days=60)


def is_loaded(engine: Engine) -> bool:
    """Whether the demonstration market is already there."""
    with engine.connect() as connection:
        return connection.scalar(select(User.id).where(User.email == BROKER)) is not None


def load(engine: Engine, clock: Clock = system_clock) -> None:
    """Enter parties, mandates, readiness, needs and capacities. All or nothing: a broken load leaves no trace."""
    with transaction(engine, SYSTEM, clock) as tx:
        _enter_prices(tx)
        house = _broker_house(tx)
        people = _parties(tx)
        _union(tx, people)
        for producer in market()["producers"]:
            _certify(tx, producer, people)
        clients = [person for person in people.values() if person.kind != "union"]
        for client in clients:
            _give_mandate(tx, house, client)
        _assess_all(tx, house, people)
        for buyer in market()["buyers"]:
            _post(tx, buyer, people[buyer["id"]])
        for producer in market()["producers"]:
            _publish(tx, producer, people[producer["id"]])


def _enter_prices(tx: Transaction) -> None:
    for currency, per_usd in market()["rates"].items():
        enter_rate(tx, currency, Decimal(per_usd), tx.today, SOURCE)
    for quote in market()["quotes"]:
        enter_quote(tx, quote["series"], Decimal(quote["value"]), quote["unit"], tx.today, SOURCE)


def _broker_house(tx: Transaction) -> Actor:
    data = OrganizationInput(
        kind="broker", legal_name="Corretaje Los Andes (ficticia)", country="CO", municipality="Pereira",
        lat=4.8055, lon=-75.7172, representative="Andrés Quintero",
    )  # fmt: skip
    return _sign_up(tx, BROKER, "Andrés Quintero", data)


def _parties(tx: Transaction) -> dict[str, Actor]:
    """Every buyer, producer organization and the union, each with its own manager's account."""
    people: dict[str, Actor] = {}
    names = iter(NAMES)
    for buyer in market()["buyers"]:
        data = OrganizationInput(kind="buyer", buyer_type=buyer["type"], **_organization(buyer))
        email = BUYER if buyer["id"] == "B01" else f"{buyer['id'].lower()}@demo.example"
        people[buyer["id"]] = _sign_up(tx, email, next(names), data)
    for producer in market()["producers"]:
        data = OrganizationInput(
            kind="producer_org",
            members_total=producer["members"],
            members_women=producer["women"],
            members_indigenous=producer["indigenous"],
            about=producer["capacity"].get("description", ""),
            **_organization(producer),
        )
        people[producer["id"]] = _sign_up(tx, f"{producer['id'].lower()}@demo.example", next(names), data)
    union = OrganizationInput(kind="union", **_organization(market()["union"]))
    people["U01"] = _sign_up(tx, "u01@demo.example", next(names), union)
    clerk = people["P01"]
    assert clerk.organization_id is not None
    with _acting(tx, clerk):
        accounts.add_member(
            tx, clerk.organization_id, email=CLERK, name="Marleny Ospina", role="clerk", password=PASSWORD
        )
    return people


def _sign_up(tx: Transaction, email: str, name: str, data: OrganizationInput) -> Actor:
    user = accounts.sign_up(tx, email=email, name=name, password=PASSWORD, language="es", organization=data)
    membership = user.memberships[0]
    tx.session.get_one(Organization, membership.organization_id).is_fictional = True
    return Actor(user.id, membership.organization_id, data.kind, "manager")


def _union(tx: Transaction, people: Mapping[str, Actor]) -> None:
    union = _id(people["U01"])
    for code in market()["union"]["members"]:
        with _acting(tx, people[code]):
            unions.join_union(tx, _id(people[code]), union)


def _certify(tx: Transaction, producer: dict[str, Any], people: Mapping[str, Actor]) -> None:
    with _acting(tx, people[producer["id"]]):
        for scheme, holder in certificates(producer):
            services.add_certificate(
                tx,
                scheme=scheme,
                holder_id=_id(people[holder]),
                covers_id=_id(people[producer["id"]]),
                valid_from=tx.today - dt.timedelta(days=180),
                valid_to=tx.today + dt.timedelta(days=550),
            )


def _give_mandate(tx: Transaction, house: Actor, client: Actor) -> None:
    with _acting(tx, house):
        mandate = services.propose_mandate(
            tx,
            _id(client),
            fee_kind="success_pct",
            fee_pct=Decimal(3) if client.kind == "buyer" else Decimal(0),
            fee_payer="buyer",
            starts_on=tx.today,
            ends_on=tx.today + dt.timedelta(days=730),
        )
    with _acting(tx, client):
        services.answer_mandate(tx, mandate.id, "consent")


def _assess_all(tx: Transaction, house: Actor, people: Mapping[str, Actor]) -> None:
    clients = frozenset(_id(people[p["id"]]) for p in market()["producers"])
    broker = Actor(house.user_id, house.organization_id, "broker", "manager", clients)
    indicators = for_scope("producer")
    with _acting(tx, broker):
        for producer in market()["producers"]:
            values = {
                indicator.code: ValueInput(
                    value, "Visita y revisión de libros (demostración)", tx.today - EVIDENCE_AGE
                )
                for indicator, value in zip(indicators, producer["readiness"], strict=True)
            }
            assess(tx, _id(people[producer["id"]]), values, note=producer["capacity"].get("description", ""))


def _post(tx: Transaction, buyer: dict[str, Any], person: Actor) -> None:
    data = read_need(need_fields(buyer, tx.today), decimal_separator=".")
    with _acting(tx, person):
        need = post_need(tx, _id(person), data, reference=buyer["id"])
        move_need(tx, need.id, "publish")


def _publish(tx: Transaction, producer: dict[str, Any], person: Actor) -> None:
    data = read_capacity(dict(producer["capacity"]) | place_fields(producer), decimal_separator=".")
    with _acting(tx, person):
        publish_capacity(tx, _id(person), data, reference=producer["id"])


def _organization(party: dict[str, Any]) -> dict[str, Any]:
    return {
        "legal_name": party["name"],
        "country": party["country"],
        "municipality": party["municipality"],
        "lat": party["lat"],
        "lon": party["lon"],
    }


def _id(person: Actor) -> int:
    assert person.organization_id is not None
    return person.organization_id


class _acting:
    """Lets another party act inside the same transaction."""

    def __init__(self, tx: Transaction, actor: Actor) -> None:
        self.tx, self.actor, self.before = tx, actor, tx.actor

    def __enter__(self) -> None:
        self.tx.actor = self.actor

    def __exit__(self, *error: object) -> None:
        self.tx.actor = self.before


def order_first_run(engine: Engine, clock: Clock = system_clock) -> None:
    """Order a matching of the demonstration market in the name of its broker."""
    with Session(engine) as session:
        user = session.scalars(select(User).where(User.email == BROKER)).one()
        broker = actor_for(session, user, None, clock().date())
    with transaction(engine, broker, clock) as tx:
        runs.start(tx)
