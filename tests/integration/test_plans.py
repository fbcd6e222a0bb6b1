"""What if: one need solved under other wishes, its answer kept, discarded, taken back; nothing under way is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.clock import FixedClock
from broker.database import make_engine
from broker.demo import load
from broker.errors import Conflict, NotFound, RuleBroken
from broker.jobs.worker import work_once
from broker.listings.models import Capacity, Need
from broker.matchmaking import plans, queries, runs, suggestions
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.matchmaking.questions import send_question
from broker.matchmaking.wishes import Wishes
from broker.notifications.models import Message
from broker.parties.actor import Actor
from broker.transaction import transaction
from tests.factories.market import MOMENT, capacity_id, matched, need_id, person
from tests.support.database import Store


@dataclass(frozen=True)
class Desk:
    """The broker of the demonstration market at one of its needs."""

    engine: Engine
    clock: FixedClock
    broker: Actor
    need: int

    def ask(self, wishes: Wishes | None = None) -> int:
        """Ask, let the worker answer, and give the run."""
        with transaction(self.engine, self.broker, self.clock) as tx:
            run = plans.ask(tx, self.need, wishes or Wishes()).id
        while work_once(self.engine, self.clock):
            pass
        return run

    def keep(self, run: int) -> None:
        self.clock.forward(minutes=1)
        with transaction(self.engine, self.broker, self.clock) as tx:
            plans.keep(tx, self.need, run)

    def plan(self, run: int) -> dict[str, Decimal]:
        """kg over the whole window by the reference of each capacity in the plan of a run."""
        with Session(self.engine) as session:
            query = (
                select(Capacity.reference, Candidate.quantity_kg)
                .join(Candidate.capacity)
                .where(Candidate.run_id == run, Candidate.need_id == self.need, Candidate.kind == "chosen")
            )
            return {row.reference: row.quantity_kg for row in session.execute(query)}

    def suggested(self, *states: str) -> dict[str, Decimal]:
        with Session(self.engine) as session:
            query = select(Suggestion).where(Suggestion.need_id == self.need, Suggestion.state.in_(states))
            return {one.capacity.reference: one.total_kg for one in session.scalars(query)}

    def in_force(self) -> int:
        with Session(self.engine) as session:
            run, _ = queries.latest_result(session, self.broker, self.need)
            assert run is not None
            return run.id

    def result(self, run: int) -> NeedResult:
        with Session(self.engine) as session:
            query = select(NeedResult).where(NeedResult.run_id == run, NeedResult.need_id == self.need)
            return session.scalars(query).one()


@pytest.fixture(scope="module")
def matched_markets() -> dict[str, str]:
    """The address of a matched market on each kind of database, copied for each test."""
    return {}


@pytest.fixture
def desk(
    database_kind: str, stores: Callable[[str], Store], matched_markets: dict[str, str]
) -> Iterator[Desk]:
    store = stores(database_kind)
    if database_kind not in matched_markets:
        url = matched_markets[database_kind] = store.fresh()
        engine = make_engine(url)
        matched(engine)
        engine.dispose()
    url = store.copy(matched_markets[database_kind])
    engine = make_engine(url)
    yield Desk(engine, FixedClock(MOMENT), person(engine, load.BROKER), need_id(engine, "B01"))
    engine.dispose()
    store.drop(url)


def test_an_answer_becomes_the_plan_and_an_earlier_plan_comes_back(desk: Desk) -> None:
    market = desk.in_force()
    before = desk.plan(market)
    assert set(before) == {"P01", "P02", "P03", "P05", "P06"}
    # Without wishes the answer is the plan that stands, and asking suggests nothing.
    assert desk.plan(desk.ask()) == before
    capped = capacity_id(desk.engine, "P01")
    wishes = Wishes(exclusions=(capacity_id(desk.engine, "P06"),), caps={capped: Decimal(14000)})
    asked = desk.ask(wishes)
    assert desk.in_force() == market and desk.suggested("generated") == before
    after = desk.plan(asked)
    assert set(after) == {"P01", "P02", "P03", "P05"} and after["P01"] == 26 * Decimal(14000)
    assert desk.result(asked).planned_kg == sum(after.values())
    for _ in range(2):
        desk.keep(asked)
    assert desk.in_force() == asked
    assert desk.suggested("generated") == after
    assert desk.suggested("stale") == before
    with Session(desk.engine) as session:
        [kept, first] = plans.versions(session, desk.broker, desk.need)
        assert (kept.run.id, kept.in_force, kept.wishes, kept.asked_by) == (
            asked,
            True,
            wishes,
            "Andrés Quintero",
        )
        assert (first.run.id, first.in_force, first.kept) == (market, False, True)
        [row] = [row for row in queries.coverage_board(session, desk.broker) if row.need.id == desk.need]
        assert row.planned_pct == 100 * sum(after.values()) / row.need.total_kg
    desk.keep(market)
    assert desk.in_force() == market and desk.suggested("generated") == before
    # The next run of the market plans anew, for this need too.
    with transaction(desk.engine, desk.broker, desk.clock) as tx:
        newest = runs.start(tx).id
    while work_once(desk.engine, desk.clock):
        pass
    assert desk.in_force() == newest


def test_what_is_under_way_counts_and_is_left_alone(desk: Desk) -> None:
    before = desk.suggested("generated")
    with transaction(desk.engine, desk.broker, desk.clock) as tx:
        [first] = tx.session.scalars(
            select(Suggestion.id).where(
                Suggestion.need_id == desk.need, Suggestion.capacity_id == capacity_id(desk.engine, "P01")
            )
        )
        suggestions.shortlist(tx, first)
        suggestions.send(tx, [first])
    asked = desk.ask(Wishes(exclusions=(capacity_id(desk.engine, "P06"),)))
    assert desk.plan(asked)["P01"] == before["P01"]
    assert "P06" not in desk.plan(asked)
    desk.keep(asked)
    assert desk.suggested("sent") == {"P01": before["P01"]}
    assert set(desk.suggested("generated")) == set(desk.plan(asked)) - {"P01"}
    with Session(desk.engine) as session:
        sent = session.get_one(Suggestion, first)
        assert sent.plan_run_id == asked != sent.run_id


def test_what_cannot_be_kept_says_why(desk: Desk) -> None:
    market = desk.in_force()
    # Who waits 15 days is one organization, and the need asks for three.
    late = desk.ask(Wishes(payment_days=15))
    assert desk.plan(late) == {}
    assert "min_suppliers" in {reason["code"] for reason in desk.result(late).summary["reasons"]}
    _refused(desk, late, "plan_empty")
    unready = capacity_id(desk.engine, "P04")
    fixed = desk.ask(Wishes(pins=(unready,)))
    assert desk.result(fixed).summary["notes"] == [{"code": "pin_closed", "capacity": unready}]
    _refused(desk, fixed, "plan_infeasible")
    _refused(desk, desk.ask(Wishes(min_suppliers=2)), "plan_needs_other_terms")
    good = desk.ask()
    with transaction(desk.engine, desk.broker, desk.clock) as tx:
        plans.discard(tx, desk.need, good)
    with Session(desk.engine) as session:
        assert [one.run.id for one in plans.versions(session, desk.broker, desk.need)] == [market]
        need = session.get_one(Need, desk.need)
        assert (need.payment_days, need.min_suppliers, need.covered_kg) == (8, 3, 0)
        need.description = "Otra cosa."
        session.commit()
    _refused(desk, good, "plan_out_of_date")
    with transaction(desk.engine, desk.broker, desk.clock) as tx:
        waiting = plans.ask(tx, desk.need, Wishes()).id
        assert plans.ask(tx, desk.need, Wishes()).id == waiting
        with pytest.raises(Conflict, match="run_under_way"):
            plans.ask(tx, desk.need, Wishes(radius_km=Decimal(50)))
        runs.cancel(tx, waiting)
        assert tx.session.get_one(MatchingRun, waiting).state == "cancelled"
    stranger = replace(desk.broker, clients=frozenset())
    with transaction(desk.engine, stranger, desk.clock) as tx, pytest.raises(NotFound):
        plans.ask(tx, desk.need, Wishes())
    assert desk.in_force() == market


def test_a_question_is_mailed_once_a_day_and_to_clients_only(desk: Desk) -> None:
    need = need_id(desk.engine, "B09")
    with Session(desk.engine) as session:
        buyer = session.get_one(Need, need).buyer_id
    for _ in range(2):
        with transaction(desk.engine, desk.broker, desk.clock) as tx:
            assert send_question(tx, need, buyer, "payment_days", "Una pregunta", "¿Pagaría a 20 días?") == 1
    with Session(desk.engine) as session:
        [mail] = session.scalars(select(Message).where(Message.body == "¿Pagaría a 20 días?"))
        assert mail.to_address == "b09@demo.example"
    with transaction(desk.engine, desk.broker, desk.clock) as tx:
        with pytest.raises(RuleBroken, match="required"):
            send_question(tx, need, buyer, "payment_days", "Una pregunta", "  ")
        with pytest.raises(NotFound):
            send_question(tx, need, desk.broker.organization_id or 0, "payment_days", "Una pregunta", "?")


def _refused(desk: Desk, run: int, code: str) -> None:
    with pytest.raises((RuleBroken, Conflict), match=code):
        desk.keep(run)
