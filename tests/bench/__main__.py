"""``python -m tests.bench``: our engine next to HiGHS, SCIP and CP-SAT, every stage, and names, in one run.

Each solver runs alone, in a fresh process, with the same wall clock and cores; every plan is recomputed by
``matching.validate``. docs/benchmarks.md says what the columns mean and holds the tables of ``--markdown``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from tests.bench import literature, sections, stages, targets, what_if
from tests.bench.contest import OURS, SOLVERS
from tests.bench.rows import FIXED, LINEAR, QUICK, Row
from tests.bench.table import Table

PACKAGES = ("highspy", "ortools", "numpy", "scipy")
PARTS = ("literature", "stages", "gates", "names", "what-if")


def main() -> int:
    """Print every table; a plan of ours that the validator refuses makes the run fail."""
    given = _arguments()
    # So that a run that is told to end takes its solver with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    show: Callable[[Table], str] = Table.markdown if given.markdown else Table.plain
    print(_machine(), flush=True)
    solvers = (OURS,) if given.no_rivals else tuple(SOLVERS)
    sound = True
    fixed = _chosen(FIXED, given)
    for title, rows in (
        ("Markets with a fixed charge: value as a share of the best, proven gap, seconds, memory", fixed),
        ("Linear markets: the same without fixed charge", _chosen(LINEAR, given)),
    ):
        if not rows:
            continue
        runs = sections.raced(rows, given.seconds, solvers)
        sound &= all(by[OURS].value is not None for by in runs.values())
        print("\n" + show(sections.contest_table(title, rows, runs, given.seconds)), flush=True)
        if rows is fixed and (target := targets.table(rows, runs)).rows:
            print("\n" + show(target), flush=True)
    for table in _others(given, solvers):
        print("\n" + show(table), flush=True)
    return 0 if sound else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    keys = [row.key for row in (*FIXED, *LINEAR)]
    parser.add_argument("--seconds", type=float, help="wall clock of every solve (default: each row's own)")
    parser.add_argument("--rows", nargs="*", metavar="ROW", help=f"of {', '.join((*keys, *PARTS))}")
    parser.add_argument("--quick", action="store_true", help="rows up to 7,600 links, short limits")
    parser.add_argument("--no-rivals", action="store_true", help="our engine only")
    parser.add_argument("--markdown", action="store_true", help="tables as docs/benchmarks.md holds them")
    given = parser.parse_args()
    unknown = set(given.rows or ()) - {*keys, *PARTS}
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    return given


def _chosen(rows: tuple[Row, ...], given: argparse.Namespace) -> list[Row]:
    if given.rows is not None:
        return [row for row in rows if row.key in given.rows]
    if not given.quick:
        return list(rows)
    return [
        Row(row.key, row.name, row.make, QUICK[row.key], row.cores, row.solvers)
        for row in rows
        if row.key in QUICK
    ]


def _others(given: argparse.Namespace, solvers: tuple[str, ...]) -> Iterator[Table]:
    """The tables besides the two contests."""
    chosen = PARTS if given.rows is None else [part for part in PARTS if part in given.rows]
    quick = given.quick
    if "literature" in chosen and "HiGHS" in solvers:
        yield sections.literature_table(given.seconds or (5.0 if quick else literature.SECONDS))
    plan_seconds = given.seconds or (10.0 if quick else stages.PLAN_SECONDS)
    if "stages" in chosen:
        yield sections.stages_table(stages.PAIRS[:3] if quick else stages.PAIRS, plan_seconds)
    if "gates" in chosen:
        yield sections.gates_table(stages.PRODUCTS[:1] if quick else stages.PRODUCTS)
    if "names" in chosen:
        yield sections.names_table()
    if "what-if" in chosen and not quick and what_if.available():
        yield sections.what_if_table(plan_seconds)


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores of {_processor()}"
        f"{_memory()}, load {os.getloadavg()[0]:.1f} when it began; Python {platform.python_version()}, {packages}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return ""
    return f" with {size / 2**30:.0f} GB"


if __name__ == "__main__":
    sys.exit(main())
