"""Customary units: one code, one factor; words are read only with a country and a product."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.catalogue import units
from broker.catalogue.units import Ambiguous, DeclareKg, Unit
from broker.errors import NotFound, RuleBroken


def _unit(text: str, country: str | None, product: str | None) -> Unit:
    found = units.resolve(text, country, product)
    assert isinstance(found, Unit)
    return found


def test_a_coffee_quintal_of_honduras_is_46_kg_and_any_other_is_100_pounds() -> None:
    coffee = _unit("quintales", "HN", "coffee_green")
    general = _unit("quintales", "HN", "potato")
    assert coffee.to_kg(Decimal(600)) == Decimal(27600)
    assert general.to_kg(Decimal(600)) == Decimal("27215.542200")
    assert coffee.to_kg(Decimal(600)) - general.to_kg(Decimal(600)) == Decimal("384.4578")


def test_forty_quintales_in_colombia_must_ask_50_or_100() -> None:
    found = units.resolve("quintales", "CO", "coffee_parch_co")
    assert isinstance(found, Ambiguous)
    assert {unit.factor for unit in found.choices} == {Decimal(50), Decimal(100)}
    for unit in found.choices:
        assert units.resolve(unit.code, "CO", "coffee_parch_co") is unit


def test_every_ambiguous_word_offers_two_readings_that_can_be_chosen() -> None:
    for unit in units.all():
        if unit.kind != "ambiguous_ask":
            continue
        country = unit.countries[0]
        found = units.resolve(unit.words[0], country, "potato")
        assert isinstance(found, Ambiguous), unit.code
        assert len(found.choices) >= 2, unit.code
        for choice in found.choices:
            chosen = units.resolve(choice.code, country, "potato")
            assert chosen == (DeclareKg(choice) if choice.declared else choice)


def test_carga_is_125_kg_only_for_parchment_coffee_of_colombia() -> None:
    assert _unit("cargas", "CO", "coffee_parch_co").to_kg(Decimal(400)) == Decimal(50000)
    for country, product in [("CO", "potato"), ("CO", "coffee_green"), ("BO", "coffee_green")]:
        assert isinstance(units.resolve("carga", country, product), DeclareKg)


def test_the_pound_of_guatemala_is_ambiguous_and_of_its_neighbours_is_not() -> None:
    found = units.resolve("libra", "GT", "snow_pea")
    assert isinstance(found, Ambiguous)
    assert {unit.factor for unit in found.choices} == {Decimal("0.45359237"), Decimal("0.46")}
    assert _unit("libra", "HN", "potato").factor == Decimal("0.45359237")
    assert _unit("libra", "CO", "potato").factor == Decimal("0.5")
    assert _unit("lb", "GT", "snow_pea").to_kg(Decimal(15000)) == Decimal("6803.88555")


@pytest.mark.parametrize("word", ["bulto", "Bultos", "costal", "canastilla"])
def test_sacks_and_crates_are_declared(word: str) -> None:
    found = units.resolve(word, "CO", "potato")
    assert isinstance(found, DeclareKg)
    assert found.unit.to_kg(Decimal(10), kg_each=Decimal("62.5")) == Decimal(625)
    with pytest.raises(RuleBroken, match="unit_must_be_declared"):
        found.unit.to_kg(Decimal(10))
    with pytest.raises(RuleBroken, match="unit_must_be_declared"):
        found.unit.to_kg(Decimal(10), kg_each=Decimal(0))


def test_a_customary_word_without_country_or_product_is_refused() -> None:
    for country, product in [(None, "potato"), ("CO", None), (None, None)]:
        with pytest.raises(RuleBroken, match="unit_needs_country_and_product"):
            units.resolve("arroba", country, product)
    assert _unit("toneladas", None, None).to_kg(Decimal("1.5")) == Decimal(1500)


def test_a_word_with_no_reading_in_the_country_is_declared_and_an_unknown_word_refused() -> None:
    assert units.resolve("quintal", "PE", "potato") == DeclareKg(units.get("otra"))
    with pytest.raises(RuleBroken, match="unit_unknown"):
        units.resolve("zurron", "PE", "potato")
    with pytest.raises(RuleBroken, match="unit_missing"):
        units.resolve("  ", "PE", "potato")


def test_codes_hold_only_where_they_are_used() -> None:
    with pytest.raises(RuleBroken, match="unit_not_for_country"):
        units.resolve("qq_co", "HN", "potato")
    with pytest.raises(RuleBroken, match="unit_not_for_product"):
        units.resolve("carga_cafe", "CO", "potato")
    with pytest.raises(RuleBroken, match="unit_not_for_product"):
        units.resolve("racimo", "CO", "potato")
    with pytest.raises(NotFound, match="unit_unknown"):
        units.get("quintal")


@pytest.mark.parametrize(
    ("word", "country", "product", "factor"),
    [
        ("carga", "CO", "coffee_parch_co", "125"),
        ("t", "CO", "plantain_dom_harton", "1000"),
        ("qq46", "BO", "quinoa_real", "46"),
        ("qq46", "HN", "coffee_green", "46"),
        ("qq", "HN", "potato", "45.359237"),
        ("lb", "GT", "snow_pea", "0.45359237"),
        ("saco de 60 kg", "BO", "coffee_green", "60"),
        ("caja de 40 lb", "PA", "banana_org", "18.1436948"),
    ],
)
def test_the_units_of_the_demonstration_market(word: str, country: str, product: str, factor: str) -> None:
    assert _unit(word, country, product).factor == Decimal(factor)


def test_area_needs_the_country_only_and_is_no_mass() -> None:
    manzana = _unit("manzanas", "HN", None)
    assert manzana.to_ha(Decimal(10)) == Decimal("6.972")
    with pytest.raises(RuleBroken, match="unit_not_a_mass"):
        manzana.to_kg(Decimal(1))
    with pytest.raises(RuleBroken, match="unit_not_an_area"):
        units.get("kg").to_ha(Decimal(1))
    with pytest.raises(RuleBroken, match="unit_factor_is_fixed"):
        units.get("kg").to_kg(Decimal(1), kg_each=Decimal(2))


def test_the_list_for_a_form_follows_country_and_product() -> None:
    codes = {unit.code for unit in units.for_country("CO", "coffee_parch_co", "mass")}
    assert {"kg", "carga_cafe", "arroba_co", "qq_co"} <= codes
    assert not codes & {"qq_100lb", "caja_banano", "saco_60", "ha"}
