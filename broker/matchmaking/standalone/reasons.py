"""The reasons why a need stays open, those about a condition with the condition's name and figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from broker.matchmaking.findings import NeedFinding, PairFinding
from matching.gates import GATE_NAMES

ABOUT_GATES = ("gate", "gate_all", "gate_alone", "no_capacity_of_grade")


def reasons_of(finding: NeedFinding) -> list[dict[str, Any]]:
    """{"code", "gate", "params"} of each reason, conditions first, the one behind most volume leading; empty
    when the need is covered. `params` as in matching.coverage: `pairs` and `kg_per_period` behind a condition,
    and of these `alone_pairs` and `alone_kg_per_period` that nothing else holds back."""
    if not finding.reasons:
        return []
    if finding.unlisted:
        # Not every pair is at hand; the matching has counted them all.
        return [dict(reason) for reason in finding.reasons]
    others = [dict(reason) for reason in finding.reasons if reason["code"] not in ABOUT_GATES]
    return [*_closed(finding.pairs), *others]


def _closed(pairs: tuple[PairFinding, ...]) -> list[dict[str, Any]]:
    found = []
    for gate in GATE_NAMES:
        here = [pair for pair in pairs if any(closed.gate == gate for closed in pair.closed)]
        if not here:
            continue
        alone = [pair for pair in here if len(pair.closed) == 1]
        everything = len(here) == len(pairs)
        if everything and gate == "grade":
            code = "no_capacity_of_grade"
        elif everything and len(alone) == len(pairs):
            code = "gate_alone"
        else:
            code = "gate_all" if everything else "gate"
        params = {
            "pairs": len(here),
            "kg_per_period": _offered(here),
            "alone_pairs": len(alone),
            "alone_kg_per_period": _offered(alone),
        }
        found.append({"code": code, "gate": gate, "params": params})
    return sorted(found, key=lambda r: (r["code"] == "gate", -r["params"]["kg_per_period"]))


def _offered(pairs: list[PairFinding]) -> float:
    return float(sum((pair.offered for pair in pairs), Decimal(0)))
