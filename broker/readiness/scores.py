"""From the values of an assessment to a score, its band and the gate.

Score = sum of weight x value / 5, in points of 100. Confidence = share of the weight whose evidence is
younger than twelve months; below 60 % there is no number, only "insufficient evidence" (domain model,
section 4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from broker.readiness.indicators import Indicator, for_scope
from broker.readiness.models import AssessmentValue

FLOOR = 55
FRESH = dt.timedelta(days=365)
LEAST_CONFIDENCE_PCT = 60
BANDS = ((75, "ready"), (55, "ready_with_plan"), (35, "prepare_first"), (0, "not_now"))


@dataclass(frozen=True)
class Readiness:
    """`score` is None where evidence is lacking; `confidence_pct` is the weight with fresh evidence."""

    score: Decimal | None
    confidence_pct: int

    @property
    def band(self) -> str:
        if self.score is None:
            return "insufficient_evidence"
        return next(name for least, name in BANDS if self.score >= least)

    @property
    def passes(self) -> bool:
        return self.score is not None and self.score >= FLOOR


def readiness_of(values: Iterable[AssessmentValue], scope: str, today: dt.date) -> Readiness:
    """The score of one assessment. An indicator without a value counts as 0 and as no evidence."""
    by_code: Mapping[str, AssessmentValue] = {value.indicator: value for value in values}
    points, confident = Decimal(0), Decimal(0)
    for indicator in for_scope(scope):
        value = by_code.get(indicator.code)
        if value is None:
            continue
        points += Decimal(indicator.weight * value.value) / 5
        if _is_fresh(value, today):
            confident += Decimal(indicator.weight * value.confidence_pct) / 100
    confidence = int(confident)
    return Readiness(points if confidence >= LEAST_CONFIDENCE_PCT else None, confidence)


@dataclass(frozen=True)
class Line:
    """One indicator of a report. `points` is None where it was not assessed; fresh ones add confidence."""

    indicator: Indicator
    value: AssessmentValue | None
    points: Decimal | None
    is_fresh: bool


def lines(values: Iterable[AssessmentValue], scope: str, today: dt.date) -> list[Line]:
    """Every indicator of the scope in its order, assessed or not."""
    by_code = {value.indicator: value for value in values}
    found = []
    for indicator in for_scope(scope):
        value = by_code.get(indicator.code)
        points = None if value is None else Decimal(indicator.weight * value.value) / 5
        found.append(Line(indicator, value, points, value is not None and _is_fresh(value, today)))
    return found


def drivers(values: Iterable[AssessmentValue], scope: str) -> list[tuple[Indicator, int, Decimal]]:
    """What costs most points, worst first: indicator, value, points lost."""
    by_code = {value.indicator: value.value for value in values}
    lost = [
        (indicator, by_code[indicator.code], Decimal(indicator.weight * (5 - by_code[indicator.code])) / 5)
        for indicator in for_scope(scope)
        if indicator.code in by_code and by_code[indicator.code] < 5
    ]
    return sorted(lost, key=lambda row: -row[2])


def _is_fresh(value: AssessmentValue, today: dt.date) -> bool:
    return value.evidence_on is not None and today - value.evidence_on < FRESH
