"""Every price method, to the figures of the domain model."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.errors import RuleBroken
from broker.prices.formulas import Clause, Quote, cash_gap, compute, effective_price, index_usd_per_kg

C = {"ICE C": Quote("ICE C", Decimal("284.00"), "2026-11-23")}


def clause(
    method: str, *, currency: str = "USD", unit_kg: str = "1", price: str | None = None, **params: str
) -> Clause:
    return Clause(method, currency, Decimal(unit_kg), None if price is None else Decimal(price), params)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def test_c_plus_differential_by_kg_quintal_and_hundredweight() -> None:
    usd = compute(clause("index_differential", index_series="ICE C", differential="18"), C).per_kg
    assert usd.quantize(Decimal("0.0001")) == Decimal("6.6580")
    assert cents(usd * 46) == Decimal("306.27")
    assert cents(usd * Decimal("45.359237")) == Decimal("302.00")


def test_the_two_quintals_differ_by_384_kg_in_600() -> None:
    assert round(600 * (46 - Decimal("45.359237"))) == 384


def test_story_two_at_the_quote_and_at_the_floor() -> None:
    terms = {"index_series": "ICE C", "differential": "45", "floor": "240"}
    pounds = Decimal(38400) / Decimal("0.45359237")
    assert pounds.quantize(Decimal("0.1")) == Decimal("84657.5")
    high = compute(clause("floor_plus_premium", **terms), C).per_kg
    assert (index_usd_per_kg(Decimal(284), Decimal(45)) == high) and round(pounds * Decimal("3.29")) == 278523
    low = {"ICE C": Quote("ICE C", Decimal(165), "2027-05-01")}
    floored = compute(clause("floor_plus_premium", **terms), low).per_kg
    assert floored == Decimal("2.40") * Decimal("2.20462262")
    assert round(pounds * Decimal("2.40")) == 203178
    assert round(pounds * Decimal("3.29") * Decimal("0.4")) == 111409


def test_floor_plus_premium_without_an_index() -> None:
    assert (
        compute(clause("floor_plus_premium", currency="COP", floor="9000", premium="800"), {}).per_kg == 9800
    )


def test_parchment_follows_the_yield_factor() -> None:
    green = compute(
        clause("index_differential", index_series="ICE C", differential="18"), C, Decimal(3700)
    ).per_kg
    parchment = compute(
        clause(
            "index_differential", currency="COP", index_series="ICE C", differential="18", base_factor="94"
        ),
        C,
        Decimal(3700),
    ).per_kg
    assert parchment == green * 70 / 94


@pytest.mark.parametrize(("reference", "expected"), [("650", "700"), ("950", "950"), ("1400", "1250")])
def test_a_collar_holds_the_reference(reference: str, expected: str) -> None:
    terms = clause(
        "collar", currency="HNL", unit_kg="45.359237", price=reference, collar_low="700", collar_high="1250"
    )
    assert compute(terms, {}).per_kg == Decimal(expected) / Decimal("45.359237")


def test_what_a_late_price_is_worth_today() -> None:
    # Story 3: 4.20 at 15 days with 6 % rejects, at 4 % a month.
    net = Decimal("4.20") * Decimal("0.94")
    assert cents(effective_price(net, Decimal(15), Decimal("0.04"))) == Decimal("3.87")


def test_the_cash_bridge_of_story_one() -> None:
    bridge = cash_gap(Decimal(40_000) * 2150, Decimal(8), Decimal(0))
    assert (bridge / 1_000_000).quantize(Decimal("0.1")) == Decimal("98.3")
    longer = cash_gap(Decimal(40_000) * 2150, Decimal(15), Decimal(0))
    assert (longer / 1_000_000).quantize(Decimal("0.1")) == Decimal("184.3")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(RuleBroken) as missing:
        compute(clause("index_differential", index_series="ICE C", differential="18"), {})
    assert (missing.value.code, missing.value.params) == ("quote_missing", {"series": "ICE C"})
    with pytest.raises(RuleBroken) as no_price:
        compute(clause("fixed"), {})
    assert (no_price.value.code, no_price.value.field) == ("price_method_needs", "price")
