"""The demonstration market some days on: a need with a draft, an open question and a refusal, and who looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.agreements import offering
from broker.agreements import services as agreements
from broker.agreements.models import Agreement, AgreementPart
from broker.clock import Clock, system_clock
from broker.deliveries.models import Delivery, Statement
from broker.deliveries.payments import report_payment
from broker.demo.load import BROKER, PASSWORD
from broker.jobs.worker import work_once
from broker.listings import questions
from broker.listings.cells import as_text, capacity_cells
from broker.listings.drafts import CapacityDraft, start_draft
from broker.listings.models import Capacity, Need
from broker.matchmaking import plans, suggestions
from broker.matchmaking.models import MatchingRun, Suggestion
from broker.matchmaking.runs import UNDER_WAY
from broker.matchmaking.wishes import Wishes
from broker.parties import accounts
from broker.parties.actor import SYSTEM
from broker.parties.models import Membership, Organization, User
from broker.prices.quotes import enter_quote
from broker.transaction import Transaction, transaction
from tests.factories.agreements import AT, IN_TWO_PARTS, deliver, play_to_negotiated, play_to_signed, reject
from tests.factories.parties import acting, proposal
from tests.support.told import share_need

VISITOR = "visitor"
BUYER, PRODUCER, ASKED, REFUSING = "b03", "p07", "p08", "p09"
CLERK = "escribiente.p07@demo.example"
# No other test of the running installation touches what this need was given, nor the shortlist of the other.
STAGED, SHORTLISTED, UNCOVERED = "B03", "B08", "B02"
# Needs whose first suggestion went on to the agreed text.
AGREED_TEXT, SIGNED = "B07", "B10"


@dataclass(frozen=True)
class Market:
    """E-mail of each person, and the number of each object that a page is about."""

    people: dict[str, str]
    objects: dict[str, int]


def stage(engine: Engine, clock: Clock = system_clock) -> Market:
    """Play on from the first matching of the demonstration. The same engine may be staged twice."""
    with transaction(engine, SYSTEM, clock) as tx:
        fresh = tx.session.scalar(select(User.id).where(User.email == CLERK)) is None
        asked = _ask(tx) if fresh else None
    if asked is not None:
        _await(engine, clock, asked)
    with transaction(engine, SYSTEM, clock) as tx:
        if fresh:
            _play(tx)
        return Market(
            {
                "broker": BROKER,
                "buyer": _email(BUYER),
                "clerk": CLERK,
                "asked": _email(ASKED),
                "signer": _email(AGREED_TEXT.lower()),
                "trader": _email(SIGNED.lower()),
                "seller": _seller(tx),
            },
            _objects(tx),
        )


def _ask(tx: Transaction) -> int:
    """A what-if of the staged need, without one of those who are in its plan."""
    need = tx.session.scalars(select(Need.id).where(Need.reference == STAGED)).one()
    left_out = tx.session.scalars(select(Capacity.id).where(Capacity.reference == REFUSING.upper())).one()
    with acting(tx, _user(tx, BROKER)) as own:
        return plans.ask(own, need, Wishes(exclusions=(left_out,))).id


def _await(engine: Engine, clock: Clock, run_id: int) -> None:
    """Its answer, by this process or by the worker of the installation; nothing else is to be done by now."""
    while True:
        work_once(engine, clock)
        with Session(engine) as session:
            if session.get_one(MatchingRun, run_id).state not in UNDER_WAY:
                return
        time.sleep(0.1)


def _play(tx: Transaction) -> None:
    house, buyer = _user(tx, BROKER), _user(tx, _email(BUYER))
    found = _suggestions(tx, STAGED)
    with acting(tx, house) as own:
        for suggestion_id in (*found.values(), *_suggestions(tx, SHORTLISTED).values()):
            suggestions.shortlist(own, suggestion_id)
        suggestions.send(own, list(found.values()))
    for person in (buyer, _user(tx, _email(PRODUCER))):
        with acting(tx, person) as own:
            suggestions.accept(own, found[PRODUCER])
    with acting(tx, _user(tx, _email(REFUSING))) as own:
        suggestions.decline(own, found[REFUSING], "price", "Vendemos mejor en la cooperativa.")
    with acting(tx, _user(tx, _email(PRODUCER))) as own:
        need = tx.session.scalars(select(Need).where(Need.reference == STAGED)).one()
        asked = questions.ask(own, need.id, "¿Reciben canastilla plástica propia?", "answered")
        questions.ask(own, need.id, "¿A qué hora se recibe?", "waiting")
    with acting(tx, buyer) as own:
        questions.answer(own, need.id, asked.id, "Sí, si está limpia. La devolvemos el mismo día.")
    with acting(tx, house) as own:
        agreements.draft(own, found[PRODUCER])
    _play_on(tx, house, AGREED_TEXT, play_to_negotiated)
    signed = _play_on(tx, house, SIGNED, partial(play_to_signed, first=IN_TWO_PARTS))
    _deliver(tx, signed)
    with acting(tx, _user(tx, _seller(tx))) as own:
        binding = own.session.get_one(Agreement, signed).binding
        assert binding is not None
        offering.offer(own, signed, binding, {"payment.days": 3}, note="Los socios no esperan una semana.")
    union = tx.session.scalars(select(Organization.id).where(Organization.kind == "union")).one()
    proposal(tx, house, union)
    manager = _user(tx, _email(PRODUCER))
    own_id = manager.memberships[0].organization_id
    need_id = tx.session.scalars(select(Need.id).where(Need.reference == STAGED)).one()
    share_need(tx, buyer, need_id)
    with acting(tx, manager) as own:
        accounts.add_member(
            own, own_id, email=CLERK, name="Escribiente de prueba", role="clerk", password=PASSWORD
        )
        published = tx.session.scalars(select(Capacity).where(Capacity.organization_id == own_id)).first()
        assert published is not None
        answers = as_text(capacity_cells(published), ".") | {"way": "area"}
        start_draft(own, own_id, published.product, answers, ".", "begun")


def _deliver(tx: Transaction, agreement_id: int) -> None:
    """One delivery has a statement that is paid in part, another was rejected in part and is disputed."""
    agreement = tx.session.get_one(Agreement, agreement_id)
    parties = tuple(
        tx.session.scalars(
            select(User).join(User.memberships).where(Membership.organization_id == party)
        ).first()
        for party in (agreement.buyer_id, agreement.organization_id)
    )
    buyer, organization = parties
    assert buyer is not None and organization is not None
    enter_quote(tx, AT["price.params.series"], Decimal(20), "HNL/kg", tx.today, "test")
    first, second = _deliveries(tx, agreement_id)[:2]
    statement = deliver(tx, (buyer, organization), first)
    with acting(tx, buyer) as own:
        report_payment(own, statement, Decimal(100), tx.today, "transfer", "0001", "key")
    reject(tx, (buyer, organization), second)


def _deliveries(tx: Transaction, agreement_id: int) -> list[int]:
    query = select(Delivery.id).where(Delivery.agreement_id == agreement_id).order_by(Delivery.number)
    return list(tx.session.scalars(query))


def _play_on(tx: Transaction, house: User, reference: str, play: Callable[..., int]) -> int:
    code, suggestion_id = next(iter(_suggestions(tx, reference).items()))
    return play(tx, house, (_user(tx, _email(reference.lower())), _user(tx, _email(code))), suggestion_id)


def _seller(tx: Transaction) -> str:
    found = tx.session.get_one(Agreement, _agreement(tx, SIGNED))
    query = (
        select(User.email).join(User.memberships).where(Membership.organization_id == found.organization_id)
    )
    return tx.session.scalars(query.order_by(User.id)).first() or ""


def _agreement(tx: Transaction, reference: str) -> int:
    query = select(Agreement.id).join(Agreement.need)
    return tx.session.scalars(query.where(Need.reference == reference)).one()


def _objects(tx: Transaction) -> dict[str, int]:
    need = tx.session.scalars(select(Need).where(Need.reference == STAGED)).one()
    uncovered = tx.session.scalars(select(Need.id).where(Need.reference == UNCOVERED)).one()
    capacity = tx.session.scalars(select(Capacity).where(Capacity.reference == PRODUCER.upper())).one()
    found = _suggestions(tx, STAGED)
    run = tx.session.scalars(select(MatchingRun).order_by(MatchingRun.id)).first()
    assert run is not None
    signed = _agreement(tx, SIGNED)
    deliveries = _deliveries(tx, signed)
    drafted = select(AgreementPart.agreement_id).where(AgreementPart.suggestion_id == found[PRODUCER])
    return {
        "need": need.id,
        "uncovered": uncovered,
        "capacity": capacity.id,
        "begun": tx.session.scalars(
            select(CapacityDraft.id).where(CapacityDraft.request_key == "begun")
        ).one(),
        "buyer": need.buyer_id,
        "producer": capacity.organization_id,
        "run": run.id,
        "agreed": found[PRODUCER],
        "asked": found[ASKED],
        "refused": found[REFUSING],
        "agreement": tx.session.scalars(drafted).one(),
        "agreed_text": _agreement(tx, AGREED_TEXT),
        "signed": signed,
        "paid": deliveries[0],
        "rejected": deliveries[1],
        "coming": deliveries[2],
        "statement": tx.session.scalars(select(Statement.id).where(Statement.agreement_id == signed)).one(),
    }


def _suggestions(tx: Transaction, reference: str) -> dict[str, int]:
    """The first suggestion of each organization that is not out of date, by its code in small letters."""
    query = (
        select(Capacity.reference, Suggestion.id)
        .join(Suggestion.capacity)
        .join(Suggestion.need)
        .where(Need.reference == reference, Suggestion.state != "stale")
        .order_by(Suggestion.id.desc())
    )
    return {code.lower(): suggestion_id for code, suggestion_id in tx.session.execute(query)}


def _user(tx: Transaction, email: str) -> User:
    return tx.session.scalars(select(User).where(User.email == email)).one()


def _email(code: str) -> str:
    return f"{code}@demo.example"
