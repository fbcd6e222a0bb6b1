"""A worker killed in the middle of a run loses nothing: another one finishes it, and its suggestions stand once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from broker.clock import system_clock
from broker.database import make_engine
from broker.demo import load
from broker.jobs.models import Job
from broker.matchmaking.models import MatchingRun, NeedResult, Suggestion
from tests.factories.market import demonstration

PATIENCE = 60.0


def test_a_killed_run_is_finished_once_by_the_next_worker(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url)
    demonstration(engine, system_clock)
    load.order_first_run(engine)
    first = _worker(database_url, tmp_path)
    _wait(lambda: _state(engine) == "running")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert _state(engine) == "running"
    assert _count(engine, Suggestion) == 0
    _let_the_lease_run_out(engine)
    second = _worker(database_url, tmp_path)
    try:
        _wait(lambda: _state(engine) == "done")
    finally:
        second.terminate()
        second.wait(30)
    with Session(engine) as session:
        job = session.scalars(select(Job).where(Job.kind == "matching_run")).one()
        assert (job.state, job.attempts) == ("done", 2)
        doubled = text(
            "SELECT count(*) FROM (SELECT need_id, capacity_id FROM suggestions"
            " GROUP BY need_id, capacity_id HAVING count(*) > 1) AS twice"
        )
        assert session.scalar(doubled) == 0
    assert _count(engine, NeedResult) == 11
    assert _count(engine, Suggestion) == 19
    engine.dispose()


def _worker(url: str, folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "ALIANZA_DATABASE_URL": url,
        "ALIANZA_DATA": str(folder),
        "ALIANZA_SECRET_KEY": "a key for tests",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", "worker"], env=environment, stderr=subprocess.DEVNULL
    )


def _let_the_lease_run_out(engine: Engine) -> None:
    """As if that time had passed."""
    with Session(engine) as session:
        held = session.scalars(select(Job).where(Job.kind == "matching_run")).one()
        assert held.lease_until is not None and held.lease_until > system_clock()
        held.lease_until = system_clock()
        session.commit()


def _state(engine: Engine) -> str:
    with Session(engine) as session:
        return session.scalars(select(MatchingRun.state)).one()


def _count(engine: Engine, kind: type) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def _wait(condition) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it took longer than a minute"
        time.sleep(0.05)
