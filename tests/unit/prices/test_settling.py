"""What a delivery pays under every price method, to the figures of the domain model and its stories."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from broker.errors import RuleBroken
from broker.money import Money
from broker.prices.agreed import Cost, Inputs, Rate, Terms
from broker.prices.formulas import LB_PER_KG, Quote
from broker.prices.settling import Settled, by_yield_factor, price_on

C = Inputs(quotes={"ICE C": Quote("ICE C", Decimal("284.00"), "2026-11-23", "usc_lb", "ICE")})
C_LOW = Inputs(quotes={"ICE C": Quote("ICE C", Decimal(165), "2027-05-01", "usc_lb", "ICE")})
COFFEE = {"series": "ICE C", "differential": "18", "differential_unit": "¢/lb"}
POUND = 1 / LB_PER_KG
PESOS = Rate("COP", Decimal(3700), "2026-11-23", "TRM")


def terms(method: str, *, price: str | None = None, **agreed: Any) -> Terms:
    """A clause in US dollars per kg, unless said otherwise; whatever is not of the unit is a parameter."""
    currency, unit = agreed.pop("currency", "USD"), agreed.pop("unit", "kg")
    unit_kg = Decimal(agreed.pop("unit_kg", 1))
    return Terms(method, currency, unit, unit_kg, None if price is None else Decimal(price), agreed)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def codes(settled: Settled) -> list[str]:
    return [step.code for step in settled.steps]


@pytest.mark.parametrize("method", ["fixed", "fixed_reviewed"])
def test_a_fixed_price_is_what_was_agreed(method: str) -> None:
    settled = price_on(terms(method, price="2150", currency="COP"), Inputs())
    assert (settled.per_unit, settled.per_kg, settled.currency) == (2150, 2150, "COP")


def test_c_plus_differential_by_kg_quintal_and_hundredweight() -> None:
    assert price_on(terms("index_differential", **COFFEE), C).per_kg.quantize(Decimal("0.0001")) == Decimal(
        "6.6580"
    )
    quintal = price_on(terms("index_differential", unit="qq", unit_kg="46", **COFFEE), C)
    assert cents(quintal.per_unit) == Decimal("306.27")
    hundredweight = price_on(terms("index_differential", unit="qq", unit_kg="45.359237", **COFFEE), C)
    assert cents(hundredweight.per_unit) == Decimal("302.00")


def test_every_input_of_an_index_is_shown_with_its_date_and_source() -> None:
    settled = price_on(
        terms("index_differential", currency="COP", **COFFEE), Inputs(quotes=C.quotes, per_usd=PESOS)
    )
    assert codes(settled) == ["index", "unit", "converted"]
    index, _, converted = (step.numbers for step in settled.steps)
    assert (index["series"], index["date"], index["source"]) == ("ICE C", "2026-11-23", "ICE")
    assert (index["quote"], index["differential"], index["differential_unit"]) == (284, 18, "¢/lb")
    assert (converted["rate"], converted["date"], converted["source"]) == (3700, "2026-11-23", "TRM")
    assert converted["price"] == settled.per_unit == Decimal("3.02") * LB_PER_KG * 3700


def test_a_fixation_that_a_side_called_takes_the_place_of_the_quotation() -> None:
    called = Quote("ICE C", Decimal(300), "2026-10-01", "usc_lb", "called by the organization")
    settled = price_on(terms("index_differential", **COFFEE), Inputs(quotes=C.quotes, fixed_quote=called))
    assert settled.per_kg == Decimal("3.18") * LB_PER_KG
    assert codes(settled)[0] == "index_called"
    assert settled.steps[0].numbers["date"] == "2026-10-01"
    assert price_on(terms("index_differential", **COFFEE), Inputs(fixed_quote=called)) == settled


def test_story_two_at_the_quote_and_at_the_floor() -> None:
    clause = terms(
        "floor_plus_premium",
        unit="lb", unit_kg=POUND, series="ICE C", differential="45", differential_unit="¢/lb", floor="240",
    )  # fmt: skip
    pounds = 38_400 * LB_PER_KG
    assert pounds.quantize(Decimal("0.1")) == Decimal("84657.5")
    high, low = price_on(clause, C).per_kg * 38_400, price_on(clause, C_LOW).per_kg * 38_400
    assert (Money.rounded(high, "USD"), round(high)) == (Money.of("278523.20", "USD"), 278_523)
    assert (Money.rounded(low, "USD"), round(low)) == (Money.of("203178.02", "USD"), 203_178)
    floored = price_on(clause, C_LOW).steps[1]
    assert floored.code == "index_floor"
    assert floored.numbers["index"] == Decimal("2.10") * LB_PER_KG
    assert floored.numbers["price"] == Decimal("2.40") * LB_PER_KG


def test_premiums_come_on_top_of_the_floor_and_of_the_market() -> None:
    """Fairtrade washed arabica since 1 August 2023: 180 + organic 40 + premium 20 ¢/lb."""
    clause = terms("floor_plus_premium", floor="180", premium="20", organic_diff="40", **COFFEE)
    low = Inputs(quotes={"ICE C": Quote("ICE C", Decimal(150), "2026-11-23")})
    assert price_on(clause, low).per_kg == Decimal("2.40") * LB_PER_KG
    assert price_on(clause, C).per_kg == Decimal("3.62") * LB_PER_KG


def test_a_plain_floor_needs_no_series() -> None:
    clause = terms("floor_plus_premium", currency="COP", floor="9000", premium="800", organic_diff="150")
    assert price_on(clause, Inputs()).per_kg == 9950


@pytest.mark.parametrize(
    ("differential", "unit"),
    [("18", "¢/lb"), ("18", "usc_lb"), ("0.18", "USD/lb"), ("0.3968320716", "USD/kg")],
)
def test_a_differential_may_be_agreed_in_other_units(differential: str, unit: str) -> None:
    clause = terms("index_differential", **COFFEE | {"differential": differential, "differential_unit": unit})
    assert price_on(clause, C).per_kg == Decimal("3.02") * LB_PER_KG


def test_fnc_pays_the_excelso_part_by_the_yield_of_the_lot() -> None:
    """FNC, 17 February 2026: 1,998,400 excelso + 81,600 pasilla per carga of 125 kg at factor 94."""
    excelso = by_yield_factor(Decimal(1_998_400), Decimal(94), Decimal(88))
    assert excelso.quantize(Decimal(1)) == 2_134_655
    usd = Decimal("3.02") * LB_PER_KG * 125 * 70 / 94
    rate = Rate("COP", 1_998_400 / usd, "2026-02-17", "FNC")
    clause = terms(
        "index_differential", currency="COP", unit="carga", unit_kg="125", base_factor="94", pasilla="81600",
        **COFFEE,
    )  # fmt: skip

    def paid(measured: int) -> Settled:
        return price_on(clause, Inputs(quotes=C.quotes, per_usd=rate, measured_factor=Decimal(measured)))

    assert paid(94).per_unit.quantize(Decimal(1)) == 2_080_000
    better = paid(88)
    assert codes(better) == ["index", "unit", "converted", "yield_factor", "pasilla"]
    factor = better.steps[3].numbers
    assert (factor["base"], factor["measured"]) == (94, 88)
    assert Decimal(factor["price"]).quantize(Decimal(1)) == 2_134_655
    assert better.per_unit.quantize(Decimal(1)) == 2_134_655 + 81_600


def test_cost_plus_adds_the_margin_to_the_audited_cost() -> None:
    clause = terms("cost_plus", price="5000", currency="COP", margin_pct="12.5")
    cost = Cost("Hoja de costos 2027", Decimal("4820.40"), "2027-01-31")
    settled = price_on(clause, Inputs(audited_cost=cost))
    assert settled.per_unit == Decimal("5422.95")
    numbers = settled.steps[0].numbers
    assert (numbers["sheet"], numbers["date"]) == ("Hoja de costos 2027", "2027-01-31")


@pytest.mark.parametrize(("reference", "expected"), [("650", 700), ("950", 950), ("1400", 1250)])
@pytest.mark.parametrize("unit", ["HNL/qq", "HNL/kg", ""])
def test_a_collar_holds_the_quoted_reference(reference: str, expected: int, unit: str) -> None:
    clause = terms(
        "collar", price="1000", currency="HNL", unit="qq", unit_kg="50", low="700", high="1250",
        series="Mayoreo",
    )  # fmt: skip
    value = Decimal(reference) if unit == "HNL/qq" else Decimal(reference) / 50
    settled = price_on(clause, Inputs({"Mayoreo": Quote("Mayoreo", value, "2026-12-07", unit, "SIMPAH")}))
    assert settled.per_unit == expected
    assert settled.steps[0].numbers["reference"] == Decimal(reference)
    assert settled.steps[0].numbers["date"] == "2026-12-07"


def test_a_split_payment_pays_the_first_part() -> None:
    settled = price_on(terms("split_payment", price="4200", currency="COP"), Inputs())
    assert (settled.per_unit, codes(settled)) == (4200, ["first_payment"])


def index(**changes: str) -> Terms:
    return terms("index_differential", **COFFEE | changes)


COLLAR = {"currency": "HNL", "unit": "qq", "unit_kg": "46", "low": "700", "high": "1250", "series": "ICE C"}


@pytest.mark.parametrize(
    ("clause", "inputs", "code", "field"),
    [
        (terms("fixed"), C, "price_method_needs", "price"),
        (terms("barter"), C, "price_method_needs", "method"),
        (index(), Inputs(), "quote_missing", "quotes"),
        (
            index(),
            Inputs(C.quotes, fixed_quote=Quote("ICE RC", Decimal(90), "2026-11-23")),
            "quote_missing",
            "fixed_quote",
        ),
        (index(series=" "), C, "price_method_needs", "series"),
        (index(differential="a bit"), C, "price_method_needs", "differential"),
        (index(differential="NaN"), C, "price_method_needs", "differential"),
        (index(differential_unit=""), C, "price_method_needs", "differential_unit"),
        (index(differential_unit="USD"), C, "unit_unknown", "differential_unit"),
        (index(differential="-300"), C, "price_unusable", None),
        (index(currency="COP"), C, "rate_missing", "per_usd"),
        (index(currency="HNL"), Inputs(C.quotes, PESOS), "rate_missing", "per_usd"),
        (index(base_factor="94"), C, "price_method_needs", "measured_factor"),
        (index(base_factor="0"), C, "price_method_needs", "base_factor"),
        (terms("floor_plus_premium", **COFFEE), C, "price_method_needs", "floor"),
        (terms("cost_plus", margin_pct="10"), C, "cost_missing", "audited_cost"),
        (terms("cost_plus"), C, "price_method_needs", "margin_pct"),
        (terms("collar", **COLLAR), Inputs(), "quote_missing", "quotes"),
        (terms("collar", **COLLAR), C, "quote_in_other_unit", None),
        (terms("collar", **COLLAR | {"low": "1300"}), C, "range_crossed", "high"),
    ],
)  # fmt: skip
def test_what_is_missing_stops_the_settlement_by_name(
    clause: Terms, inputs: Inputs, code: str, field: str | None
) -> None:
    with pytest.raises(RuleBroken) as broken:
        price_on(clause, inputs)
    assert (broken.value.code, broken.value.field) == (code, field)
