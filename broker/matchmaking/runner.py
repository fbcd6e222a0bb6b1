"""The job that carries out a run: read, solve outside any transaction, write everything in one commit."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from broker.jobs.worker import JobContext, handles, on_giving_up
from broker.matchmaking.compute import Outcome, compute
from broker.matchmaking.findings import NeedFinding, PairFinding
from broker.matchmaking.inputs import collect
from broker.matchmaking.learning import model_in_force
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.matchmaking.transitions import SUGGESTION
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
    with Session(context.engine) as session:
        inputs = collect(session, broker_id, context.clock().date())
        learned = model_in_force(session, broker_id)
        session.expunge_all()
    outcome = compute(inputs, policy, seed=seed, report=_Progress(context, run_id), acceptance=learned)
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
    session = tx.session
    for kind in (NeedResult, Candidate):
        session.execute(delete(kind).where(kind.run_id == run.id))
    _supersede(tx, run)
    for finding in outcome.needs:
        session.add(_need_result(run, finding))
        for pair in finding.pairs:
            session.add(_candidate(run, pair))
            if pair.kind == "chosen":
                session.add(_suggestion(tx, run, finding, pair))
    run.stage, run.progress_pct = "done", 100
    run.snapshot_hash, run.status = outcome.snapshot.sha256, outcome.status
    run.value_usd, run.bound_usd, run.gap = outcome.value, outcome.bound, outcome.gap
    run.stats = outcome.stats


def _supersede(tx: Transaction, run: MatchingRun) -> None:
    """Suggestions of earlier runs that nobody has taken up give way to the new plan."""
    query = select(Suggestion).where(Suggestion.broker_id == run.broker_id, Suggestion.state == "generated")
    for suggestion in tx.session.scalars(query.order_by(Suggestion.id).with_for_update()):
        SUGGESTION.move(suggestion, "go_stale", "system")
    tx.session.flush()


def _need_result(run: MatchingRun, finding: NeedFinding) -> NeedResult:
    return NeedResult(
        run_id=run.id,
        need_id=finding.need.id,
        need_version=finding.need.version,
        planned_kg=finding.planned,
        total_kg=finding.wanted,
        per_period=[
            {
                "start": p.start.isoformat(),
                "end": p.end.isoformat(),
                "wanted": str(p.wanted),
                "planned": str(p.planned),
            }
            for p in finding.periods
        ],
        summary={
            "covered_pct": str(finding.covered_pct),
            "reasons": list(finding.reasons),
            "relaxations": list(finding.relaxations),
            "standby": list(finding.standby),
            "payment_curve": [list(point) for point in finding.payment_curve],
            "unlisted": finding.unlisted,
        },
    )


def pair_details(pair: PairFinding) -> dict[str, Any]:
    """The explanation of a pair as it is kept; both ends of the corridor are in it, so only the broker reads it."""
    return {
        "offered_kg": str(pair.offered),
        "km": None if pair.km is None else str(pair.km),
        "freight": pair.freight.points,
        "landed": pair.landed and pair.landed.points,
        "low": pair.low and pair.low.points,
        "high": pair.high and pair.high.points,
        "proposed": pair.proposed and pair.proposed.points,
        "currency": pair.need.currency,
        "periods": [str(kg) for kg in pair.periods],
        "terms": list(pair.terms),
        "closed": [gate.as_dict() for gate in pair.closed],
        "reliance": pair.reliance,
        "why": pair.why,
    }


def _candidate(run: MatchingRun, pair: PairFinding) -> Candidate:
    return Candidate(
        run_id=run.id,
        need_id=pair.need.id,
        capacity_id=pair.capacity.id,
        kind=pair.kind,
        quantity_kg=pair.total,
        score=None if pair.score is None else float(pair.score),
        pair=pair_details(pair),
    )


def _suggestion(tx: Transaction, run: MatchingRun, finding: NeedFinding, pair: PairFinding) -> Suggestion:
    assert pair.low and pair.high and pair.proposed and pair.score is not None
    return Suggestion(
        run_id=run.id,
        broker_id=run.broker_id,
        need_id=pair.need.id,
        capacity_id=pair.capacity.id,
        need_version=pair.need.version,
        capacity_version=pair.capacity.version,
        periods=[
            {"start": p.start.isoformat(), "end": p.end.isoformat(), "kg": str(kg)}
            for p, kg in zip(finding.periods, pair.periods, strict=True)
        ],
        total_kg=pair.total,
        price_low=pair.low.points,
        price_high=pair.high.points,
        price_proposed=pair.proposed.points,
        freight=pair.freight.points,
        currency=pair.need.currency,
        score=float(pair.score),
        explanation={"terms": list(pair.terms), "why": pair.why, "reliance": pair.reliance},
        created_at=tx.now,
    )
