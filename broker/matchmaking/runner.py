"""The job that carries out a run: read, solve outside any transaction, write everything in one commit."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from broker.jobs.worker import JobContext, handles, on_giving_up
from broker.matchmaking.compute import Outcome, compute
from broker.matchmaking.inputs import collect
from broker.matchmaking.learning import model_in_force
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.matchmaking.what_if import asked, live_of, with_live
from broker.matchmaking.wishes import Wishes
from broker.matchmaking.written import candidate, need_result, suggestion, supersede
from broker.parties.actor import SYSTEM
from broker.transaction import Transaction, transaction
from matching.policy import Policy

PROGRESS_EVERY_SECONDS = 0.5


@handles("matching_run")
def run_matching(context: JobContext) -> None:
    """Carry out a run. Killed at any moment it is done again from the start by another worker, and its suggestions
    stand once, because results, state and the end of the job are one commit fenced by the job's token."""
    run_id: int = context.payload["run"]
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        run = tx.session.get_one(MatchingRun, run_id)
        if run.cancel_requested:
            _end(tx, context, run, "cancelled")
            return
        run.state, run.started_at, run.stage, run.progress_pct = "running", tx.now, "snapshot", 0
        broker_id, policy, seed = run.broker_id, Policy.from_dict(run.policy), run.seed
        need_id, wishes = run.need_id, Wishes.from_dict(run.wishes or {})
    with Session(context.engine) as session:
        inputs = collect(session, broker_id, context.clock().date(), need_id)
        live = [] if need_id is None else live_of(session, need_id)
        learned = model_in_force(session, broker_id)
        session.expunge_all()
    if need_id is not None:
        inputs = asked(inputs, wishes, live)
    outcome = compute(inputs, policy, seed=seed, report=_Progress(context, run_id), acceptance=learned)
    if need_id is not None:
        outcome.needs = [with_live(finding, live) for finding in outcome.needs]
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        run = tx.session.get_one(MatchingRun, run_id, with_for_update=True)
        if outcome.stopped or run.cancel_requested:
            _end(tx, context, run, "cancelled")
            return
        _write(tx, run, outcome)
        _end(tx, context, run, "done")


def _end(tx: Transaction, context: JobContext, run: MatchingRun, state: str) -> None:
    context.finish(tx, "done" if state == "done" else "cancelled")
    run.state, run.finished_at = state, tx.now
    tx.record(f"run.{state}", "matching_run", run.id, run.broker_id, snapshot=run.snapshot_hash)


def _given_up(tx: Transaction, payload: dict[str, Any], error: str) -> None:
    run = tx.session.get_one(MatchingRun, payload["run"])
    run.state, run.error, run.finished_at = "failed", error, tx.now


on_giving_up("matching_run", _given_up)


class _Progress:
    """Writes how far the run is, not too often, and reads whether somebody wants it to stop."""

    def __init__(self, context: JobContext, run_id: int) -> None:
        self.context, self.run_id, self.last, self.stage = context, run_id, 0.0, ""

    def __call__(self, stage: str, share: float) -> bool:
        now = time.monotonic()
        if stage == self.stage and now - self.last < PROGRESS_EVERY_SECONDS:
            return True
        self.last, self.stage = now, stage
        with transaction(self.context.engine, SYSTEM, self.context.clock) as tx:
            tx.session.execute(
                update(MatchingRun)
                .where(MatchingRun.id == self.run_id, MatchingRun.state == "running")
                .values(stage=stage, progress_pct=min(99, int(100 * share)))
            )
            stop = tx.session.scalar(
                select(MatchingRun.cancel_requested).where(MatchingRun.id == self.run_id)
            )
        return not stop


def _write(tx: Transaction, run: MatchingRun, outcome: Outcome) -> None:
    """What a run of the market found is in force at once; a what-if waits until the broker keeps it."""
    session = tx.session
    for kind in (NeedResult, Candidate):
        session.execute(delete(kind).where(kind.run_id == run.id))
    if run.need_id is None:
        supersede(tx, Suggestion.broker_id == run.broker_id)
    for finding in outcome.needs:
        result = need_result(run, finding)
        session.add(result)
        found = [candidate(run, pair) for pair in finding.pairs]
        session.add_all(found)
        if run.need_id is None:
            result.in_force_at = tx.now
            session.add_all(suggestion(tx, run, result, one) for one in found if one.kind == "chosen")
    run.stage, run.progress_pct = "done", 100
    run.snapshot_hash, run.status = outcome.snapshot.sha256, outcome.status
    run.value_usd, run.bound_usd, run.gap = outcome.value, outcome.bound, outcome.gap
    run.stats = outcome.stats
