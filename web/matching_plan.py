"""A matching of two spreadsheets as plan.json; docs/spreadsheets.md describes every key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from broker.listings.models import Capacity
from broker.matchmaking.compute import Outcome
from broker.matchmaking.findings import NeedFinding, PairFinding
from broker.matchmaking.standalone import SheetMarket, reasons_of
from broker.money import KgPrice
from matching.policy import Policy
from web.explanation_texts import gate_sentence, reason_sentence, why_sentence


def plan_of(market: SheetMarket, outcome: Outcome, policy: Policy, seed: int) -> dict[str, Any]:
    """Everything that was found, as JSON data; lists of pairs are made while they are read, once. The same files,
    policy and seed give the same plan; its sentences are in the language of the block."""

    def pairs() -> Iterator[PairFinding]:
        return (pair for finding in outcome.needs for pair in finding.pairs)

    return {
        "policy": policy.as_dict(),
        "seed": seed,
        "snapshot": outcome.snapshot.sha256,
        "status": outcome.status,
        # What is left of the gap behind nine digits is rounding of the solver.
        "gap": round(max(0.0, outcome.gap), 9),
        "allocations": (_allocation(pair) for pair in pairs() if pair.kind == "chosen"),
        "uncovered": [_uncovered(finding) for finding in outcome.needs if finding.covered_pct < 100],
        "needs": [_need(finding) for finding in outcome.needs],
        "listed": "some" if any(finding.unlisted for finding in outcome.needs) else "all",
        "candidates": map(_candidate, pairs()),
        "unasked": [_named(capacity) | {"product": capacity.product} for capacity in market.unasked],
    }


def write_plan(plan: dict[str, Any], path: Path) -> None:
    """Write the plan as UTF-8, an entry of its lists a line, as it is made: a large one never stands in memory whole.
    Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for number, (name, value) in enumerate(plan.items()):
            file.write(f"{',' if number else '{'}\n {_json(name)}: ")
            if isinstance(value, str | int | float | dict):
                file.write(_json(value))
                continue
            file.write("[")
            for place, entry in enumerate(value):
                file.write(f"{',' if place else ''}\n  {_json(entry)}")
            file.write("]")
        file.write("\n}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def mean_landed(finding: NeedFinding) -> Decimal | None:
    """Mean landed cost per kg of the plan, weighted by quantity, in the need's currency; None without a plan,
    or while somebody in it takes the buyer's formula."""
    return _mean([(pair.landed, pair.total) for pair in finding.pairs if pair.kind == "chosen"])


def _mean(priced: list[tuple[KgPrice | None, Decimal]]) -> Decimal | None:
    amounts = [(price.amount, kg) for price, kg in priced if price is not None]
    total = sum((kg for _, kg in amounts), Decimal(0))
    if not total or len(amounts) < len(priced):
        return None
    return sum((amount * kg for amount, kg in amounts), Decimal(0)) / total


def _named(capacity: Capacity) -> dict[str, Any]:
    return {"capacity": capacity.reference, "organization": capacity.organization.legal_name}


def _pair(pair: PairFinding) -> dict[str, Any]:
    return {"need": pair.need.reference} | _named(pair.capacity)


def _allocation(pair: PairFinding) -> dict[str, Any]:
    return _pair(pair) | {
        "quantity_kg": [float(kg) for kg in pair.periods],
        "price_low": _price(pair.low),
        "price_high": _price(pair.high),
        "price_proposed": _price(pair.proposed),
        "currency": pair.need.currency,
        "score": _float(pair.score),
        "landed_cost": _price(pair.landed),
        "freight": _price(pair.freight),
        "km": _float(pair.km),
    }


def _uncovered(finding: NeedFinding) -> dict[str, Any]:
    reasons = reasons_of(finding)
    return {
        "need": finding.need.reference,
        "covered_pct": float(finding.covered_pct),
        "reasons": [reason_sentence(reason, finding.need) for reason in reasons],
        "reason_codes": [".".join(filter(None, (reason["code"], reason.get("gate")))) for reason in reasons],
    }


def _need(finding: NeedFinding) -> dict[str, Any]:
    need, mean = finding.need, mean_landed(finding)
    return {
        "need": need.reference,
        "buyer": need.buyer.legal_name,
        "product": need.product,
        "period": need.period,
        "unit": need.quantity_unit,
        "unit_kg": float(need.quantity_factor),
        "currency": need.currency,
        "covered_pct": float(finding.covered_pct),
        "unlisted": finding.unlisted,
        "mean_landed_cost": None
        if mean is None
        else float(mean.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)),
        "periods": [
            {
                "start": period.start.isoformat(),
                "end": period.end.isoformat(),
                "wanted_kg": float(period.wanted),
                "planned_kg": float(period.planned),
            }
            for period in finding.periods
        ],
        "payment_curve": [
            {"days": days, "kg_per_period": round(kg, 3), "organizations": organizations}
            for days, kg, organizations in finding.payment_curve
        ],
    }


def _candidate(pair: PairFinding) -> dict[str, Any]:
    closed = [
        gate.as_dict() | {"text": gate_sentence(gate.as_dict(), pair.need, pair.capacity)}
        for gate in pair.closed
    ]
    return _pair(pair) | {
        "kind": pair.kind,
        "offered_kg": float(pair.offered),
        "landed_cost": _price(pair.landed),
        "freight": _price(pair.freight),
        "currency": pair.need.currency,
        "km": _float(pair.km),
        "score": _float(pair.score),
        "closed": closed,
        "why": pair.why["code"],
        "text": " ".join(gate["text"] for gate in closed) or why_sentence(pair.why, pair.need.currency),
    }


def _price(price: KgPrice | None) -> float | None:
    return None if price is None else float(price.amount)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
