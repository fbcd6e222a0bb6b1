"""Ordering and cancelling matching runs."""

from __future__ import annotations

from sqlalchemy import select

from broker.errors import Conflict, NotFound, RuleBroken
from broker.jobs.models import Job
from broker.listings.models import Need
from broker.listings.queries import OPEN_NEEDS
from broker.matchmaking.models import MatchingRun
from broker.parties.permissions import require_kind
from broker.transaction import Transaction
from matching.policy import Policy

UNDER_WAY = ("queued", "running")


def start(tx: Transaction, policy: Policy | None = None, *, seed: int = 0) -> MatchingRun:
    """Order a run over the broker's market; a worker does it. One at a time for each broker house.

    Raises RuleBroken('no_clients' | 'market_empty') and Conflict('run_under_way').
    """
    broker_id = require_kind(tx.actor, "broker")
    if not tx.actor.clients:
        raise RuleBroken("no_clients")
    open_need = (
        select(Need.id).where(Need.buyer_id.in_(tx.actor.clients), Need.state.in_(OPEN_NEEDS)).limit(1)
    )
    if tx.session.scalar(open_need) is None:
        raise RuleBroken("market_empty")
    busy = select(MatchingRun.id).where(
        MatchingRun.broker_id == broker_id, MatchingRun.need_id.is_(None), MatchingRun.state.in_(UNDER_WAY)
    )
    if tx.session.scalar(busy) is not None:
        raise Conflict("run_under_way")
    run = MatchingRun(
        broker_id=broker_id,
        policy=(policy or Policy()).as_dict(),
        seed=seed,
        created_by_id=tx.actor.user_id,
        created_at=tx.now,
    )
    tx.session.add(run)
    tx.session.flush()
    run.job_id = tx.enqueue("matching_run", {"run": run.id}).id
    tx.record("run.ordered", "matching_run", run.id, broker_id)
    return run


def cancel(tx: Transaction, run_id: int) -> MatchingRun:
    """Ask a run to stop; one that has not begun stops at once. Raises Conflict when it has ended already."""
    broker_id = require_kind(tx.actor, "broker")
    run = tx.session.get(MatchingRun, run_id, with_for_update=True)
    if run is None or run.broker_id != broker_id:
        raise NotFound("not_found")
    if run.state not in UNDER_WAY:
        raise Conflict("state_moved_on", subject="run", state=run.state, action="cancel")
    run.cancel_requested = True
    job = tx.session.get_one(Job, run.job_id, with_for_update=True)
    if job.state == "waiting":
        job.state, run.state, run.finished_at = "cancelled", "cancelled", tx.now
    tx.record("run.cancelled", "matching_run", run.id, broker_id)
    return run
