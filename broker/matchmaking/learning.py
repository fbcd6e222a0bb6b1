"""What a broker house has learned from its answers: ordered, proved against the past, switched on and off.

A model belongs to one house, knows nothing but that house's suggestions, and is used by that house's runs alone.
"""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from broker.errors import Conflict, RuleBroken
from broker.events import on
from broker.jobs.models import Job
from broker.jobs.worker import JobContext, handles
from broker.matchmaking.answers import ANSWERED, history_of, tally
from broker.matchmaking.events import SuggestionAnswered
from broker.matchmaking.models import LearnedModel, Suggestion
from broker.parties.actor import SYSTEM
from broker.parties.permissions import require_kind
from broker.transaction import Transaction, transaction
from matching.features import FEATURES
from matching.learning import (
    LEAST_ANSWERS,
    LEAST_OF_EACH,
    AcceptanceModel,
    Backtest,
    backtest,
    enough,
    fit,
)

LEARN_EVERY = 20
"""After so many new answers a house's model is learned anew by itself."""
SEED = 0


def order(tx: Transaction) -> Job:
    """Have the house's model learned anew; a worker does it.

    Raises RuleBroken('answers_few' | 'answers_alike') and Conflict('learning_under_way').
    """
    broker_id = require_kind(tx.actor, "broker")
    known = tally(tx.session, broker_id)
    if known.answers < LEAST_ANSWERS:
        raise RuleBroken("answers_few", answers=known.answers, least=LEAST_ANSWERS)
    if not enough(known.answers, known.accepted):
        raise RuleBroken("answers_alike", least=LEAST_OF_EACH)
    last = last_job(tx.session, broker_id)
    if last is not None and last.state in ("waiting", "running"):
        raise Conflict("learning_under_way")
    job = tx.enqueue("learn", {"broker": broker_id})
    tx.record("learning.ordered", "organization", broker_id, broker_id)
    return job


def switch(tx: Transaction, wanted: bool) -> LearnedModel:
    """Switch the house's model off, also for those learned later, or let it be used again once it has proved itself.

    Raises RuleBroken('model_missing'), and RuleBroken('model_not_better') where nothing but the proof is lacking.
    """
    broker_id = require_kind(tx.actor, "broker")
    row = newest_model(tx.session, broker_id, lock=True)
    if row is None:
        raise RuleBroken("model_missing")
    better = Backtest.from_dict(row.backtest).better
    if wanted and not better and not row.held:
        raise RuleBroken("model_not_better")
    row.held = row.held and not wanted
    _set_state(tx, row, "on" if wanted and better else "off")
    row.held = not wanted
    verb = "learning.switched_on" if wanted else "learning.switched_off"
    tx.record(verb, "acceptance_model", row.id, broker_id, version=row.version)
    return row


def model_in_force(session: Session, broker_id: int) -> AcceptanceModel | None:
    """The model that the house's runs use now, if one is on and speaks of the features of today."""
    row = newest_model(session, broker_id)
    return AcceptanceModel.from_dict(row.parameters) if row is not None and row.state == "on" else None


def newest_model(session: Session, broker_id: int, *, lock: bool = False) -> LearnedModel | None:
    """The house's last model, on or off; None when it was learned from other features than today's."""
    row = _last_row(session, broker_id, lock=lock)
    of_today = [feature.name for feature in FEATURES]
    return row if row is not None and row.parameters["features"] == of_today else None


def last_job(session: Session, broker_id: int) -> Job | None:
    """The last learning that was ordered for the house."""
    last = select(func.max(Job.id)).where(
        Job.kind == "learn", Job.payload["broker"].as_integer() == broker_id
    )
    return session.scalar(select(Job).where(Job.id == last.scalar_subquery()))


@handles("learn")
def learn(context: JobContext) -> None:
    """Learn and back-test outside any transaction; model, state and the end of the job are one commit. Done twice on
    the same answers it leaves the same one row."""
    broker_id: int = context.payload["broker"]
    with Session(context.engine) as session:
        history = history_of(session, broker_id)
    learned = None
    if enough(len(history), history.yes):
        learned = fit(history, SEED), backtest(history, SEED)
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        context.finish(tx)
        if learned is not None:
            _store(tx, broker_id, *learned)


def _last_row(session: Session, broker_id: int, *, lock: bool) -> LearnedModel | None:
    query = (
        select(LearnedModel)
        .where(LearnedModel.broker_id == broker_id)
        .order_by(LearnedModel.created_at.desc(), LearnedModel.id.desc())
        .limit(1)
    )
    return session.scalar(query.with_for_update() if lock else query)


def _store(tx: Transaction, broker_id: int, model: AcceptanceModel, proof: Backtest) -> None:
    """The new model, on when it has proved itself and the house has not switched learning off."""
    before = _last_row(tx.session, broker_id, lock=True)
    same = select(LearnedModel).where(
        LearnedModel.broker_id == broker_id, LearnedModel.version == model.version
    )
    row = tx.session.scalar(same)
    if row is None:
        row = LearnedModel(
            broker_id=broker_id,
            version=model.version,
            created_at=tx.now,
            parameters=model.as_dict(),
            backtest={},
            state_since=before.state_since if before and before.state == "off" else tx.now,
        )
        tx.session.add(row)
        tx.session.flush()
    row.created_at, row.backtest = tx.now, proof.as_dict()
    row.held = before is not None and before.held
    since = before.state_since if before is not None and before.state == "on" else None
    _set_state(tx, row, "on" if proof.better and not row.held else "off")
    if row.state == "on" and since is not None:
        row.state_since = since
    tx.record("learning.learned", "acceptance_model", row.id, broker_id, version=row.version, state=row.state)


def _set_state(tx: Transaction, row: LearnedModel, state: str) -> None:
    """At most one model of a house is on; the others go off first, because the database holds it too."""
    tx.session.execute(
        update(LearnedModel)
        .where(LearnedModel.broker_id == row.broker_id, LearnedModel.id != row.id, LearnedModel.state == "on")
        .values(state="off", state_since=tx.now)
    )
    if row.state != state:
        row.state, row.state_since = state, tx.now
    tx.session.flush()


@on(SuggestionAnswered)
def _answered(tx: Transaction, event: SuggestionAnswered) -> None:
    """Enough new answers order a new learning by themselves."""
    suggestion = tx.session.get_one(Suggestion, event.suggestion_id)
    if suggestion.state not in ANSWERED:
        return
    broker_id = suggestion.broker_id
    counts, row = tally(tx.session, broker_id), newest_model(tx.session, broker_id)
    known = 0 if row is None else int(row.parameters["answers"])
    if not enough(counts.answers, counts.accepted) or counts.answers - known < LEARN_EVERY:
        return
    last = last_job(tx.session, broker_id)
    if last is None or last.state not in ("waiting", "running"):
        tx.enqueue("learn", {"broker": broker_id})
