"""One piece of work in a fresh process of its own: its answer, its peak memory, and an end that it cannot overrun.

A fresh process for each, because a solver keeps threads, caches and its high-water mark for the life of a process.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

MOST_MB = 10_000.0
"""A process (with its workers) that grows beyond this many MB is ended: the machine is shared."""

WATCH_SECONDS = 0.2
LEAVE_SECONDS = 15.0
"""A process that has answered may take so long to end its workers and remove its temporary files."""


@dataclass(frozen=True)
class Measured(Generic[T]):
    """The answer or None and why; ``workers_mb`` is the most memory that its own worker processes held together."""

    answer: T | None
    workers_mb: float
    note: str


def own_peak_mb() -> float:
    """The most memory in MB that this process has held since its program began.

    Linux counts what the parent held before the new program started into ru_maxrss, so VmHWM comes first.
    """
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def waited_seconds() -> float:
    """Seconds, since the machine started, in which some process waited for a core; NaN where Linux does not say."""
    try:
        some = Path("/proc/pressure/cpu").read_text().splitlines()[0]
        return float(some.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError, IndexError):
        return float("nan")


def apart(work: Callable[[], T], allowed: float) -> Measured[T]:
    """``work()`` in a fresh process, ended with its workers after ``allowed`` seconds or beyond ``MOST_MB``.

    ``work`` must be picklable (a ``functools.partial`` of a module's function).
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, work))
    process.start()
    theirs.close()
    try:
        return _watch(process, ours, time.monotonic() + allowed)
    finally:
        _end(process)
        ours.close()


def _child(connection: Connection, work: Callable[[], Any]) -> None:
    os.setsid()
    # HiGHS greets on standard output.
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    try:
        connection.send((work(), ""))
    except MemoryError:
        connection.send((None, "out of memory"))
    except Exception as error:
        connection.send((None, f"{type(error).__name__}: {error}"))


def _watch(process: SpawnProcess, connection: Connection, deadline: float) -> Measured[Any]:
    most = 0.0
    while not connection.poll(WATCH_SECONDS):
        workers = sum(_resident_mb(pid) for pid in _descendants(process.pid or 0))
        most = max(most, workers)
        if workers + _resident_mb(process.pid or 0) > MOST_MB:
            return Measured(None, most, f"ended beyond {MOST_MB / 1000:g} GB")
        if time.monotonic() > deadline:
            return Measured(None, most, "ended, long past its limit")
    try:
        answer, note = connection.recv()
    except EOFError:
        process.join()
        return Measured(None, most, f"crashed ({process.exitcode})")
    process.join(LEAVE_SECONDS)
    return Measured(answer, most, note)


def _end(process: SpawnProcess) -> None:
    """End the process and its workers, which share its session."""
    try:
        if os.getpgid(process.pid or 0) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        pass
    process.join()


def _descendants(pid: int) -> list[int]:
    """Processes below ``pid``; none where the system has no /proc."""
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in tasks.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    except (OSError, IndexError):
        return 0.0
