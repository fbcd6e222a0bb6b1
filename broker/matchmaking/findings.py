"""What a run found, in the trade's terms and currencies: per need its coverage and what is missing, per pair the
whole explanation. The web, the command line and the tables all read these."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from broker.listings.models import Capacity, Need
from broker.matchmaking.closed_gates import ClosedGate, closed_gate, in_currency
from broker.matchmaking.grid import need_periods
from broker.matchmaking.snapshot import Block, Inputs, to_kg
from broker.money import KgPrice
from matching.explain import Explainer, payment_curve
from matching.result import Result
from matching.types import FloatArray

KINDS = ("chosen", "open", "near_miss", "closed")


@dataclass(frozen=True)
class PeriodFinding:
    """One delivery period of a need: kg wanted and kg planned."""

    start: dt.date
    end: dt.date
    wanted: Decimal
    planned: Decimal


@dataclass(frozen=True, slots=True)
class PairFinding:
    """One need and one capacity. Prices per kg, landed, in the need's currency; None where they are not known.

    `reliance` is set when a required certificate is held by the buyer. `terms` are the lines of the score.
    """

    need: Need
    capacity: Capacity
    kind: str
    periods: tuple[Decimal, ...]
    offered: Decimal
    km: Decimal | None
    freight: KgPrice
    landed: KgPrice | None
    low: KgPrice | None
    high: KgPrice | None
    proposed: KgPrice | None
    score: Decimal | None
    terms: tuple[dict[str, Any], ...]
    closed: tuple[ClosedGate, ...]
    reliance: bool
    why: dict[str, Any]

    @property
    def total(self) -> Decimal:
        return sum(self.periods, Decimal(0))


@dataclass(frozen=True)
class NeedFinding:
    """One need: its periods, the reasons for what stays open, what would open more, and who could stand by.

    `payment_curve` rows are (days, kg per period that could be had, organizations). Of a large market only the pairs
    that miss one condition at most are in `pairs`; `unlisted` counts the others. `notes` say which of the broker's own
    wishes cannot be met: {"code": 'pin_closed' | 'pin_cannot_hold', "capacity": its id}.
    """

    need: Need
    periods: tuple[PeriodFinding, ...]
    reasons: tuple[dict[str, Any], ...]
    relaxations: tuple[dict[str, Any], ...]
    standby: tuple[dict[str, Any], ...]
    payment_curve: tuple[tuple[int, float, int], ...]
    pairs: tuple[PairFinding, ...]
    unlisted: int = 0
    notes: tuple[dict[str, Any], ...] = ()

    @property
    def wanted(self) -> Decimal:
        return sum((p.wanted for p in self.periods), Decimal(0))

    @property
    def planned(self) -> Decimal:
        return sum((p.planned for p in self.periods), Decimal(0))

    @property
    def covered_pct(self) -> Decimal:
        return (100 * self.planned / self.wanted).quantize(Decimal("0.1")) if self.wanted else Decimal(100)


def unanswered(need: Need, code: str, inputs: Inputs) -> NeedFinding:
    """A need that could not enter any market."""
    periods = tuple(
        PeriodFinding(p.start, p.end, kg, Decimal(0))
        for p, kg in zip(need_periods(need), inputs.wanted(need), strict=True)
    )
    return NeedFinding(need, periods, ({"code": code, "params": {}},), (), (), (), ())


def findings(block: Block, result: Result, inputs: Inputs) -> list[NeedFinding]:
    """Everything that a block's run says, need by need."""
    pairs = _Pairs(block, result, inputs)
    return [_need(block, result, inputs, row, pairs.of_need(row)) for row in range(len(block.needs))]


def _need(
    block: Block, result: Result, inputs: Inputs, row: int, pairs: tuple[PairFinding, ...]
) -> NeedFinding:
    need, report = block.needs[row], result.needs[row]
    chosen = [pair for pair in pairs if pair.kind == "chosen"]
    planned = [sum((p.periods[k] for p in chosen), Decimal(0)) for k in range(len(need_periods(need)))]
    periods = tuple(
        PeriodFinding(p.start, p.end, wanted, kg)
        for p, wanted, kg in zip(need_periods(need), inputs.wanted(need), planned, strict=True)
    )
    ids = [capacity.id for capacity in block.capacities]
    wanted_cells = result.market.needs.demand[row] > 0
    curve = tuple(
        (
            round(point.days),
            float(point.kg[wanted_cells].mean()) if wanted_cells.any() else 0.0,
            point.suppliers,
        )
        for point in payment_curve(result.market, row, result.pairs)
    )
    return NeedFinding(
        need=need,
        periods=periods,
        reasons=tuple({"code": r.code, "gate": r.gate, "params": clean(r.params)} for r in report.reasons),
        relaxations=tuple(
            {
                "gate": r.gate,
                "distance": finite(r.distance),
                "kg_per_period": r.kg_per_period,
                "capacities": [ids[c] for c in r.capacities],
            }
            for r in report.relaxations
        ),
        standby=tuple(
            {"capacity": ids[s.capacity], "kg": s.kg, "landed_usd": finite(s.landed)} for s in report.standby
        ),
        payment_curve=curve,
        pairs=pairs,
        unlisted=int(result.pairs.blocked[row]) - len(pairs),
        notes=tuple(
            {"code": note.code, "capacity": ids[int(note.params["capacity"])]}
            for note in result.notes
            if note.params["need"] == row
        ),
    )


class _Pairs:
    """The pairs of one block. What all pairs of a need share is reckoned once for the need."""

    def __init__(self, block: Block, result: Result, inputs: Inputs) -> None:
        self.block, self.result, self.inputs = block, result, inputs
        self.explainer = Explainer(result)

    def of_need(self, need_row: int) -> tuple[PairFinding, ...]:
        """Chosen first, then what would fit, then by how much each misses."""
        need = self.block.needs[need_row]
        nothing = (Decimal(0),) * len(need_periods(need))
        offered = self._offered(need)
        published = self._price(need, float(self.result.market.needs.price[need_row]))
        found = [
            self._pair(row, need, nothing, offered, published) for row in self.result.pairs.of_need(need_row)
        ]
        return tuple(
            sorted(found, key=lambda p: (KINDS.index(p.kind), len(p.closed), _cost(p), p.capacity.id))
        )

    def _pair(
        self,
        row: int,
        need: Need,
        nothing: tuple[Decimal, ...],
        offered: FloatArray,
        published: KgPrice | None,
    ) -> PairFinding:
        result, pairs = self.result, self.result.pairs
        explained, link = self.explainer.explanation(row), self.explainer.link(row)
        chosen = link >= 0 and bool(result.allocation.active[link])
        quantities = self._quantities(need, link) if chosen else nothing
        # What was planned may be less than a gram.
        chosen = any(quantities)
        closed = tuple(
            closed_gate(self.block, result, self.inputs, row, gate, distance)
            for gate, distance in explained.gates
        )
        kind = "chosen" if chosen else "open" if not closed else "near_miss" if len(closed) == 1 else "closed"
        ends = (result.prices.low, result.prices.high, result.prices.proposed)
        low, high, middle = (self._price(need, p[link]) if chosen else None for p in ends)
        return PairFinding(
            need=need,
            capacity=self.block.capacities[explained.capacity],
            kind=kind,
            periods=quantities,
            offered=to_kg(float(offered[explained.capacity])),
            km=_decimal(pairs.km[row], "0.1"),
            freight=self._price(need, pairs.freight[row]) or KgPrice(0, need.currency),
            landed=self._price(need, pairs.landed[row]),
            low=low,
            high=high,
            proposed=quotable(middle, low, high, published),
            score=None if link < 0 else _decimal(explained.params["score"], "0.1"),
            terms=tuple(_term(line) for line in explained.score),
            closed=closed,
            reliance=bool(pairs.relies_on_buyer[row]),
            why={"code": explained.code, "params": clean(explained.params)},
        )

    def _quantities(self, need: Need, link: int) -> tuple[Decimal, ...]:
        per_cell = [Decimal(repr(float(kg))) for kg in self.result.allocation.quantity[link]]
        return tuple(to_kg(float(kg)) for kg in self.block.grid.per_period(need, per_cell))

    def _offered(self, need: Need) -> FloatArray:
        """kg that each capacity could deliver in a mean period of the need."""
        share = np.array([float(part) for part in self.block.grid.mean_share(need)])
        offered: FloatArray = (self.result.market.capacities.supply * share).sum(axis=1)
        # So that what is whole in kg is not cut to the gram below.
        return np.round(offered, 4)

    def _price(self, need: Need, usd: float) -> KgPrice | None:
        return in_currency(usd, need, self.inputs)


def quotable(
    proposed: KgPrice | None, low: KgPrice | None, high: KgPrice | None, published: KgPrice | None
) -> KgPrice | None:
    """The proposal as a person would quote it: four digits, unless it is the price a side has published or the
    rounding would leave the corridor."""
    if proposed is None or low is None or high is None or proposed == published or not proposed.points:
        return proposed
    step = Decimal(10) ** (proposed.amount.adjusted() - 3)
    rounded = KgPrice.rounded(proposed.amount.quantize(step), proposed.currency)
    return rounded if low.points <= rounded.points <= high.points else proposed


def finite(value: float) -> float | None:
    """The number, or None for what JSON cannot hold."""
    return float(value) if math.isfinite(value) else None


def clean(params: Mapping[str, float]) -> dict[str, float | None]:
    """Numbers that JSON can hold."""
    return {name: finite(float(value)) for name, value in params.items()}


def _term(line: Any) -> dict[str, Any]:
    return {
        "feature": line.feature,
        "points": line.points,
        "weight": line.weight,
        "value": line.value,
        "reason": line.reason,
        "params": clean(line.params),
    }


def _cost(pair: PairFinding) -> int:
    return pair.landed.points if pair.landed else 0


def _decimal(value: float, step: str) -> Decimal | None:
    return None if math.isnan(value) else Decimal(repr(float(value))).quantize(Decimal(step))
