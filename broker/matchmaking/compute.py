"""A whole run over some inputs: snapshot, solve block by block, findings. No database, no writing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from broker.matchmaking.findings import NeedFinding, findings, unanswered
from broker.matchmaking.snapshot import Inputs, Snapshot, take
from matching.learning import AcceptanceModel
from matching.policy import Policy

# A block's share of the time; markets of one product are small next to this.
SECONDS_PER_BLOCK = 30.0
GAP = 1e-3

ACCEPTANCE = "acceptance_model"
"""Beside the products, the entry of a run's statistics that names the learned model it used."""

Report = Callable[[str, float], bool]


@dataclass
class Outcome:
    """Findings of every need, in the order of the needs' ids; `value` and `bound` in US dollars. `stats` has the size
    of each product's market, and under "left_out" the capacities that could not be priced, as [id, reason]."""

    snapshot: Snapshot
    needs: list[NeedFinding] = field(default_factory=list)
    value: float = 0.0
    bound: float = 0.0
    status: str = "optimal"
    stats: dict[str, Any] = field(default_factory=dict)
    stopped: bool = False

    @property
    def gap(self) -> float:
        return (self.bound - self.value) / abs(self.value) if self.value else 0.0


WORST_LAST = ("optimal", "within_gap", "time_limit", "infeasible")


def compute(
    inputs: Inputs,
    policy: Policy,
    *,
    seed: int = 0,
    report: Report | None = None,
    acceptance: AcceptanceModel | None = None,
) -> Outcome:
    """Match the market; with `acceptance` its chance of a yes breaks ties instead of the weighted fit, and its version
    stands in the statistics. `report(stage, share done)` is called often; when it answers False the run stops and
    the outcome says `stopped`."""
    tell = report or (lambda stage, share: True)
    tell("snapshot", 0.0)
    snapshot = _marked(take(inputs, policy), acceptance)
    outcome = Outcome(snapshot)
    if acceptance is not None:
        outcome.stats[ACCEPTANCE] = acceptance.version
    for number, block in enumerate(snapshot.blocks):
        if not _solve_into(outcome, number, inputs, seed, tell, acceptance):
            outcome.stopped = True
            return outcome
        outcome.stats[block.product] = {"needs": len(block.needs), "capacities": len(block.capacities)}
    outcome.stats["left_out"] = [[capacity.id, code] for capacity, code in snapshot.left_out]
    outcome.needs += [unanswered(need, code, inputs) for need, code in snapshot.unanswered]
    outcome.needs.sort(key=lambda finding: finding.need.id)
    tell("explain", 1.0)
    return outcome


def _marked(snapshot: Snapshot, acceptance: AcceptanceModel | None) -> Snapshot:
    """Equal hashes mean an equal run, so what the run has learned belongs into the hash."""
    if acceptance is None:
        return snapshot
    both = f"{snapshot.sha256}:{acceptance.version}"
    return replace(snapshot, sha256=hashlib.sha256(both.encode()).hexdigest())


def _solve_into(
    outcome: Outcome,
    number: int,
    inputs: Inputs,
    seed: int,
    tell: Report,
    acceptance: AcceptanceModel | None,
) -> bool:
    # The solvers take seconds to import, so only a process that solves pays for them.
    from matching.solve import solve

    block, count = outcome.snapshot.blocks[number], len(outcome.snapshot.blocks)
    going = True

    def progress(done: float, value: float, bound: float) -> bool:
        nonlocal going
        going = going and tell("allocate", (number + done) / count)
        return going

    result = solve(
        block.market,
        time_limit=SECONDS_PER_BLOCK,
        gap=GAP,
        seed=seed,
        progress=progress,
        acceptance=acceptance,
    )
    if not going or not tell("prices", (number + 1) / count):
        return False
    outcome.needs += findings(block, result, inputs)
    outcome.value += result.value
    outcome.bound += result.bound
    outcome.status = max(outcome.status, result.status, key=WORST_LAST.index)
    return True
