"""An agreement of the demonstration market, taken through its life by the services that people use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, undefer

from broker.agreements import negotiation, offering, services, signing
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiable import Term, terms_of
from broker.clock import Clock, FixedClock
from broker.deliveries import lots, reception, schedule, settlement
from broker.deliveries.models import Delivery
from broker.demo.load import BROKER, BUYER
from broker.demo.load import PASSWORD as DEMO_PASSWORD
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.parties.actor import Actor
from broker.parties.models import User
from broker.transaction import Transaction, transaction
from tests.factories.market import matched, need_id, person
from tests.factories.parties import acting

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
# What nobody recommends, by the kind of the term and by its path.
ANSWERS: dict[str, Any] = {
    "decimal": "2",
    "whole": 2,
    "text": "como lo acuerdan las partes",
    "date": "2027-06-30",
    "yes_no": False,
    "none": [],
    "words": {"es": "común", "en": "common"},
    "packing": {"name": {"es": "canastilla", "en": "crate"}},
}
AT: dict[str, Any] = {
    "modalities.downgrade_pct": "70",
    "modalities.sample": "diez canastillas",
    "payment.deductions": ["inputs", "advance", "quality"],
    "buyer.representative": "Marta Ocampo",
    "organization.representative": "Luis Cardona",
    "price.params.band_pct": "8",
    "price.params.series": "SIPSA Pereira",
    "price.params.review_weeks": "4",
    "price.params.share_pct": "85",
    "price.params.cost_deductions": "flete marítimo, empaque y comisión",
    "price.params.liquidation_days": "30",
}

NOTHING: Mapping[str, Any] = {}
# A price that is paid in two parts; what else it asks is answered above.
IN_TWO_PARTS: dict[str, Any] = {"price.method": "split_payment", "price.unit_price": "700"}


class Deal:
    """One suggestion of a need agreed by both sides and drafted; `sides` are who acts for each."""

    def __init__(self, engine: Engine, need: str = "B01", *, clock: Clock | None = None) -> None:
        self.engine = engine
        self.clock = FixedClock(matched(engine, clock)())
        self.broker = person(engine, BROKER)
        with Session(engine) as session:
            query = (
                select(Suggestion).where(Suggestion.need_id == need_id(engine, need)).order_by(Suggestion.id)
            )
            found = session.scalars(query).first()
            assert found is not None
            self.suggestion_id, self.capacity_id = found.id, found.capacity_id
            self.producer = person(engine, f"{found.capacity.reference.lower()}@demo.example")
            self.buyer = person(engine, BUYER if need == "B01" else f"{need.lower()}@demo.example")
        with transaction(engine, self.broker, self.clock) as tx:
            suggestions.shortlist(tx, self.suggestion_id)
            suggestions.send(tx, [self.suggestion_id])
        for side in (self.buyer, self.producer):
            with transaction(engine, side, self.clock) as tx:
                suggestions.accept(tx, self.suggestion_id)
        with transaction(engine, self.broker, self.clock) as tx:
            self.id = services.draft(tx, self.suggestion_id).id

    def on(self, engine: Engine) -> Self:
        """The same deal in a copy of its database, with a clock of its own."""
        there = copy(self)
        there.engine, there.clock = engine, FixedClock(self.clock.now)
        return there

    def actor(self, side: str) -> Actor:
        return {"buyer": self.buyer, "producer": self.producer, "broker": self.broker}[side]

    def act(self, side: str) -> Any:
        """A transaction of one side."""
        return transaction(self.engine, self.actor(side), self.clock)

    def agreement(self) -> Agreement:
        with Session(self.engine) as session:
            return session.get_one(Agreement, self.id)

    def version(self) -> AgreementVersion:
        """The last one that stands, with everything it stores."""
        with Session(self.engine) as session:
            query = select(AgreementVersion).where(
                AgreementVersion.agreement_id == self.id, AgreementVersion.dropped_at.is_(None)
            )
            query = query.options(undefer(AgreementVersion.facts), undefer(AgreementVersion.content))
            found = session.scalars(query.order_by(AgreementVersion.number.desc())).first()
            assert found is not None and found.acceptances is not None and found.signatures is not None
            return found

    def offer(self, side: str, values: dict[str, Any], **more: Any) -> AgreementVersion:
        with self.act(side) as tx:
            return offering.offer(tx, self.id, self.version().number, values, **more)

    def fill(self) -> None:
        """The broker settles every open point, over as many versions as new questions need."""
        while self.version().open_points:
            terms = [term for term in terms_of(self.version()) if term.value is None]
            self.offer("broker", {term.path: answer(term) for term in terms})

    def send(self) -> None:
        with self.act("broker") as tx:
            negotiation.send(tx, self.id)

    def accept(self, side: str) -> Agreement:
        with self.act(side) as tx:
            return offering.accept(tx, self.id, self.version().sha256)

    def negotiate(self) -> None:
        """Filled, sent and accepted by both."""
        self.fill()
        self.send()
        self.accept("buyer")
        self.accept("producer")

    def sign(self, side: str) -> Agreement:
        version = self.version()
        name, _ = signing.representative_of(version, side)
        with self.act(side) as tx:
            return signing.sign(
                tx, self.id, version.sha256, name=name, password=DEMO_PASSWORD, code="", address="127.0.0.1"
            )

    def signed(self) -> None:
        """Negotiated, reviewed and signed by both."""
        self.negotiate()
        self.clock.forward(hours=24)
        self.sign("buyer")
        self.sign("producer")


def answer(term: Term) -> Any:
    """What the parties agree on: the usual, or something of the kind."""
    if term.path in AT:
        return AT[term.path]
    if term.recommended is not None:
        return term.recommended
    if term.kind == "choice":
        return next(iter(term.choices))
    value = ANSWERS[term.kind]
    return str(value) if term.kind == "whole" and ".params." in term.path else value


def play_to_negotiated(
    tx: Transaction,
    house: User,
    parties: Sequence[User],
    suggestion_id: int,
    first: Mapping[str, Any] = NOTHING,
) -> int:
    """Within one unit of work: from a suggestion that nobody has seen to an agreement that both accepted and whose
    review period is over; its number. `parties` are buyer and organization; `first` is what the house offers before it
    settles the open points."""
    with acting(tx, house) as own:
        suggestions.shortlist(own, suggestion_id)
        suggestions.send(own, [suggestion_id])
    for one in parties:
        with acting(tx, one) as own:
            suggestions.accept(own, suggestion_id)
    with acting(tx, house) as own:
        made = services.draft(own, suggestion_id).id
    settle(tx, house, parties, made, first)
    return made


def play_to_signed(
    tx: Transaction,
    house: User,
    parties: Sequence[User],
    suggestion_id: int,
    first: Mapping[str, Any] = NOTHING,
) -> int:
    """The same, signed by both in their accounts of the demonstration."""
    made = play_to_negotiated(tx, house, parties, suggestion_id, first)
    sign_both(tx, parties, made, DEMO_PASSWORD)
    return made


def settle(
    tx: Transaction,
    house: User,
    parties: Sequence[User],
    agreement_id: int,
    first: Mapping[str, Any] = NOTHING,
) -> None:
    """From the draft to an agreement that both accepted, with the review period behind it."""
    with acting(tx, house) as own:
        agreement = negotiation.locked(own, agreement_id)
        if first:
            offering.offer(own, agreement_id, negotiation.latest(own, agreement).number, dict(first))
        while (version := negotiation.latest(own, agreement)).open_points:
            asked = {term.path: answer(term) for term in terms_of(version) if term.value is None}
            offering.offer(own, agreement_id, version.number, asked)
        negotiation.send(own, agreement_id)
    for one in parties:
        with acting(tx, one) as own:
            offering.accept(own, agreement_id, negotiation.latest(own, agreement).sha256)
    agreement.negotiated_at = tx.now - dt.timedelta(hours=25)


def sign_both(tx: Transaction, parties: Sequence[User], agreement_id: int, password: str) -> None:
    for side, one in zip(("buyer", "producer"), parties, strict=True):
        with acting(tx, one) as own:
            version = negotiation.latest(own, negotiation.locked(own, agreement_id))
            name, _ = signing.representative_of(version, side)
            signing.sign(
                own, agreement_id, version.sha256, name=name, password=password, code="", address="127.0.0.1"
            )


def reject(tx: Transaction, parties: Sequence[User], delivery_id: int) -> None:
    """A delivery of which a part was rejected, with the evidence, and disputed."""
    buyer, organization = parties
    planned = tx.session.get_one(Delivery, delivery_id).planned_kg
    with acting(tx, organization) as own:
        schedule.confirm(own, delivery_id, "confirm")
        lots.add_lot(own, delivery_id, "L-2", planned, [], harvested_on=None, key="lot")
        lots.dispatch(own, delivery_id, "", "dispatch")
    with acting(tx, buyer) as own:
        reception.receive(
            own, delivery_id, reception.Slip(planned, Decimal(0), "R-2", "Rosa Muñoz", "Luis Paz"), "receive"
        )
        verdict = reception.Verdict(
            planned - 100, Decimal(0), Decimal(100), "Inés Ruiz", "", "Residuos sobre el límite", PNG
        )
        reception.grade(own, delivery_id, verdict, "grade")
    with acting(tx, organization) as own:
        reception.dispute(own, delivery_id, "No vimos la muestra.", "dispute")


def deliver(tx: Transaction, parties: Sequence[User], delivery_id: int, *, member: str = "Rosa Muñoz") -> int:
    """From scheduled to the statement, with a lot of what was planned; the statement's number."""
    buyer, organization = parties
    planned = tx.session.get_one(Delivery, delivery_id).planned_kg
    with acting(tx, organization) as own:
        schedule.confirm(own, delivery_id, "confirm")
        line = lots.Line(member, None, planned)
        lots.add_lot(own, delivery_id, "L-1", planned, [line], harvested_on=tx.today, key="lot")
        lots.dispatch(own, delivery_id, "Camión", "dispatch")
    with acting(tx, buyer) as own:
        slip = reception.Slip(planned + 40, Decimal(40), "R-1", "Rosa Muñoz", "Luis Paz")
        reception.receive(own, delivery_id, slip, "receive")
        verdict = reception.Verdict(planned, Decimal(0), Decimal(0), "Inés Ruiz", "diez canastillas")
        reception.grade(own, delivery_id, verdict, "grade")
    with acting(tx, organization) as own:
        return settlement.invoice(own, delivery_id, settlement.Typed("F-1"), "invoice").id
