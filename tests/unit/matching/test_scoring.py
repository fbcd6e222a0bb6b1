"""Scores: points that add up, features that answer to their facts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.features import FEATURES
from matching.market import Market
from matching.pairs import evaluate
from matching.policy import FEATURES as WEIGHTED
from matching.scoring import FeatureScore, _rounded, score

from .demo_market import demo_market
from .small import one_pair


def lines(market: Market) -> dict[str, FeatureScore]:
    pairs = evaluate(market)
    return {line.feature: line for line in score(market, pairs, np.array([0])).breakdown(0)}


def test_policy_and_features_name_the_same_things_in_the_same_order() -> None:
    assert tuple(feature.name for feature in FEATURES) == WEIGHTED


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_points_add_up_to_the_rounded_total(values: list[float]) -> None:
    points = np.array([values]) * np.array([30, 20, 15, 15, 10, 10])
    tenths = _rounded(points)
    assert abs(tenths.sum() - points.sum() * 10) <= 0.5 + 1e-6
    assert (np.abs(tenths - points * 10) < 1.0 + 1e-6).all()
    assert (tenths >= 0).all()


def test_every_link_of_the_demonstration_adds_up() -> None:
    market = demo_market()
    pairs = evaluate(market)
    scores = score(market, pairs, pairs.links())
    for row, total in enumerate(scores.total_tenths):
        assert sum(round(line.points * 10) for line in scores.breakdown(row)) == total
    assert ((scores.total > 0) & (scores.total <= 100)).all()


def test_full_marks_are_possible_only_with_everything() -> None:
    found = lines(
        one_pair(
            {"wait_days": [0.0]},
            {"supply": [[100, 100]], "ask": [5.0], "readiness": [100.0], "certificates": [[True, True]]},
        )
    )
    assert {name: line.value for name, line in found.items()} == pytest.approx(dict.fromkeys(WEIGHTED, 1.0))


def test_undeclared_and_missed_attributes_cost_points() -> None:
    asked = {"spec_high": [[np.nan, 10.0]], "spec_critical": [[True, False]]}
    met, unknown, missed = (
        lines(one_pair(asked, {"attributes": [[np.nan, value]]}))["spec"] for value in (9.0, np.nan, 10.5)
    )
    assert [line.value for line in (met, unknown, missed)] == pytest.approx([1.0, 0.5, 0.5])
    assert [line.reason for line in (met, unknown, missed)] == ["spec_met", "spec_undeclared", "spec_missed"]


def test_descriptions_are_compared_when_both_are_there() -> None:
    same = lines(one_pair({"description": ["lavado y encerado"]}, {"description": ["Lavado y encerado"]}))
    other = lines(one_pair({"description": ["lavado y encerado"]}, {"description": ["sin clasificar"]}))
    assert same["spec"].value == pytest.approx(1.0)
    assert other["spec"].value == pytest.approx(0.8)


def test_effective_price_discounts_the_wait() -> None:
    found = lines(one_pair({"wait_days": [15.0]}, {"max_wait_days": [30.0]}))["price_payment"]
    assert found.params["effective_price"] == pytest.approx(20.0 / 1.02)
    assert found.params["margin_per_kg"] == pytest.approx(20.0 / 1.02 - 15.0)


def test_thin_evidence_draws_reliability_to_the_middle() -> None:
    found = lines(one_pair(capacities={"readiness": [90.0], "reliability_confidence": [0.5]}))["reliability"]
    assert found.value == pytest.approx(0.7)
    assert found.reason == "readiness_thin_evidence"


def test_the_buyers_certificate_is_worth_half() -> None:
    asked = {"certificates": [[True, False]], "buyer": [4]}
    own = lines(one_pair(asked, {"certificates": [[True, False]]}))["certificates"]
    leant = lines(one_pair(asked, {"buyer_held": [[4, -1]]}))["certificates"]
    assert (own.value, leant.value) == pytest.approx((0.6, 0.3))
    assert leant.reason == "certificate_of_this_buyer"
