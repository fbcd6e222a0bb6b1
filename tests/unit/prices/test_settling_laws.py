"""What holds of every price clause, whatever its figures."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from broker.prices.agreed import Cost, Inputs, Rate, Terms
from broker.prices.formulas import LB_PER_KG, Quote
from broker.prices.settling import price_on

QUOTATIONS = st.decimals(0, 1000, places=2)
DIFFERENTIALS = st.decimals(0, 200, places=2)
PRICES = st.decimals(0, 10**7, places=2)
RATES = st.decimals("0.5", 5000, places=4)
UNIT_KG = st.sampled_from([Decimal(1), Decimal(46), Decimal("45.359237"), Decimal(125)])


def on(value: Decimal, rate: Decimal = Decimal(1), unit: str = "") -> Inputs:
    return Inputs({"S": Quote("S", value, "2026-12-07", unit)}, Rate("COP", rate, "2026-12-07", "TRM"))


def index(currency: str, differential: Decimal, unit_kg: Decimal = Decimal(1), **params: str) -> Terms:
    agreed = {"series": "S", "differential": str(differential), "differential_unit": "¢/lb", **params}
    method = "floor_plus_premium" if "floor" in params else "index_differential"
    return Terms(method, currency, "unit", unit_kg, None, agreed)


@given(QUOTATIONS, DIFFERENTIALS, PRICES, PRICES, RATES, UNIT_KG)
def test_a_floor_is_never_undercut(
    quote: Decimal, differential: Decimal, floor: Decimal, premium: Decimal, rate: Decimal, unit_kg: Decimal
) -> None:
    clause = index("COP", -differential, unit_kg, floor=str(floor), premium=str(premium))
    settled = price_on(clause, on(quote, rate))
    guaranteed = (floor + premium) / 100 * LB_PER_KG * unit_kg * rate
    assert settled.per_unit >= guaranteed - Decimal("1e-9")
    bare = price_on(index("USD", -differential, floor=str(floor)), on(quote))
    assert bare.per_kg >= floor / 100 * LB_PER_KG


@given(PRICES, PRICES, PRICES, PRICES, UNIT_KG)
def test_a_collar_keeps_its_band_and_follows_the_reference(
    one: Decimal, two: Decimal, three: Decimal, four: Decimal, unit_kg: Decimal
) -> None:
    low, high = sorted((one, two))
    below, above = sorted((three, four))
    params = {"series": "S", "low": str(low), "high": str(high)}
    clause = Terms("collar", "HNL", "qq", unit_kg, None, params)
    for unit in ("HNL/qq", "HNL/kg"):
        lesser, greater = (price_on(clause, on(value, unit=unit)).per_unit for value in (below, above))
        assert low <= lesser <= greater <= high


@given(QUOTATIONS, QUOTATIONS, DIFFERENTIALS, RATES)
def test_an_index_price_is_linear_in_the_quotation(
    one: Decimal, two: Decimal, differential: Decimal, rate: Decimal
) -> None:
    clause = index("COP", differential)

    def paid(quote: Decimal) -> Decimal:
        return price_on(clause, on(quote, rate)).per_kg

    assert paid(one) + paid(two) == paid(one + two) + paid(Decimal(0))
    assert paid(one + 100) - paid(one) == LB_PER_KG * rate


@given(QUOTATIONS, st.decimals(60, 140, places=2), st.decimals(60, 140, places=2), PRICES)
def test_a_better_yield_pays_more_excelso_and_no_more_pasilla(
    quote: Decimal, one: Decimal, two: Decimal, pasilla: Decimal
) -> None:
    better, worse = sorted((one, two))
    clause = index("USD", Decimal(1), base_factor="94", pasilla=str(pasilla))

    def paid(measured: Decimal) -> Decimal:
        inputs = Inputs(on(quote).quotes, measured_factor=measured)
        return price_on(clause, inputs).per_unit

    assert paid(better) >= paid(worse) > pasilla
    # Prices less pasilla stand in the inverse ratio of the factors.
    gap = (paid(better) - pasilla) * better - (paid(worse) - pasilla) * worse
    assert abs(gap) < Decimal("1e-15")


@given(PRICES, st.decimals(0, 200, places=2))
def test_cost_plus_never_pays_less_than_the_cost(cost: Decimal, margin: Decimal) -> None:
    clause = Terms("cost_plus", "COP", "kg", Decimal(1), None, {"margin_pct": str(margin)})
    settled = price_on(clause, Inputs(audited_cost=Cost("hoja", cost, "2026-12-07")))
    assert settled.per_unit >= cost
    assert settled.per_unit - cost == cost * margin / 100


@given(QUOTATIONS, DIFFERENTIALS, RATES, UNIT_KG)
def test_every_figure_of_a_price_is_exact_or_text(
    quote: Decimal, differential: Decimal, rate: Decimal, unit_kg: Decimal
) -> None:
    settled = price_on(index("COP", differential, unit_kg, floor="200"), on(quote, rate))
    figures = [figure for step in settled.steps for figure in step.numbers.values()]
    assert {type(figure) for figure in [*figures, settled.per_unit, settled.per_kg]} <= {Decimal, str}
