"""What people type: numbers, units, places and specifications, every fault at its field."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.catalogue import products
from broker.errors import Invalid
from broker.listings.capacity_input import months_text, read_capacity
from broker.listings.cells import as_text, capacity_cells, need_cells
from broker.listings.models import Capacity, Need
from broker.listings.need_input import read_need
from broker.listings.product_names import product_named, products_matching
from broker.listings.services import capacity_values, need_values
from broker.listings.templates import need_template
from broker.numerals import Separator
from broker.parties.models import Organization
from tests.factories.listings import CAPACITY, NEED, capacity_input, need_input
from tests.unit.listings.moments import NOW, TODAY


def faults(raw: dict[str, str], separator: Separator = ".", home: str = "CO") -> set[tuple[str, str | None]]:
    """Code and field of every fault of a need."""
    with pytest.raises(Invalid) as caught:
        read_need(raw, decimal_separator=separator, home=home)
    return {(fault.code, fault.field) for fault in caught.value.faults}


def test_a_whole_need() -> None:
    data = need_input()
    assert (data.quantity, data.unit_kg, data.price_minor, data.country) == (40, 1000, 215_000, "CO")
    assert data.attributes == {
        "grade": {"one_of": ["primera"]},
        "finger_weight_g": {"low": "250", "high": "400"},
    }
    assert (data.municipality, round(data.lat, 3)) == ("Pereira", 4.806)


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [
        ("1.500,5", ",", "1500.5"),
        ("1,500.5", ".", "1500.5"),
        ("1500,5", ",", "1500.5"),
        ("1 500.5", ".", "1500.5"),
    ],
)
def test_the_decimal_sign_is_chosen(text: str, separator: Separator, value: str) -> None:
    raw = {**NEED, "quantity": text, "spec_finger_weight_g_min": "250"}
    assert read_need(raw, decimal_separator=separator).quantity == Decimal(value)


@pytest.mark.parametrize(("text", "separator"), [("1.500,5", "."), ("1,500.5", ",")])
def test_the_other_decimal_sign_is_never_guessed(text: str, separator: Separator) -> None:
    assert ("number_wrong_separator", "quantity") in faults({**NEED, "quantity": text}, separator)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"quantity": "-4"}, ("number_negative", "quantity")),
        ({"quantity": "0"}, ("must_be_above", "quantity")),
        ({"quantity": "forty"}, ("number_format", "quantity")),
        ({"quantity": ""}, ("required", "quantity")),
        ({"unit": "fanega"}, ("unit_unknown", "unit")),
        ({"unit": "ha"}, ("unit_not_a_mass", "unit")),
        ({"unit": "saco"}, ("unit_must_be_declared", "unit_kg")),
        ({"unit": "t", "unit_kg": "907"}, ("unit_factor_is_fixed", "unit_kg")),
        ({"unit": "carga_cafe"}, ("unit_not_for_product", "unit")),
        ({"product": "mango"}, ("product_unknown", "product")),
        ({"municipality": "Macondo"}, ("place_unknown", "municipality")),
        ({"country": "Atlantis"}, ("country_unknown", "country")),
        ({"currency": "XXX"}, ("currency_unknown", "currency")),
        ({"price": "2150.123"}, ("money_too_fine", "price")),
        ({"price": ""}, ("price_method_needs", "price")),
        ({"price_method": "index_differential"}, ("price_method_needs", "index_series")),
        ({"start": "2026-13-01"}, ("date_format", "start")),
        ({"certificates": "ISO 9000"}, ("scheme_unknown", "certificates")),
        ({"origins": "CO; ZZ"}, ("country_unknown", "origins")),
        ({"spec_grade": "cuarta"}, ("attribute_choice", "spec_grade")),
        ({"spec_finger_weight_g_min": "401"}, ("range_crossed", "spec_finger_weight_g_max")),
        ({"spec_finger_weight_g_max": "90000"}, ("out_of_range", "spec_finger_weight_g_max")),
        ({"spec_cup_score_min": "84"}, ("attribute_not_of_product", "spec_cup_score_min")),
        ({"payment_days": "8.5"}, ("whole_number", "payment_days")),
        ({"contributions": "gold: a bar"}, ("choice_unknown", "contributions")),
        ({"quantity": "2000000000"}, ("attribute_above", "quantity")),
        ({"quantity": "0.0000001", "unit": "kg"}, ("mass_out_of_range", "quantity")),
        ({"quantity": "900000000", "unit": "saco", "unit_kg": "2000"}, ("mass_out_of_range", "quantity")),
        ({"start": "0001-01-01"}, ("date_year", "start")),
        ({"end": "31/12/9999"}, ("date_year", "end")),
        ({"price_method": "floor_plus_premium", "floor": "-5"}, ("number_negative", "floor")),
        (
            {"price_method": "floor_plus_premium", "floor": "5", "premium": "-1"},
            ("number_negative", "premium"),
        ),
        (
            {"price_method": "floor_plus_premium", "floor": "180", "index_series": "ICE C"},
            ("price_method_needs", "differential"),
        ),
        ({"differential": "-5000"}, ("out_of_range", "differential")),
        ({"base_factor": "0"}, ("out_of_range", "base_factor")),
        ({"review_weeks": "2.5"}, ("whole_number", "review_weeks")),
        ({"review_weeks": "0"}, ("out_of_range", "review_weeks")),
        ({"band_pct": "250"}, ("out_of_range", "band_pct")),
        (
            {"price_method": "collar", "collar_low": "2300", "collar_high": "2100"},
            ("range_crossed", "collar_high"),
        ),
        ({"price_unit": "saco", "price_unit_kg": "0.000000000000001"}, ("out_of_range", "price_unit_kg")),
        (
            {"price_unit": "saco", "price_unit_kg": "0.001", "price": "10000000"},
            ("price_per_kg_too_high", "price"),
        ),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_each_fault_stands_at_its_field(fields: dict[str, str], fault: tuple[str, str]) -> None:
    assert fault in faults({**NEED, **fields})


def test_a_differential_below_the_index_is_usual() -> None:
    raw = {**NEED, "price_method": "index_differential", "index_series": "ICE C", "differential": "-12.5"}
    assert read_need(raw, decimal_separator=".").price_params["differential"] == "-12.5"


def test_a_price_by_the_tonne_is_no_error() -> None:
    raw = {**NEED, "price": "30000000", "price_unit": "t"}
    assert read_need(raw, decimal_separator=".").price_minor == 3_000_000_000


def test_all_faults_are_told_at_once() -> None:
    found = faults({**NEED, "quantity": "-1", "unit": "", "municipality": "", "payment_days": ""})
    assert {"quantity", "unit", "municipality", "payment_days"} <= {field for _, field in found}


def test_forty_quintales_ask_which_quintal_in_colombia() -> None:
    raw = {**NEED, "quantity": "40", "unit": "quintales"}
    with pytest.raises(Invalid) as caught:
        read_need(raw, decimal_separator=".")
    (fault,) = caught.value.faults
    assert (fault.code, fault.field, fault.params["choices"]) == ("unit_ambiguous", "unit_kg", [50, 100])
    assert read_need(raw | {"unit_kg": "50"}, decimal_separator=".").unit_kg == 50
    assert read_need(raw | {"unit_kg": "100"}, decimal_separator=".").unit == "qq_metrico"


def test_the_quintal_of_coffee_weighs_46_kg_and_the_other_one_does_not() -> None:
    coffee = {
        **NEED,
        "product": "coffee_green",
        "unit": "quintal",
        "municipality": "San Pedro Sula",
        "currency": "",
    }
    coffee = {name: text for name, text in coffee.items() if not name.startswith("spec_")}
    assert read_need(coffee, decimal_separator=".", home="HN").unit_kg == 46
    potato = {**coffee, "product": "potato"}
    assert read_need(potato, decimal_separator=".", home="HN").unit_kg == Decimal("45.359237")


def test_a_declared_weight_is_kept() -> None:
    data = need_input(unit="saco", unit_kg="62.5")
    assert (data.unit, data.unit_kg) == ("saco", Decimal("62.5"))


def test_words_for_products_and_countries() -> None:
    assert product_named("Plátano dominico-hartón verde") == "plantain_dom_harton"
    assert product_named("quinua real") == "quinoa_real"
    assert product_named("piedras") is None
    assert "potato" in products_matching("papa")
    assert need_input(country="Colombia").country == "CO"


def test_a_capacity_fills_in_the_usual_loss() -> None:
    raw = {name: text for name, text in CAPACITY.items() if name != "loss_pct"}
    assert read_capacity(raw, decimal_separator=".").loss_pct == 15


@pytest.mark.parametrize(
    ("text", "months", "again"),
    [
        ("1-12", range(1, 13), "1-12"),
        ("9-2", (9, 10, 11, 12, 1, 2), "9-2"),
        ("4-7, 10-2", (4, 5, 6, 7, 10, 11, 12, 1, 2), "4-7,10-2"),
        ("1; 2; 3", (1, 2, 3), "1-3"),
        ("12", (12,), "12"),
    ],
)
def test_months(text: str, months: tuple[int, ...], again: str) -> None:
    calendar = capacity_input(months=text).calendar
    assert [month for month, weight in enumerate(calendar, 1) if weight] == sorted(months)
    assert months_text(calendar) == again


def test_months_that_are_none() -> None:
    with pytest.raises(Invalid) as caught:
        capacity_input(months="13")
    assert {fault.code for fault in caught.value.faults} >= {"months_format"}


def test_a_need_can_be_typed_again_from_what_is_stored() -> None:
    fields = {
        "unit": "saco", "unit_kg": "62.5", "price_method": "collar", "collar_low": "1.5",
        "collar_high": "2200.25",
        "certificates": "bpa_ica; globalgap", "origins": "CO", "packing": "canastilla_20",
        "spec_washed": "yes",
        "contributions": "inputs: bags; and string; technical_assistance: a visit", "reserve_price": "2200.5",
        "description": "two\nlines", "max_suppliers": "6", "payment_channel": "transfer",
        "usual_rejects_pct": "2.5",
    }  # fmt: skip
    data = need_input(**fields)
    assert [(one.type, one.description) for one in data.contributions] == [
        ("inputs", "bags; and string"),
        ("technical_assistance", "a visit"),
    ]
    from broker.listings.models import Contribution

    stored = Need(
        **need_values(data), reference="R001", buyer_id=1, created_at=NOW, updated_at=NOW,
        contributions=[Contribution(type=c.type, description=c.description) for c in data.contributions],
    )  # fmt: skip
    for separator in (",", "."):
        again = read_need(as_text(need_cells(stored), separator), decimal_separator=separator)
        assert again == data


def test_a_capacity_can_be_typed_again_from_what_is_stored() -> None:
    data = capacity_input(months="9-2", elsewhere_kg_year="1000.5", reserve_price="1900", spec_washed="no")
    stored = Capacity(
        **capacity_values(data),
        reference="O001",
        organization_id=1,
        confirmed_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    assert read_capacity(as_text(capacity_cells(stored), ","), decimal_separator=",") == data


@pytest.mark.parametrize("product", [product.code for product in products.all()])
@pytest.mark.parametrize("country", ["CO", "HN"])
def test_every_template_becomes_a_need_once_its_quantity_and_price_are_typed(
    product: str, country: str
) -> None:
    town = {"CO": "Pereira", "HN": "Tegucigalpa"}[country]
    cells = need_template(product, country, town, TODAY)
    raw = as_text(cells, ",") | {"quantity": "10", "price": "5", "payment_days": "8"}
    data = read_need(raw, decimal_separator=",", home=country)
    assert data.product == product
    assert data.start.weekday() == 0
    assert TODAY < data.reply_by < data.start < data.end


def test_the_organization_is_not_needed_for_the_cells() -> None:
    # The names of parties are not fields of a form.
    assert not {"buyer", "organization", "id"} & set(need_cells_of_story())


def need_cells_of_story() -> dict[str, object]:
    need = Need(**need_values(need_input()), reference="R001", buyer_id=1, created_at=NOW, updated_at=NOW)
    need.buyer = Organization(
        kind="buyer", legal_name="B", country="CO", municipality="Pereira", created_at=NOW
    )
    return dict(need_cells(need))
