"""Where independent pieces of work are done: in this process, or in several by joblib.

joblib's own processes (loky) are the default. Inside ``joblib.parallel_config(backend="dask")`` the same call runs on
the workers of a Dask cluster, by futures of the cluster's own: joblib's Dask backend places the arguments on one worker
beforehand, and when that worker is killed its tasks neither end nor fail (seen with joblib 1.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
Task = tuple[Callable[..., T], dict[str, Any]]

TRIES = 3
"""How often work is given out again after a worker died under it."""


LOST = ("TerminatedWorkerError", "BrokenProcessPool", "KilledWorker", "FutureCancelledError")
"""What loky and Dask raise then, by name: neither need be installed."""


@dataclass(frozen=True)
class Pool:
    """``workers`` processes; with one, everything happens here."""

    workers: int = 1

    def run(self, tasks: Iterable[Task[T]]) -> Iterator[T]:
        """The answers in the order of the tasks, each as soon as it and those before it are there."""
        waiting = list(tasks)
        if self.workers <= 1 or len(waiting) < 2:
            yield from (work(**arguments) for work, arguments in waiting)
            return
        done = 0
        for attempt in range(TRIES):
            try:
                for answer in self._everywhere(waiting[done:]):
                    done += 1
                    yield answer
                return
            except Exception as error:
                if attempt == TRIES - 1 or not _died(error):
                    raise

    def _everywhere(self, tasks: list[Task[T]]) -> Iterator[T]:
        # Loaded here: only callers who ask for several processes pay for it.
        from joblib import Parallel, delayed
        from joblib.parallel import get_active_backend

        cluster = getattr(get_active_backend()[0], "client", None)
        if cluster is not None:
            yield from _on_cluster(cluster, tasks)
            return
        answers: Iterator[T] = Parallel(n_jobs=self.workers, return_as="generator")(
            delayed(work)(**arguments) for work, arguments in tasks
        )
        yield from answers


def _on_cluster(client: Any, tasks: list[Task[T]]) -> Iterator[T]:
    """The arguments travel within the task, so that the scheduler can give it to another worker."""
    futures = [client.submit(partial(work, **arguments), pure=False) for work, arguments in tasks]
    try:
        for future in futures:
            yield future.result()
    finally:
        client.cancel(futures)


def _died(error: Exception) -> bool:
    """Whether a worker was lost, not the work wrong."""
    return type(error).__name__ in LOST
