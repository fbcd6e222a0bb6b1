"""What a run found as rows: the plan of a need, its pairs with their explanation, and the suggestions of a plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select

from broker.matchmaking.findings import NeedFinding, PairFinding
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.matchmaking.transitions import SUGGESTION
from broker.transaction import Transaction


def supersede(tx: Transaction, whose: ColumnElement[bool]) -> None:
    """Suggestions of earlier plans that nobody has taken up give way to the new plan."""
    query = select(Suggestion).where(whose, Suggestion.state == "generated")
    for found in tx.session.scalars(query.order_by(Suggestion.id).with_for_update()):
        SUGGESTION.move(found, "go_stale", "system")
    tx.session.flush()


def need_result(run: MatchingRun, finding: NeedFinding) -> NeedResult:
    return NeedResult(
        run_id=run.id,
        need_id=finding.need.id,
        need_version=finding.need.version,
        planned_kg=finding.planned,
        total_kg=finding.wanted,
        per_period=[
            {
                "start": p.start.isoformat(),
                "end": p.end.isoformat(),
                "wanted": str(p.wanted),
                "planned": str(p.planned),
            }
            for p in finding.periods
        ],
        summary={
            "covered_pct": str(finding.covered_pct),
            "reasons": list(finding.reasons),
            "relaxations": list(finding.relaxations),
            "standby": list(finding.standby),
            "payment_curve": [list(point) for point in finding.payment_curve],
            "unlisted": finding.unlisted,
            "notes": list(finding.notes),
        },
    )


def pair_details(pair: PairFinding) -> dict[str, Any]:
    """The explanation of a pair as it is kept; both ends of the corridor are in it, so only the broker reads it."""
    return {
        "capacity_version": pair.capacity.version,
        "offered_kg": str(pair.offered),
        "km": None if pair.km is None else str(pair.km),
        "freight": pair.freight.points,
        "landed": pair.landed and pair.landed.points,
        "low": pair.low and pair.low.points,
        "high": pair.high and pair.high.points,
        "proposed": pair.proposed and pair.proposed.points,
        "currency": pair.need.currency,
        "periods": [str(kg) for kg in pair.periods],
        "terms": list(pair.terms),
        "closed": [gate.as_dict() for gate in pair.closed],
        "reliance": pair.reliance,
        "why": pair.why,
    }


def candidate(run: MatchingRun, pair: PairFinding) -> Candidate:
    return Candidate(
        run_id=run.id,
        need_id=pair.need.id,
        capacity_id=pair.capacity.id,
        kind=pair.kind,
        quantity_kg=pair.total,
        score=None if pair.score is None else float(pair.score),
        pair=pair_details(pair),
    )


def suggestion(tx: Transaction, run: MatchingRun, plan: NeedResult, chosen: Candidate) -> Suggestion:
    """The suggestion of a chosen pair, as its plan has it."""
    pair = chosen.pair
    assert chosen.score is not None
    return Suggestion(
        run_id=run.id,
        plan_run_id=run.id,
        broker_id=run.broker_id,
        need_id=chosen.need_id,
        capacity_id=chosen.capacity_id,
        need_version=plan.need_version,
        capacity_version=pair["capacity_version"],
        periods=[
            {"start": period["start"], "end": period["end"], "kg": kg}
            for period, kg in zip(plan.per_period, pair["periods"], strict=True)
        ],
        total_kg=sum(map(Decimal, pair["periods"]), Decimal(0)),
        price_low=pair["low"],
        price_high=pair["high"],
        price_proposed=pair["proposed"],
        freight=pair["freight"],
        currency=pair["currency"],
        score=chosen.score,
        explanation={key: pair[key] for key in ("terms", "why", "reliance")},
        created_at=tx.now,
    )
