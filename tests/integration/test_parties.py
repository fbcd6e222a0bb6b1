"""Parties on both databases: what holds when two act at once, and what the database itself refuses."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import Conflict, NotAllowed, NotFound, RuleBroken
from broker.parties import accounts, queries, recovery, services, unions
from broker.parties.actor import SYSTEM, VISITOR, Actor
from broker.parties.models import LoginAttempt, Mandate, User
from broker.parties.services import OrganizationInput
from broker.readiness.indicators import for_scope
from broker.readiness.services import ValueInput, assess, latest_assessment, readiness_by_organization
from broker.transaction import transaction
from tests.factories import parties
from tests.factories.parties import PASSWORD, organization_of

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TODAY = NOON.date()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    """A broker's manager and a client's."""
    with _writing(engine) as tx:
        return {"house": parties.user(tx, "broker"), "owner": parties.user(tx)}


def _writing(engine: Engine, actor: Actor = SYSTEM, clock: FixedClock | None = None):  # type: ignore[no-untyped-def]
    return transaction(engine, actor, clock or FixedClock(NOON))


def _actor(engine: Engine, person: User, today: dt.date = TODAY) -> Actor:
    with Session(engine) as session:
        return parties.actor_of(session, person, today)


def _at_once(work: Callable[[], object], times: int) -> list[object]:
    """What `times` threads that start together come back with: a result, or the error."""
    results: list[object] = []
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_mandate_opens_and_closes_with_consent_term_and_end(
    engine: Engine, people: dict[str, User]
) -> None:
    house, owner = people["house"], people["owner"]
    client = organization_of(owner).id
    with _writing(engine) as tx:
        asked = parties.proposal(tx, house, client, starts_on=TODAY + dt.timedelta(days=1))
    assert _actor(engine, house).clients == frozenset()
    with _writing(engine, _actor(engine, owner)) as tx:
        services.answer_mandate(tx, asked.id, "consent")
    first, last = TODAY + dt.timedelta(days=1), asked.ends_on
    days = (TODAY, first, last, last + dt.timedelta(days=1))
    assert [client in _actor(engine, house, day).clients for day in days] == [False, True, True, False]
    with _writing(engine, _actor(engine, house)) as tx:
        services.answer_mandate(tx, asked.id, "end")
    assert _actor(engine, house, first).clients == frozenset()


def test_ten_consents_at_once_count_once(engine: Engine, people: dict[str, User]) -> None:
    with _writing(engine) as tx:
        asked = parties.proposal(tx, people["house"], organization_of(people["owner"]).id)
    actor = _actor(engine, people["owner"])

    def consent() -> str:
        with _writing(engine, actor) as tx:
            return services.answer_mandate(tx, asked.id, "consent").state

    results = _at_once(consent, 10)
    assert results.count("active") == 1
    assert sum(isinstance(result, Conflict) for result in results) == 9
    with _writing(engine) as tx:
        audited = tx.session.scalars(select(AuditEntry).where(AuditEntry.verb == "mandate.consent")).all()
    assert len(audited) == 1


def test_ten_proposals_at_once_leave_one(engine: Engine, people: dict[str, User]) -> None:
    actor, client = _actor(engine, people["house"]), organization_of(people["owner"]).id

    def propose() -> str:
        with _writing(engine, actor) as tx:
            return services.propose_mandate(
                tx,
                client,
                fee_kind="success_pct",
                fee_pct=Decimal(3),
                fee_payer="buyer",
                starts_on=TODAY,
                ends_on=TODAY + dt.timedelta(days=30),
            ).state

    results = _at_once(propose, 10)
    assert results.count("proposed") == 1
    assert all(isinstance(result, str | Conflict | IntegrityError) for result in results)
    with _writing(engine) as tx:
        assert len(tx.session.scalars(select(Mandate)).all()) == 1


def test_the_database_itself_refuses_a_mandate_without_consent(
    engine: Engine, people: dict[str, User]
) -> None:
    with _writing(engine) as tx:
        asked = parties.proposal(tx, people["house"], organization_of(people["owner"]).id)
    with pytest.raises(IntegrityError), _writing(engine) as tx:
        tx.session.get_one(Mandate, asked.id).state = "active"


def test_a_fee_keeps_every_digit(engine: Engine, people: dict[str, User]) -> None:
    with _writing(engine) as tx:
        asked = parties.proposal(
            tx, people["house"], organization_of(people["owner"]).id, fee_pct=Decimal("3.05")
        )
    with _writing(engine) as tx:
        assert tx.session.get_one(Mandate, asked.id).fee_pct == Decimal("3.05")


def test_failures_are_counted_per_account_and_forgotten(engine: Engine, people: dict[str, User]) -> None:
    clock, email = FixedClock(NOON), people["owner"].email
    for _try in range(accounts.PER_ACCOUNT):
        with _writing(engine, VISITOR, clock) as tx:
            accounts.note_failure(tx, email=email.upper(), address="192.0.2.1")
    with pytest.raises(NotAllowed, match="too_many_attempts"), _writing(engine, VISITOR, clock) as tx:
        accounts.sign_in(tx, email=email, password=PASSWORD, code="", address="192.0.2.2")
    clock.forward(minutes=15, seconds=1)
    with _writing(engine, VISITOR, clock) as tx:
        assert (
            accounts.sign_in(tx, email=email, password=PASSWORD, code="", address="192.0.2.2").email == email
        )
    clock.forward(hours=2)
    with _writing(engine, VISITOR, clock) as tx:
        accounts.note_failure(tx, email="nobody@example.org", address="192.0.2.1")
        assert len(tx.session.scalars(select(LoginAttempt)).all()) == 1, "old failures do not pile up"


def test_one_address_signs_up_once(engine: Engine) -> None:
    asked = OrganizationInput("buyer", "Comercial Andina (ficticia)", "CO", "Pereira")

    def sign_up() -> str:
        with _writing(engine) as tx:
            return accounts.sign_up(
                tx, email="luz@example.org", name="Luz", password=PASSWORD, language="es", organization=asked
            ).email

    results = _at_once(sign_up, 5)
    assert results.count("luz@example.org") == 1
    with _writing(engine) as tx:
        assert len(tx.session.scalars(select(User)).all()) == 1


def test_the_last_manager_stays(engine: Engine, people: dict[str, User]) -> None:
    owner, own = people["owner"], organization_of(people["owner"]).id
    with _writing(engine) as tx:
        second = parties.member(tx, owner, "manager")
    actors = [_actor(engine, owner), _actor(engine, second)]
    targets = [second.memberships[0].id, owner.memberships[0].id]
    pairs = list(zip(actors, targets, strict=True))

    def remove_the_other() -> str:
        actor, membership_id = pairs.pop()
        with _writing(engine, actor) as tx:
            accounts.remove_member(tx, own, membership_id)
        return "removed"

    results = _at_once(remove_the_other, 2)
    assert results.count("removed") == 1, results
    with Session(engine) as session:
        assert [m.role for m in queries.members_of(session, own)] == ["manager"]


def test_a_link_dies_with_the_password_it_was_made_for(engine: Engine, people: dict[str, User]) -> None:
    user = people["owner"]
    mark = recovery.mark_of(user)
    with _writing(engine) as tx:
        recovery.set_password(tx, user.id, mark, "otras cinco palabras")
    with pytest.raises(NotAllowed, match="link_spent"), _writing(engine) as tx:
        recovery.set_password(tx, user.id, mark, "otras seis palabras más")


def test_what_a_person_calls_an_organization_is_searched_literally(engine: Engine) -> None:
    with _writing(engine) as tx:
        parties.organization(tx, "buyer", legal_name="Café 100 % Andino")
        parties.organization(tx, "buyer", legal_name="Granos_del_Sur")
    with Session(engine) as session:

        def found(text: str) -> list[str]:
            return [o.legal_name for o in queries.organizations_named(session, text, ("buyer",))]

        assert found("100 %") == ["Café 100 % Andino"]
        assert found("_del_") == ["Granos_del_Sur"]
        assert found("ANDINO") == ["Café 100 % Andino"]
        assert found("%%") == []


def test_only_a_brokers_assessment_counts_the_latest_of_many(engine: Engine, people: dict[str, User]) -> None:
    house, owner = people["house"], people["owner"]
    own = organization_of(owner).id
    with _writing(engine) as tx:
        parties.mandate(tx, house, owner)
    for person, value in ((house, 1), (owner, 5), (house, 4), (owner, 5)):
        with _writing(engine, _actor(engine, person)) as tx:
            assess(tx, own, _values(value))
    with _writing(engine) as tx:
        assess(tx, own, _values(5))
    with Session(engine) as session:
        counted = readiness_by_organization(session, [own], TODAY)
        reader = _actor(engine, owner)
        assert counted[own].score == 80
        assert latest_assessment(session, reader, own).assessor_id == organization_of(house).id
        assert latest_assessment(session, reader, own, by_itself=True).values[0].value == 5


def test_an_ended_mandate_ends_assessing_but_not_what_was_assessed(
    engine: Engine, people: dict[str, User]
) -> None:
    house, owner = people["house"], people["owner"]
    own = organization_of(owner).id
    with _writing(engine) as tx:
        mandate = parties.mandate(tx, house, owner)
    with _writing(engine, _actor(engine, house)) as tx:
        assess(tx, own, _values(4))
    with _writing(engine, _actor(engine, owner)) as tx:
        services.answer_mandate(tx, mandate.id, "end")
    with pytest.raises(NotFound), _writing(engine, _actor(engine, house)) as tx:
        assess(tx, own, _values(1))
    with Session(engine) as session:
        assert readiness_by_organization(session, [own], TODAY)[own].score == 80


def test_a_union_takes_in_first_tier_organizations_only(engine: Engine, people: dict[str, User]) -> None:
    own = organization_of(people["owner"]).id
    with _writing(engine) as tx:
        union, buyer = parties.organization(tx, "union"), parties.organization(tx, "buyer")
        unions.join_union(tx, own, union.id)
        for wrong in ((own, buyer.id), (union.id, union.id), (buyer.id, union.id)):
            with pytest.raises(RuleBroken, match="union_tiers"):
                unions.join_union(tx, *wrong)


def _values(value: int) -> dict[str, ValueInput]:
    return {
        indicator.code: ValueInput(value, "Acta", TODAY - dt.timedelta(days=30))
        for indicator in for_scope("producer")
    }
