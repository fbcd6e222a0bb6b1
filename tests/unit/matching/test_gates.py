"""Each gate: open, closed with its distance as the only obstacle (a near miss), and unknown facts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.gates import GATE_NAMES
from matching.market import Market
from matching.pairs import Pairs, evaluate
from matching.policy import Policy

from .small import one_pair

NAN = np.nan


def seen(market: Market) -> tuple[list[tuple[str, float]], list[str]]:
    """Closed gates with distances, and the gates passed for want of a fact, of the only pair."""
    pairs = evaluate(market)
    assert len(pairs) == 1
    unknown = [name for k, name in enumerate(GATE_NAMES) if int(pairs.unknown[0]) >> k & 1]
    return pairs.closed_gates(0), unknown


def test_a_fitting_pair_is_open() -> None:
    assert seen(one_pair()) == ([], [])


CLOSED: list[tuple[str, float, Market]] = [
    ("variety", 1, one_pair({"variety": [2]}, {"variety": [3]})),
    ("grade", 1, one_pair({"spec_one_of": [[0, 0, 1]]}, {"attributes": [[0, NAN]]})),
    ("grade", 2, one_pair({"spec_high": [[1, NAN]]}, {"attributes": [[3, NAN]]})),
    ("spec", 1, one_pair({"spec_high": [[NAN, 12.5]]}, {"attributes": [[NAN, 13.0]]})),
    ("spec", 1, one_pair({"spec_one_of": [[0, 1, 4], [0, 1, 6]]}, {"attributes": [[NAN, 5]]})),
    ("origin", 1, one_pair({"origin": [[False, True]]})),
    ("readiness", 3, one_pair(capacities={"readiness": [52.0]})),
    ("payment_days", 5, one_pair({"wait_days": [15.0]})),
    ("certificate", 2, one_pair({"certificates": [[True, True]]})),
    ("calendar", 1, one_pair({"demand": [[100, 0]]}, {"supply": [[0, 50]]})),
    ("price", 2.5, one_pair(capacities={"ask": [22.5]})),
    ("min_lot", 20, one_pair(capacities={"min_lot": [120.0]})),
    ("excluded", 1, one_pair(exclusions=[[0, 0]])),
]


@pytest.mark.parametrize(("gate", "distance", "market"), CLOSED, ids=[f"{c[0]}-{c[1]}" for c in CLOSED])
def test_a_gate_closes_alone_and_says_by_how_much(gate: str, distance: float, market: Market) -> None:
    closed, _ = seen(market)
    assert closed == [(gate, pytest.approx(distance))]
    pairs = evaluate(market)
    assert pairs.near_misses().tolist() == [0]
    assert pairs.gate_closed(gate).tolist() == [True]


def test_every_gate_is_closed_by_some_case() -> None:
    assert {case[0] for case in CLOSED} | {"radius"} == set(GATE_NAMES)


def test_radius_measures_road_kilometres() -> None:
    market = one_pair(capacities={"lat": [5.0]}, policy=Policy(radius_km=100.0))
    # One degree of latitude is 111.195 km of great circle on the mean sphere, 1.35 times that by road.
    assert seen(market)[0] == [("radius", pytest.approx(1.35 * 111.19508 - 100.0, abs=1e-4))]


@pytest.mark.parametrize(
    "fields",
    [
        {"variety": [2]},
        {"spec_low": [[1, NAN]]},
        {"spec_low": [[NAN, 3]]},
        {"spec_one_of": [[0, 1, 4]]},
    ],
)
def test_an_undeclared_fact_passes_as_an_open_point(fields: dict[str, Any]) -> None:
    closed, unknown = seen(one_pair(fields))
    assert closed == []
    assert len(unknown) == 1


def test_unknown_patience_passes_unless_cash() -> None:
    assert seen(one_pair(capacities={"max_wait_days": [NAN]})) == ([], ["payment_days"])
    assert seen(one_pair({"wait_days": [0.0]}, {"max_wait_days": [NAN]})) == ([], [])


def test_readiness_never_assessed_stays_closed_without_a_distance() -> None:
    closed, _ = seen(one_pair(capacities={"readiness": [NAN]}))
    assert [name for name, _ in closed] == ["readiness"]
    assert np.isnan(closed[0][1])


def test_limits_are_inclusive_and_forgive_rounding() -> None:
    assert seen(one_pair({"wait_days": [15 * (1 - 0.2)]}, {"max_wait_days": [12.0]}))[0] == []
    assert seen(one_pair(capacities={"ask": [20.0 + 1e-12]}))[0] == []
    assert seen(one_pair(capacities={"readiness": [55.0]}))[0] == []


def test_formula_and_no_ceiling_pass_the_price() -> None:
    assert seen(one_pair(capacities={"ask": [NAN]})) == ([], [])
    assert seen(one_pair({"ceiling": [NAN]}, {"ask": [1e9]})) == ([], [])
    far = one_pair(capacities={"lat": [NAN], "freight_per_km": [0.1]})
    assert seen(far) == ([], ["price"])


def test_a_certificate_may_be_held_by_this_very_buyer_only() -> None:
    asked = {"certificates": [[True, False]], "buyer": [4]}
    own = evaluate(one_pair(asked, {"buyer_held": [[4, -1]]}))
    assert (own.closed[0], bool(own.relies_on_buyer[0])) == (0, True)
    assert seen(one_pair(asked, {"buyer_held": [[5, -1]]}))[0] == [("certificate", 1.0)]


def test_a_missing_soft_attribute_does_not_close() -> None:
    soft = {"spec_high": [[NAN, 12.5]], "spec_critical": [[True, False]]}
    assert seen(one_pair(soft, {"attributes": [[NAN, 13.0]]})) == ([], [])


def many(keep_closed: int) -> Pairs:
    """40 needs and 60 capacities of 4 concepts with varied readiness and patience."""
    from matching.market import Capacities, Needs

    generator = np.random.default_rng(3)
    needs = Needs(
        id=[f"N{k}" for k in range(40)],
        concept=generator.integers(0, 5, 40),
        wait_days=generator.uniform(0, 20, 40),
        demand=np.full((40, 1), 5.0),
    )
    capacities = Capacities(
        id=[f"C{k}" for k in range(60)],
        concept=generator.integers(1, 6, 60),
        supply=np.full((60, 1), 5.0),
        readiness=generator.uniform(40, 90, 60),
        max_wait_days=generator.uniform(0, 20, 60),
    )
    return evaluate(
        Market(needs=needs, capacities=capacities, periods=np.ones(1), policy=Policy(keep_closed=keep_closed))
    )


def test_large_markets_list_only_links_and_near_misses_but_count_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = many(10_000)
    monkeypatch.setattr("matching.pairs.CHUNK", 37)
    short = many(0)
    few = np.flatnonzero(np.bitwise_count(whole.closed) <= 1)
    assert (whole.complete, short.complete) == (True, False)
    assert (whole.need[few] == short.need).all()
    assert (whole.capacity[few] == short.capacity).all()
    assert (whole.closed_count == short.closed_count).all()
    assert np.allclose(whole.closed_kg, short.closed_kg)
    assert (whole.blocked == short.blocked).all()
    assert len(short) < len(whole)
