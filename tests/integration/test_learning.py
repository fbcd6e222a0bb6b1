"""From a house's answers to a model, and from the model to its runs; nobody else's answers, nobody else's runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.clock import Clock
from broker.database import make_engine
from broker.demo.load import BROKER, BUYER
from broker.errors import Conflict, NotAllowed, RuleBroken
from broker.jobs.models import Job
from broker.jobs.worker import work_once
from broker.matchmaking import learning, runs, suggestions
from broker.matchmaking.answers import history_of, tally
from broker.matchmaking.compute import compute
from broker.matchmaking.inputs import collect
from broker.matchmaking.learning_view import learning_of
from broker.matchmaking.models import LearnedModel, MatchingRun, Suggestion
from broker.transaction import Transaction, transaction
from matching.learning import AcceptanceModel
from matching.policy import Policy
from tests.factories.answers import COINS, PAYMENT_RULES, past
from tests.factories.market import matched, person

T = TypeVar("T")


class House:
    """A broker house of the demonstration with its worker."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock, self.broker = engine, clock, person(engine, BROKER)
        assert self.broker.organization_id is not None
        self.id = self.broker.organization_id

    def do(self, verb: Callable[[Transaction], T]) -> T:
        with transaction(self.engine, self.broker, self.clock) as tx:
            return verb(tx)

    def work(self) -> None:
        with TemporaryDirectory() as mail:
            while work_once(self.engine, self.clock, {"mail_dir": mail}):
                pass

    def learn(self) -> LearnedModel:
        self.do(learning.order)
        self.work()
        return self.newest()

    def newest(self) -> LearnedModel:
        with Session(self.engine) as session:
            row = learning.newest_model(session, self.id)
            assert row is not None
            return row

    def run(self) -> MatchingRun:
        started = self.do(runs.start)
        self.work()
        with Session(self.engine) as session:
            return session.get_one(MatchingRun, started.id)

    def has_past(self, answers: int, pull: tuple[float, ...] = PAYMENT_RULES, seed: int = 1) -> None:
        past(self.engine, self.id, answers, self.clock(), pull=pull, seed=seed)

    def jobs(self) -> int:
        with Session(self.engine) as session:
            query = select(func.count()).select_from(Job).where(Job.kind == "learn")
            return session.scalar(query) or 0


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    engine = make_engine(database_url)
    yield House(engine, matched(engine))
    engine.dispose()


@pytest.fixture
def one_house(sqlite_url: str) -> Iterator[House]:
    """The same for rules that no database changes."""
    engine = make_engine(sqlite_url)
    yield House(engine, matched(engine))
    engine.dispose()


def test_a_house_learns_and_its_runs_use_it(house: House) -> None:
    before = house.run()
    house.has_past(200)
    row = house.learn()
    assert (row.state, row.parameters["answers"], row.backtest["better"]) == ("on", 200, True)
    after, again = house.run(), house.run()
    assert "acceptance_model" not in before.stats
    assert after.stats["acceptance_model"] == row.version
    assert after.snapshot_hash != before.snapshot_hash
    assert after.snapshot_hash == again.snapshot_hash
    assert after.value_usd == pytest.approx(before.value_usd, rel=1e-3)
    with Session(house.engine) as session:
        assert learning.model_in_force(session, house.id) == AcceptanceModel.from_dict(row.parameters)


def test_a_run_is_replayed_with_the_model_it_names(house: House) -> None:
    house.has_past(200)
    house.learn()
    run = house.run()
    with Session(house.engine) as session:
        query = select(LearnedModel).where(LearnedModel.version == run.stats["acceptance_model"])
        model = AcceptanceModel.from_dict(session.scalars(query).one().parameters)
        inputs = collect(session, house.id, house.clock().date())
        session.expunge_all()
    replayed = compute(inputs, Policy.from_dict(run.policy), seed=run.seed, acceptance=model)
    assert (replayed.snapshot.sha256, replayed.value) == (run.snapshot_hash, run.value_usd)
    with Session(house.engine) as session:
        query = select(Suggestion.need_id, Suggestion.capacity_id, Suggestion.total_kg)
        found = session.execute(query.where(Suggestion.run_id == run.id, Suggestion.state == "generated"))
        stored = sorted(map(tuple, found))
    pairs = [pair for need in replayed.needs for pair in need.pairs if pair.kind == "chosen"]
    assert sorted((pair.need.id, pair.capacity.id, pair.total) for pair in pairs) == stored


def test_coins_stay_off(one_house: House) -> None:
    one_house.has_past(120, COINS)
    row = one_house.learn()
    assert (row.state, row.backtest["better"]) == ("off", False)
    assert "acceptance_model" not in one_house.run().stats
    with pytest.raises(RuleBroken, match="model_not_better"):
        one_house.do(lambda tx: learning.switch(tx, True))


def test_learning_waits_for_enough_answers_of_both_kinds(one_house: House) -> None:
    with pytest.raises(RuleBroken, match="answers_few"):
        one_house.do(learning.order)
    one_house.has_past(70, (-40.0,) * 6, seed=5)
    with Session(one_house.engine) as session:
        ids = list(session.scalars(select(Suggestion.id).where(Suggestion.state == "converted")))
        for suggestion in session.scalars(select(Suggestion).where(Suggestion.id.in_(ids[14:]))):
            suggestion.state, suggestion.declined_by, suggestion.decline_reason = "declined", "buyer", "price"
        session.commit()
    with pytest.raises(RuleBroken, match="answers_alike"):
        one_house.do(learning.order)


def test_what_the_house_switches_off_stays_off_when_it_learns_anew(house: House) -> None:
    house.has_past(200)
    first = house.learn()
    house.do(lambda tx: learning.switch(tx, False))
    assert "acceptance_model" not in house.run().stats
    house.has_past(30, seed=2)
    second = house.learn()
    assert second.version != first.version
    assert (second.state, second.held, second.backtest["better"]) == ("off", True, True)
    house.do(lambda tx: learning.switch(tx, True))
    assert (house.newest().state, house.newest().held) == ("on", False)
    assert house.run().stats["acceptance_model"] == second.version


def test_one_model_of_a_house_is_on_and_since_when_it_was(one_house: House) -> None:
    one_house.has_past(200)
    first = one_house.learn()
    one_house.has_past(30, seed=2)
    second = one_house.learn()
    assert second.state == "on" and second.state_since == first.state_since
    with Session(one_house.engine) as session:
        states = session.execute(select(LearnedModel.version, LearnedModel.state)).all()
    assert sorted(map(tuple, states)) == sorted([(first.version, "off"), (second.version, "on")])


def test_the_same_answers_leave_one_row(one_house: House) -> None:
    one_house.has_past(80)
    first, second = one_house.learn(), one_house.learn()
    assert (first.id, first.version, first.parameters) == (second.id, second.version, second.parameters)


def test_twenty_new_answers_order_a_learning_by_themselves(house: House) -> None:
    house.has_past(59)
    with Session(house.engine) as session:
        query = select(Suggestion.id).where(Suggestion.state == "generated").order_by(Suggestion.id)
        ids = list(session.scalars(query.limit(3)))
    house.do(lambda tx: suggestions.decline(tx, ids[0], "price"))
    assert house.jobs() == 1
    house.do(lambda tx: suggestions.decline(tx, ids[1], "price"))
    assert house.jobs() == 1, "one is under way"
    house.work()
    assert house.newest().parameters["answers"] == 61
    house.do(lambda tx: suggestions.decline(tx, ids[2], "price"))
    assert house.jobs() == 1, "one answer is not twenty"


def test_a_second_order_waits_for_the_first(one_house: House) -> None:
    one_house.has_past(80)
    one_house.do(learning.order)
    with pytest.raises(Conflict, match="learning_under_way"):
        one_house.do(learning.order)


def test_only_a_broker_orders_and_every_write_is_on_record(one_house: House) -> None:
    one_house.has_past(200)
    with (
        pytest.raises(NotAllowed),
        transaction(one_house.engine, person(one_house.engine, BUYER), one_house.clock) as tx,
    ):
        learning.order(tx)
    one_house.learn()
    one_house.do(lambda tx: learning.switch(tx, False))
    one_house.do(lambda tx: learning.switch(tx, True))
    with Session(one_house.engine) as session:
        query = select(AuditEntry.verb, AuditEntry.owner_id).where(AuditEntry.verb.like("learning.%"))
        found = session.execute(query.order_by(AuditEntry.id)).all()
    verbs = ["ordered", "learned", "switched_off", "switched_on"]
    assert [tuple(row) for row in found] == [(f"learning.{verb}", one_house.id) for verb in verbs]


def test_the_history_is_what_was_answered_in_the_order_of_the_answers(one_house: House) -> None:
    one_house.has_past(40, seed=3)
    with Session(one_house.engine) as session:
        history, counts = history_of(session, one_house.id), tally(session, one_house.id)
        assert (len(history), history.yes) == (counts.answers, counts.accepted) == (40, counts.accepted)
        assert (np.diff(history.in_time_order().answered) == 3600).all()
        assert counts.said_no == {"buyer": 0, "producer": counts.declined, "broker": 0}
        assert counts.said_yes == {"buyer": 40, "producer": counts.accepted}
        assert counts.reasons == {"payment": counts.declined}


def test_another_house_has_learned_nothing(one_house: House) -> None:
    one_house.has_past(200)
    one_house.learn()
    with Session(one_house.engine) as session:
        stranger = person(one_house.engine, BUYER)
        assert stranger.organization_id is not None
        assert len(history_of(session, stranger.organization_id)) == 0
        view = learning_of(session, stranger)
        assert (view.tally.answers, view.stored, view.job, view.status) == (0, None, "", "few")
        assert learning.model_in_force(session, stranger.organization_id) is None


def test_suggestions_keep_the_values_of_their_features(one_house: House) -> None:
    """What a run stores today can be learned from tomorrow."""
    with Session(one_house.engine) as session:
        for suggestion in session.scalars(select(Suggestion)):
            for term in suggestion.explanation["terms"]:
                assert term["points"] == pytest.approx(term["value"] * term["weight"], abs=0.1)


def test_a_model_of_other_features_is_no_longer_used(one_house: House) -> None:
    """When a scoring feature is added, a run must not ask a model that does not know it."""
    one_house.has_past(200)
    row = one_house.learn()
    with Session(one_house.engine) as session:
        stored = session.get_one(LearnedModel, row.id)
        stored.parameters = stored.parameters | {"features": ["spec"]}
        session.commit()
        assert learning.model_in_force(session, one_house.id) is None
        assert learning_of(session, one_house.broker).status == "untrained"
    assert "acceptance_model" not in one_house.run().stats
