"""The tables of the benchmark, one function each: measure, and say on the error stream how far it is."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from tests.bench import literature, naming, stages, what_if
from tests.bench.contest import OURS, SOLVERS, Run, contest
from tests.bench.rows import Row
from tests.bench.table import Table

NONE = "–"
GAP = 1e-6
"""Relative gap at which every solver may stop: none of them stops early."""

QUIET = 0.15
"""Up to this share of waiting for a core a table is called measured in peace."""

Runs = dict[str, dict[str, Run]]
"""By row and solver."""


def raced(rows: Sequence[Row], seconds: float | None, solvers: Sequence[str]) -> Runs:
    """Every row by every solver that it names, one after the other."""
    found: Runs = {}
    for row in rows:
        found[row.key] = {}
        for solver in (each for each in row.solvers if each in solvers):
            run = contest(solver, row.make, seconds or row.seconds, row.cores, GAP)
            found[row.key][solver] = run
            value = NONE if run.value is None else f"{run.value:,.0f}"
            say(f"{row.key:>14} {solver:>7}  {value} · {_figures(run)}  {run.note}")
    return found


def contest_table(title: str, rows: Sequence[Row], runs: Runs, seconds: float | None) -> Table:
    """value as a share of the best of the row, proven gap, seconds, memory."""
    solvers = [each for each in SOLVERS if any(each in runs[row.key] for row in rows)]
    heads = ["links × periods", "limit, cores", *solvers]
    if len(solvers) > 1:
        heads.append("ours against the best rival")
    table = Table(title, heads)
    for row in rows:
        by = runs[row.key]
        best = max((run.value for run in by.values() if run.value is not None), default=None)
        cells = [cell(by[each], best) if each in by else NONE for each in solvers]
        against = [_against(by)] if len(solvers) > 1 else []
        table.rows.append([row.name, f"{seconds or row.seconds:g} s, {row.cores}", *cells, *against])
        table.notes += [f"{row.name}, {each}: {run.note}" for each, run in by.items() if run.note]
    table.notes += _quiet([run for by in runs.values() for run in by.values()])
    return table


def _quiet(runs: Sequence[Run]) -> list[str]:
    """How far the machine was shared with others while these runs were measured."""
    shares = sorted(run.waited for run in runs if math.isfinite(run.waited))
    if not shares or shares[-1] < QUIET:
        return []
    middle = shares[len(shares) // 2]
    return [
        f"Not a quiet machine: some process waited for a core {middle:.0%} of the time of a solve in the middle, "
        f"{shares[0]:.0%} to {shares[-1]:.0%}."
    ]


def cell(run: Run, best: float | None) -> str:
    """Value as a share of the best of the row, proven gap, seconds and MB of one run."""
    if run.value is None or best is None:
        return NONE
    return f"{run.value / best if best else 1.0:.3%} · {_figures(run)}"


def _figures(run: Run) -> str:
    gap = f"{run.gap:.3%}" if math.isfinite(run.gap) else NONE
    return f"{gap} · {run.seconds:,.1f} s · {run.peak_mb:,.0f} MB"


def lead(by: dict[str, Run]) -> float | None:
    """Ours less the best value that a rival found in time, as a share of it; None where either is missing or
    the rivals' plans are empty."""
    timely = [run for name, run in by.items() if name != OURS and not run.late]
    rivals = [run.value for run in timely if run.value is not None]
    ours = by[OURS].value if OURS in by else None
    best = max(rivals, default=0.0)
    return None if ours is None or not best else (ours - best) / abs(best)


def _against(by: dict[str, Run]) -> str:
    ahead = lead(by)
    return NONE if ahead is None else f"{round(ahead, 6) + 0.0:+.3%}"


def literature_table(seconds: float) -> Table:
    """Costs (less is better) next to HiGHS, and how far from the optimum they can be at most."""
    heads = ["sources × customers", "ours: cost", "gap", "s", "HiGHS: cost", "gap", "s", "ours against HiGHS"]
    table = Table(f"Fixed-charge transportation, {seconds:g} s each on 1 core", heads)
    measured: list[Run] = []
    for shape in literature.SHAPES:
        whole, ours, theirs = literature.compare(shape, "HiGHS", seconds)
        say(f"{shape.name:>20} ours {ours.seconds:.1f} s, HiGHS {theirs.seconds:.1f} s")
        more = NONE
        if ours.value is not None and theirs.value is not None:
            more = f"{round((theirs.value - ours.value) / (whole - theirs.value), 6) + 0.0:+.3%}"
        table.rows.append([shape.name, *_cost(ours, whole), *_cost(theirs, whole), more])
        runs = (("ours", ours), ("HiGHS", theirs))
        table.notes += [f"{shape.name}, {name}: {run.note}" for name, run in runs if run.note]
        measured += [ours, theirs]
    table.notes += _quiet(measured)
    return table


def _cost(run: Run, whole: float) -> list[str]:
    """Cost, proven gap of the cost and seconds, where ``whole`` is the value of a plan that costs nothing."""
    if run.value is None:
        return [NONE] * 3
    cost = whole - run.value
    gap = (run.bound - run.value) / cost
    return [f"{cost:,.2f}", f"{gap:.3%}" if math.isfinite(gap) else NONE, f"{run.seconds:.1f}"]


def stages_table(sizes: Sequence[int], plan_seconds: float) -> Table:
    """Seconds per stage of a whole run."""
    heads = ["pairs", "links", *stages.STAGES, "peak MB"]
    table = Table(f"Whole runs, seconds per stage (the plan may take {plan_seconds:g} s)", heads)
    for pairs in sizes:
        found = stages.whole_run(pairs, plan_seconds)
        say(f"stages, {pairs:,} pairs {found.note}")
        if found.answer is None:
            table.rows.append([f"{pairs:,}", *[NONE] * (len(heads) - 1)])
            table.notes.append(f"{pairs:,} pairs: {found.note}")
            continue
        run = found.answer
        times = [f"{run.seconds[stage]:,.3f}" for stage in stages.STAGES]
        table.rows.append([f"{run.pairs:,}", f"{run.links:,}", *times, f"{run.peak_mb:,.0f}"])
    return table


def gates_table(products: Sequence[int]) -> Table:
    """The gates alone."""
    title = f"Gates alone, {stages.NEEDS:,} needs × {stages.CAPACITIES:,} capacities"
    table = Table(title, ["products", "pairs", "links", "s", "peak MB"])
    for count in products:
        found = stages.gates_alone(count)
        say(f"gates, {count:,} products {found.note}")
        if found.answer is None:
            table.rows.append([f"{count:,}", *[NONE] * 4])
            table.notes.append(f"{count:,} products: {found.note}")
            continue
        run = found.answer
        figures = [f"{run.pairs:,}", f"{run.links:,}", f"{run.seconds['gates']:,.2f}", f"{run.peak_mb:,.0f}"]
        table.rows.append([f"{count:,}", *figures])
    return table


def names_table() -> Table:
    """Shares of the unseen list, with and without the writer's language."""
    heads = ["names", "language", "rows", "top 1", "top 5", "accepted unasked", "of those right", "ms a name"]
    table = Table("Names on a list the table was not made from", heads)
    for with_language in (True, False):
        found = naming.rates(with_language)
        for kind, hits in found.items():
            row = [kind, "known" if with_language else "unknown", str(hits.rows)]
            row += [_share(hits.first, hits.named), _share(hits.five, hits.named), str(hits.accepted)]
            pace = f"{1000 * hits.seconds / hits.rows:.2f}" if hits.seconds else ""
            table.rows.append([*row, _share(hits.right, hits.accepted), pace])
    say("names")
    return table


def what_if_table(plan_seconds: float) -> Table:
    """One need changed, only what it touches planned again."""
    title = f"What if: one need of {what_if.LINKS:,} links × 1 asks for half"
    table = Table(title, ["", "first plan s", "after the change s", "value before", "value after"])
    found = what_if.one_need(plan_seconds)
    say(f"what if {found.note}")
    if found.answer is None:
        table.rows.append(["replan", *[NONE] * 4])
        table.notes.append(found.note)
        return table
    run = found.answer
    figures = [f"{run.first_seconds:,.1f}", f"{run.seconds:,.2f}", f"{run.before:,.0f}", f"{run.after:,.0f}"]
    table.rows.append(["replan", *figures])
    return table


def say(text: str) -> None:
    """A line on the error stream, so that a long run shows where it is."""
    print(text, file=sys.stderr, flush=True)


def _share(hits: int, of: int) -> str:
    return f"{hits / of:.1%}" if of else NONE
