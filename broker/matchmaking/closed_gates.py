"""Which condition a pair does not meet, and by how much, in the trade's own units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.catalogue import schemes
from broker.listings.models import Need
from broker.matchmaking.snapshot import Block, Inputs
from broker.money import KgPrice
from matching.result import Result


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """A condition that is not met: `want` and `have` in the gate's own unit, `missing` names (certificates)."""

    gate: str
    want: str | None
    have: str | None
    missing: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"gate": self.gate, "want": self.want, "have": self.have, "missing": list(self.missing)}


def in_currency(usd: float, need: Need, inputs: Inputs) -> KgPrice | None:
    """US dollars per kg in the need's currency; None where it is not known."""
    if math.isnan(usd):
        return None
    return KgPrice.rounded(Decimal(repr(float(usd))) * inputs.quotes.rate(need.currency), need.currency)


def closed_gate(
    block: Block, result: Result, inputs: Inputs, row: int, gate: str, distance: float
) -> ClosedGate:
    """The closed condition `gate` of row `row` of the pairs."""
    need_row, capacity_row = int(result.pairs.need[row]), int(result.pairs.capacity[row])
    need, capacity = block.needs[need_row], block.capacities[capacity_row]
    want: str | None = None
    have: str | None = None
    missing: tuple[str, ...] = ()
    if gate == "payment_days":
        want, have = _text(need.wait_days), _text(Decimal(capacity.max_wait_days))
    elif gate == "readiness":
        readiness = inputs.readiness.get(capacity.organization_id)
        want = _text(Decimal(repr(result.market.policy.readiness_floor)))
        have = None if readiness is None or readiness.score is None else _text(readiness.score)
    elif gate == "price":
        ceiling = in_currency(float(result.market.needs.ceiling[need_row]), need, inputs)
        landed = in_currency(float(result.pairs.landed[row]), need, inputs)
        want, have = (None if price is None else _text(price.amount) for price in (ceiling, landed))
    elif gate == "grade":
        want = ", ".join(need.attributes.get("grade", {}).get("one_of", []))
        have = capacity.attributes.get("grade")
    elif gate == "origin":
        want, have = ", ".join(need.origins), capacity.country
    elif gate == "certificate":
        missing = tuple(_missing(block, result, need, capacity_row))
    elif not math.isnan(distance):
        have = _text(Decimal(repr(round(distance, 3))))
    return ClosedGate(gate, want, have, missing)


def _missing(block: Block, result: Result, need: Need, row: int) -> list[str]:
    own = result.market.capacities
    return [
        schemes.get(code).code
        for column, code in enumerate(block.schemes)
        if code in need.certificates
        and not own.certificates[row, column]
        and own.buyer_held[row, column] != need.buyer_id
    ]


def _text(value: Decimal) -> str:
    normal = value.normalize()
    return format(normal, "f")
