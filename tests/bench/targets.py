"""Which targets of the engine a run has met, from its own figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.contest import OURS
from tests.bench.rows import Row
from tests.bench.sections import Runs, lead
from tests.bench.table import Table

EQUAL = 1e-6
"""Relative difference below which two values are the same: the gap at which every solver may stop."""


@dataclass(frozen=True)
class Target:
    """At the row ``key`` a proven gap of at most ``gap`` in ``seconds``, below ``mb`` of memory."""

    key: str
    gap: float
    seconds: float
    mb: float = math.inf


TARGETS = (
    Target("749x1", 0.001, 5),
    Target("ten", 0.005, 60),
    Target("76000x1", 0.005, 120),
    Target("768000x1", 0.02, 900, 8_000),
)
LATE = 1.02
"""Two parts in a hundred over the limit are the end of the last step, not a missed limit."""


def table(rows: Sequence[Row], runs: Runs) -> Table:
    """One line per target that this run can speak of."""
    names = {row.key: row.name for row in rows}
    made = Table("Targets", ["target", "measured", "met"])
    for target in TARGETS:
        if OURS in runs.get(target.key, {}):
            made.rows.append(_line(target, names[target.key], runs))
    made.rows += _against_rivals(rows, runs)
    return made


def _line(target: Target, name: str, runs: Runs) -> list[str]:
    run = runs[target.key][OURS]
    memory = f", below {target.mb / 1000:g} GB" if math.isfinite(target.mb) else ""
    wanted = f"{name}: gap at most {target.gap:.1%} within {target.seconds:g} s{memory}"
    if run.value is None:
        return [wanted, run.note, "no"]
    met = run.gap <= target.gap and run.seconds <= target.seconds * LATE and run.peak_mb < target.mb
    return [wanted, f"{run.gap:.3%} in {run.seconds:,.1f} s, {run.peak_mb:,.0f} MB", "yes" if met else "no"]


def _against_rivals(rows: Sequence[Row], runs: Runs) -> list[list[str]]:
    ahead = {row.name: lead(runs[row.key]) for row in rows}
    known = {name: share for name, share in ahead.items() if share is not None}
    if not known:
        return []
    below = {name: share for name, share in known.items() if share < -EQUAL}
    wanted = "value never below the best rival's in equal time"
    if not below:
        return [[wanted, f"on all {len(known)} rows measured", "yes"]]
    where = "; ".join(f"{name}: {share:+.3%}" for name, share in below.items())
    return [[wanted, f"below on {len(below)} of {len(known)} rows: {where}", "no"]]
