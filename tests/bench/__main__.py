"""``python -m tests.bench [--seconds N] [--large]``: one table of stages and one against HiGHS."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import sys

from matching.allocate import allocate
from matching.generate import market as problem_of
from matching.solve import solve
from matching.validate import validate
from tests.bench import markets, rivals

LINEAR = [(749, 1), (7_600, 1), (76_000, 1), (749, 12)]
FIXED = [(749, 1), (749, 12), (7_600, 1)]
STAGES = ("gates", "score", "allocate", "validate", "prices", "reasons", "robustness")


def main() -> int:
    """Run every row; a plan that the validator refuses makes the run fail."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="time limit of every solve (default 20)")
    parser.add_argument("--large", action="store_true", help="also a million pairs and 76,000 fixed charges")
    given = parser.parse_args()
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()},")
    print(f"Python {platform.python_version()}, {given.seconds:g} s a solve, one process")
    sound = _linear(given.seconds)
    sound &= _fixed(given.seconds, FIXED + [(76_000, 1)] * given.large)
    _stages(given.seconds, [749, 7_600, 76_000] + [1_000_000] * given.large)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:,.0f} MiB")
    return 0 if sound else 1


def _linear(seconds: float) -> bool:
    print("\nlinear market        ours: value      s |    HiGHS: value      s | time ratio  value ratio")
    sound = True
    for links, periods in LINEAR:
        problem = problem_of(links, periods, seed=1, fixed=False)
        ours = allocate(problem, time_limit=seconds)
        theirs = rivals.highs_linear(problem, 10 * seconds)
        sound &= not validate(problem, ours)
        print(
            f"{links:>7,} x {periods:<2}  {ours.value:>18,.0f} {ours.seconds:>6.2f} |"
            f" {theirs.value:>15,.0f} {theirs.seconds:>6.2f} |"
            f" {theirs.seconds / ours.seconds:>10.1f} {ours.value / theirs.value:>12.6f}",
            flush=True,
        )
    return sound


def _fixed(seconds: float, rows: list[tuple[int, int]]) -> bool:
    print("\nfixed charge         ours: value    gap      s |    HiGHS: value    gap      s | value ratio")
    sound = True
    for links, periods in rows:
        problem = problem_of(links, periods, seed=1)
        ours = allocate(problem, time_limit=seconds)
        theirs = rivals.highs_fixed_charge(problem, seconds)
        sound &= not validate(problem, ours)
        gap = (theirs.bound - theirs.value) / max(abs(theirs.value), 1e-9)
        print(
            f"{links:>7,} x {periods:<2}  {ours.value:>18,.0f} {ours.gap:>6.2%} {ours.seconds:>6.1f} |"
            f" {theirs.value:>15,.0f} {gap:>6.2%} {theirs.seconds:>6.1f} |"
            f" {ours.value / max(theirs.value, 1e-9):>10.4f}",
            flush=True,
        )
    return sound


def _stages(seconds: float, sizes: list[int]) -> None:
    print("\nwhole run, seconds per stage")
    print("  pairs   links  " + "".join(f"{stage:>11}" for stage in STAGES))
    for pairs in sizes:
        result = solve(markets.market(pairs, 1), time_limit=seconds)
        times = "".join(f"{result.seconds[stage]:>11.3f}" for stage in STAGES)
        print(f"{pairs:>9,} {len(result.links):>7,}{times}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
