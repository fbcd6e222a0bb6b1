"""Workers claim jobs by a lease. A killed worker's lease runs out and another takes the job; the token fences the
first one off, so a job's result is written exactly once."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, or_, select, update
from sqlalchemy.engine import CursorResult

from broker.clock import Clock, system_clock
from broker.jobs.models import Job
from broker.parties.actor import SYSTEM
from broker.transaction import Transaction, transaction

LEASE = dt.timedelta(seconds=15)
HEARTBEAT_SECONDS = 4.0
MOST_ATTEMPTS = 5
log = logging.getLogger("alianza.worker")


class LeaseLost(Exception):
    """Another worker has the job now; what this one did must not be written."""


@dataclass(frozen=True)
class JobContext:
    """What a handler gets: the database, the clock, its payload, and the proof that it still holds the job."""

    engine: Engine
    clock: Clock
    job_id: int
    token: str
    payload: dict[str, Any]
    settings: dict[str, str]

    def finish(self, tx: Transaction, state: str = "done") -> None:
        """End the job in the transaction that writes its result. Raises LeaseLost when it is no longer ours."""
        ended = tx.session.execute(
            update(Job)
            .where(Job.id == self.job_id, Job.token == self.token, Job.state == "running")
            .values(state=state, lease_until=None)
        )
        if _rowcount(ended) != 1:
            raise LeaseLost(f"job {self.job_id}")


Handler = Callable[[JobContext], None]
_handlers: dict[str, Handler] = {}
_given_up: dict[str, Callable[[Transaction, dict[str, Any], str], None]] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job. It calls `context.finish` in its last transaction."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def on_giving_up(kind: str, react: Callable[[Transaction, dict[str, Any], str], None]) -> None:
    """Register what happens, in the same commit, when a job of this kind has failed for good."""
    _given_up[kind] = react


def claim(
    engine: Engine, clock: Clock = system_clock, settings: dict[str, str] | None = None
) -> JobContext | None:
    """Take the next job that is due, or whose lease has run out. None when there is nothing to do."""
    with transaction(engine, SYSTEM, clock) as tx:
        due = or_(
            and_(Job.state == "waiting", Job.run_at <= tx.now),
            and_(Job.state == "running", Job.lease_until < tx.now),
        )
        job = tx.session.scalar(
            select(Job).where(due).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.state, job.token, job.lease_until = "running", uuid.uuid4().hex, tx.now + LEASE
        job.attempts += 1
        return JobContext(engine, clock, job.id, job.token, job.payload, settings or {})


def work_once(engine: Engine, clock: Clock = system_clock, settings: dict[str, str] | None = None) -> bool:
    """Do one job, if there is one. An error puts the job back with a growing pause, and ends it at the fifth try."""
    context = claim(engine, clock, settings)
    if context is None:
        return False
    kind = _kind_of(context)
    try:
        with _heartbeat(context):
            _handlers[kind](context)
    except LeaseLost:
        log.warning("job %s (%s) was taken over by another worker", context.job_id, kind)
    except Exception:
        log.exception("job %s (%s) failed", context.job_id, kind)
        _put_back(context, kind, traceback.format_exc(limit=8))
    return True


def work(
    engine: Engine,
    *,
    stop: threading.Event,
    timetable: Callable[[], None],
    settings: dict[str, str] | None = None,
    pause: float = 0.5,
) -> None:
    """Work until told to stop; `timetable` is called between jobs and decides itself what is due."""
    while not stop.is_set():
        # One cannot hold up the other: what fails in the timetable must not stop the jobs.
        _attempted(timetable)
        if not _attempted(lambda: work_once(engine, settings=settings)):
            stop.wait(pause)


def _attempted(step: Callable[[], bool | None]) -> bool:
    """Whether the step did something; an error of it is logged and counts as nothing done."""
    try:
        return bool(step())
    except Exception:
        log.exception("the worker could not do a step; it tries again")
        return False


def _kind_of(context: JobContext) -> str:
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        return tx.session.get_one(Job, context.job_id).kind


@contextmanager
def _heartbeat(context: JobContext) -> Iterator[None]:
    """Renew the lease while the handler works."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                with transaction(context.engine, SYSTEM, context.clock) as tx:
                    tx.session.execute(
                        update(Job)
                        .where(Job.id == context.job_id, Job.token == context.token, Job.state == "running")
                        .values(lease_until=tx.now + LEASE)
                    )
            except Exception:
                log.exception("heartbeat of job %s failed", context.job_id)

    thread = threading.Thread(target=beat, name=f"lease-{context.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _put_back(context: JobContext, kind: str, error: str) -> None:
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        job = tx.session.scalar(
            select(Job).where(Job.id == context.job_id, Job.token == context.token, Job.state == "running")
        )
        if job is None:
            return
        job.error, job.lease_until = error[-190:], None
        if job.attempts < MOST_ATTEMPTS:
            job.state, job.run_at = "waiting", tx.now + dt.timedelta(seconds=5 * 2**job.attempts)
            return
        job.state = "failed"
        if kind in _given_up:
            _given_up[kind](tx, context.payload, error)


def _rowcount(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
