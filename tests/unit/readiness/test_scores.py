"""From values to a score, and when there is no number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from broker.readiness.indicators import for_scope
from broker.readiness.models import AssessmentValue
from broker.readiness.scores import drivers, readiness_of

TODAY = dt.date(2026, 11, 23)


def values(
    value: int, *, age: int = 30, confidence: int = 100, without: tuple[str, ...] = ()
) -> list[AssessmentValue]:
    return [
        AssessmentValue(
            indicator=indicator.code, value=value, evidence="acta", confidence_pct=confidence,
            evidence_on=TODAY - dt.timedelta(days=age),
        )
        for indicator in for_scope("producer")
        if indicator.code not in without
    ]  # fmt: skip


@pytest.mark.parametrize("scope", ["producer", "buyer"])
def test_weights_sum_to_a_hundred(scope: str) -> None:
    assert sum(indicator.weight for indicator in for_scope(scope)) == 100


@pytest.mark.parametrize(
    ("value", "score", "band"),
    [
        (5, 100, "ready"),
        (4, 80, "ready"),
        (3, 60, "ready_with_plan"),
        (2, 40, "prepare_first"),
        (1, 20, "not_now"),
    ],
)
def test_score_and_band(value: int, score: int, band: str) -> None:
    found = readiness_of(values(value), "producer", TODAY)
    assert (found.score, found.band, found.passes) == (Decimal(score), band, score >= 55)


def test_the_gate_stands_at_55() -> None:
    almost = values(3)
    for value in almost:
        if value.indicator in ("G1", "G3", "C2", "S3"):  # 24 points of weight from 3 to 2: 60 - 4.8
            value.value = 2
    assert readiness_of(almost, "producer", TODAY).score == Decimal("55.2")
    next(value for value in almost if value.indicator == "G4").value = 2
    assert not readiness_of(almost, "producer", TODAY).passes


def test_old_or_doubtful_evidence_gives_no_number() -> None:
    assert readiness_of(values(5, age=366), "producer", TODAY).band == "insufficient_evidence"
    assert readiness_of(values(5, confidence=59), "producer", TODAY).score is None
    assert readiness_of(values(5, confidence=60), "producer", TODAY).score == 100


def test_a_missing_indicator_counts_as_nothing_and_as_no_evidence() -> None:
    found = readiness_of(values(5, without=("C1",)), "producer", TODAY)
    assert (found.score, found.confidence_pct) == (Decimal(91), 91)


def test_drivers_name_what_costs_most() -> None:
    mixed = values(5)
    next(value for value in mixed if value.indicator == "C1").value = 0
    next(value for value in mixed if value.indicator == "C3").value = 0
    assert [(indicator.code, lost) for indicator, _, lost in drivers(mixed, "producer")] == [
        ("C1", 9),
        ("C3", 4),
    ]
