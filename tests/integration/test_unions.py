"""One agreement through a union: the mandates it needs, the price and the kg of each member, and who may act in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, joinedload

from broker import schema
from broker.agreements import freezing, negotiation, offering, renewing, services, uniting
from broker.agreements.models import Agreement
from broker.agreements.queries import agreement_for
from broker.clock import FixedClock
from broker.demo.load import BROKER, BUYER
from broker.errors import Conflict, NotAllowed, RuleBroken
from broker.listings.models import Capacity, CapacitySlot
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.parties import unions
from broker.parties.actor import SYSTEM, Actor
from broker.parties.models import Organization, SigningMandate
from broker.transaction import Transaction, transaction
from tests.factories.market import matched, need_id, person
from tests.integration.conftest import Stage
from tests.support.stamping import stamp

UNION = "u01@demo.example"


@dataclass(frozen=True)
class Scene:
    """A need with suggestions that both sides accepted, of organizations that belong to one union."""

    engine: Engine
    clock: FixedClock
    need: int
    suggestions: tuple[int, ...]
    members: tuple[Actor, ...]

    def on(self, engine: Engine) -> Scene:
        """The same in a copy of its database, with a clock of its own."""
        return replace(self, engine=engine, clock=FixedClock(self.clock.now))

    @contextmanager
    def by(self, actor: Actor) -> Iterator[Transaction]:
        with transaction(self.engine, actor, self.clock) as tx:
            yield tx

    def person(self, email: str) -> Actor:
        return person(self.engine, email)

    def own(self, index: int) -> int:
        number = self.members[index].organization_id
        assert number is not None
        return number


@pytest.fixture
def scene(at_stage: Stage) -> Scene:
    return at_stage("of_a_union", _play)  # type: ignore[arg-type, return-value]


def _play(engine: Engine) -> Scene:
    clock = FixedClock(matched(engine)())
    need = need_id(engine, "B01")
    with Session(engine) as session:
        query = select(Suggestion).where(Suggestion.need_id == need).options(joinedload(Suggestion.capacity))
        found = session.scalars(query.order_by(Suggestion.id)).all()[:2]
        emails = [f"{one.capacity.reference.lower()}@demo.example" for one in found]
        ids = tuple(one.id for one in found)
    made = Scene(engine, clock, need, ids, tuple(person(engine, email) for email in emails))
    with made.by(made.person(BROKER)) as tx:
        for one in ids:
            suggestions.shortlist(tx, one)
        suggestions.send(tx, list(ids))
    for one, member in zip(ids, made.members, strict=True):
        for actor in (made.person(BUYER), member):
            with made.by(actor) as tx:
                suggestions.accept(tx, one)
    union = made.person(UNION).organization_id
    with transaction(engine, SYSTEM, clock) as tx:
        # Whoever belongs to it in the demonstration gives it no mandate.
        tx.session.execute(update(Organization).where(Organization.union_id == union).values(union_id=None))
    for index, member in enumerate(made.members):
        with made.by(member) as tx:
            unions.join_union(tx, made.own(index), union or 0)
    return made


def _give(scene: Scene, index: int) -> SigningMandate:
    with scene.by(scene.members[index]) as tx:
        return unions.give_signing_mandate(
            tx,
            scene.own(index),
            minutes=f"Acta {index}",
            given_on=tx.today,
            ends_on=tx.today + dt.timedelta(days=300),
        )


def _draft(scene: Scene) -> Agreement:
    union = scene.person(UNION).organization_id
    with scene.by(scene.person(BROKER)) as tx:
        return uniting.draft_through(tx, scene.need, union or 0)


def test_one_agreement_for_the_members_that_gave_their_mandate(scene: Scene) -> None:
    _give(scene, 0)
    with pytest.raises(Conflict, match="union_has_no_mandates"):
        _draft(scene)
    _give(scene, 1)
    agreement = _draft(scene)
    with Session(scene.engine) as session:
        stored = session.get_one(Agreement, agreement.id)
        assert [part.suggestion_id for part in stored.parts] == list(scene.suggestions)
        asked = [session.get_one(Suggestion, one) for one in scene.suggestions]
        assert stored.total_kg == sum(one.total_kg for one in asked)
        assert {one.state for one in asked} == {"converted"}
        facts = freezing.facts_of(stored.versions[0])
        assert [(one.minutes, one.quantity_kg) for one in facts.members or ()] == [
            (f"Acta {index}", one.total_kg) for index, one in enumerate(asked)
        ]
        assert max(one.price_low for one in asked) <= uniting.common_price(asked).points
        for member in scene.members:
            assert agreement_for(session, member, agreement.id).id == agreement.id
    stamp(scene.engine, "0015")
    with pytest.raises(RuntimeError, match="1 agreements through a union"):
        schema.downgrade(scene.engine, "0014")


def test_the_union_acts_and_its_members_read(scene: Scene) -> None:
    for index in (0, 1):
        _give(scene, index)
    agreement = _draft(scene)
    with pytest.raises(NotAllowed, match="union_acts"), scene.by(scene.members[0]) as tx:
        negotiation.remark(tx, agreement.id, "¿Y el flete?")
    with scene.by(scene.person(UNION)) as tx:
        negotiation.remark(tx, agreement.id, "Lo vemos en asamblea.")


def test_other_kilograms_are_shared_by_the_members_and_ending_it_frees_them(scene: Scene) -> None:
    for index in (0, 1):
        _give(scene, index)
    agreement = _draft(scene)
    row = agreement.promised[0]
    half = (Decimal(row["quantity_kg"]) / 2).quantize(Decimal("0.001"))
    with scene.by(scene.person(BROKER)) as tx:
        offered = offering.offer(
            tx, agreement.id, 1, {}, quantities={dt.date.fromisoformat(row["start"]): half}
        )
        facts = freezing.facts_of(offered)
        assert sum(one.quantity_kg for one in facts.members or ()) == facts.schedule.total_kg
        negotiation.abandon(tx, agreement.id, "Sin acuerdo.")
    with Session(scene.engine) as session:
        ids = [part.capacity_id for part in session.get_one(Agreement, agreement.id).parts]
        slots = session.scalars(select(CapacitySlot).where(CapacitySlot.capacity_id.in_(ids))).all()
        assert not any(slot.reserved_kg for slot in slots)
        assert {session.get_one(Suggestion, one).state for one in scene.suggestions} == {"stale"}
        assert all(session.get_one(Capacity, one).state != "committed" for one in ids)


def test_the_text_says_of_each_member_what_its_capacity_holds(scene: Scene) -> None:
    for index in (0, 1):
        _give(scene, index)
    agreement = _draft(scene)
    row = agreement.promised[0]
    start, one = dt.date.fromisoformat(row["start"]), {**row, "quantity_kg": "100"}
    with scene.by(SYSTEM) as tx:
        # The first member delivers nothing else, the second everything but that.
        first, second = tx.session.get_one(Agreement, agreement.id).parts
        first.promised, second.promised = [one], agreement.promised[1:]
    with scene.by(scene.person(BROKER)) as tx:
        offered = offering.offer(tx, agreement.id, 1, {}, quantities={start: Decimal(50)})
        rest = sum(Decimal(each["quantity_kg"]) for each in agreement.promised[1:])
        members = freezing.facts_of(offered).members or ()
        assert [member.quantity_kg for member in members] == [50, rest]


def test_nothing_new_is_agreed_for_a_member_whose_mandate_ended(scene: Scene) -> None:
    for index in (0, 1):
        _give(scene, index)
    agreement = _draft(scene)
    with scene.by(SYSTEM) as tx:
        stored = tx.session.get_one(Agreement, agreement.id)
        stored.state, stored.binding, stored.signed_at = "active", 1, tx.now
        stored.negotiation = "agreed_in_principle"
    with scene.by(scene.members[0]) as tx:
        unions.revoke_signing_mandate(tx, scene.own(0))
    first = renewing.next_start(agreement)
    with pytest.raises(Conflict, match="member_without_mandate"), scene.by(scene.person(BUYER)) as tx:
        renewing.renew(tx, agreement.id, first)
    with pytest.raises(Conflict, match="member_without_mandate"), scene.by(scene.person(UNION)) as tx:
        offering.offer(tx, agreement.id, 1, {"payment.days": 9}, note="Antes.")
    with scene.by(scene.members[0]) as tx:
        unions.give_signing_mandate(
            tx, scene.own(0), minutes="Acta 7", given_on=tx.today, ends_on=tx.today + dt.timedelta(days=300)
        )
    with scene.by(scene.person(BUYER)) as tx:
        after = renewing.renew(tx, agreement.id, first)
        members = freezing.facts_of(negotiation.latest(tx, after)).members or ()
        assert [member.minutes for member in members] == ["Acta 7", "Acta 1"]


def test_a_suggestion_that_moved_on_while_it_was_read_is_not_converted(scene: Scene) -> None:
    with scene.by(scene.person(BROKER)) as tx:
        read = tx.session.get_one(Suggestion, scene.suggestions[0])
        # As another transaction leaves it on PostgreSQL between the reading and the lock.
        table = update(Suggestion).where(Suggestion.id == read.id).values(state="stale")
        tx.session.execute(table.execution_options(synchronize_session=False))
        with pytest.raises(Conflict, match="state_moved_on"):
            services.convert(tx, read.id, read.broker_id)


def test_a_mandate_is_given_once_taken_back_and_ends_with_the_membership(scene: Scene) -> None:
    _give(scene, 0)
    with pytest.raises(Conflict, match="mandate_to_union_stands"):
        _give(scene, 0)
    union = scene.person(UNION).organization_id or 0
    with scene.by(scene.members[0]) as tx:
        unions.revoke_signing_mandate(tx, scene.own(0))
        unions.revoke_signing_mandate(tx, scene.own(0))
        assert unions.signing_mandate_of(tx.session, scene.own(0)) is None
    _give(scene, 0)
    with scene.by(scene.members[0]) as tx:
        unions.leave_union(tx, scene.own(0))
        assert not unions.mandates_to(tx.session, union, tx.today)
        assert [one.organization.id for one in unions.members_of_union(tx.session, union, tx.today)] == [
            scene.own(1)
        ]
    with pytest.raises(RuleBroken, match="no_union"):
        _give(scene, 0)
