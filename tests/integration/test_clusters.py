"""The same plan in one process, in joblib's and on a Dask cluster, also when a worker is killed under the work."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import joblib
import pytest

from matching.allocate import allocate, component, in_pieces
from matching.allocate.pool import Pool
from matching.generate import market
from matching.problem import AllocationProblem


@pytest.fixture(scope="module", autouse=True)
def small_pieces() -> Iterator[None]:
    """Cut where the caller is: the workers plan what they are given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(component, "WHOLE_COLUMNS", 700)
        patch.setattr(in_pieces, "PIECE_COLUMNS", 300)
        yield


@pytest.fixture(scope="module")
def problem() -> AllocationProblem:
    """A market of several pieces."""
    return market(1_500, 1, seed=3)


@pytest.fixture(scope="module")
def alone(problem: AllocationProblem) -> Any:
    return allocate(problem, time_limit=100, workers=1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of Dask on this machine; one that is killed is started anew."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from distributed import Client, LocalCluster

        made = LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        )
        with made, Client(made):
            yield made


@pytest.mark.filterwarnings("default")
def test_one_process_two_and_a_cluster_plan_the_same(
    problem: AllocationProblem, alone: Any, cluster: Any
) -> None:
    assert alone.stats["links_pieces"] > 0
    loky = allocate(problem, time_limit=100, workers=2)
    with joblib.parallel_config(backend="dask"):
        dask = allocate(problem, time_limit=100, workers=2)
    for plan in (loky, dask):
        assert plan.quantity.tobytes() == alone.quantity.tobytes()
        assert plan.bound == alone.bound


@pytest.mark.filterwarnings("default")
def test_a_killed_worker_of_a_cluster_costs_time_only(
    problem: AllocationProblem, alone: Any, cluster: Any
) -> None:
    victim = next(iter(cluster.workers.values())).process.pid
    timer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
    timer.start()
    with joblib.parallel_config(backend="dask"):
        plan = allocate(problem, time_limit=100, workers=2)
    timer.join()
    assert plan.quantity.tobytes() == alone.quantity.tobytes()


def kill_itself_once(mark: str, answer: int) -> int:
    """The first to come dies under its work."""
    if not os.path.exists(mark):
        with open(mark, "w"):
            pass
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return answer


@pytest.mark.filterwarnings("default")
def test_a_killed_process_of_a_pool_costs_time_only(tmp_path: Any) -> None:
    tasks = [(kill_itself_once, {"mark": str(tmp_path / "mark"), "answer": n}) for n in range(6)]
    assert list(Pool(2).run(tasks)) == list(range(6))
