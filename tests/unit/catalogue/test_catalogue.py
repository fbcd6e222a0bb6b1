"""The data files are whole, agree with each other and can express the demonstration market."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from broker.catalogue import aliases, attributes, countries, packings, places, products, schemes, units
from broker.errors import NotFound, RuleBroken

STORABLE = {
    "coffee_parch_co", "coffee_green", "cocoa_beans", "quinoa_real", "cardamom", "honey", "bean_red",
    "maize_white", "panela",
}  # fmt: skip


def test_sixteen_products_name_what_exists() -> None:
    assert len(products.all()) == 16
    for product in products.all():
        assert set(product.names) == {"es", "en", "pt", "fr"}
        assert product.grades, product.code
        assert len({grade.code for grade in product.grades}) == len(product.grades)
        assert product.code in aliases.get(product.concept).products
        assert Decimal(0) <= product.postharvest_loss < Decimal("0.6")
        assert len(product.hs6) == 6
        for unit in product.usual_units:
            assert any(units.get(unit).valid_in(country.code) for country in countries.all())
        for packing in product.packings:
            assert packings.get(packing) in packings.for_product(product.code)


def test_storable_products_and_freshness() -> None:
    assert {product.code for product in products.all() if product.storable} == STORABLE
    assert {product.perishable_days for product in products.all() if product.storable} == {30}
    assert {product.perishable_days for product in products.all() if not product.storable} == {14}


def test_unknown_codes_are_not_found() -> None:
    for module in (products, attributes, units, packings, schemes, places, countries, aliases):
        with pytest.raises(NotFound):
            module.get("nothing_like_it")
    with pytest.raises(NotFound, match="grade_unknown"):
        products.get("potato").grade("extra")


SPECS = {
    "B01": ("plantain_dom_harton", {"grade": "primera", "finger_weight_g": "250", "traceable_lot": "sí"}),
    "B02": ("plantain_dom_harton", {"grade": "segunda", "ripeness": "verde", "peel_yield_pct": "62"}),
    "B03": ("coffee_parch_co", {"factor_rendimiento": "92", "moisture_pct": "12", "broca_pct": "2"}),
    "B04": ("cocoa_beans", {"grade": "grado_1", "moisture_pct": "7.5", "fermentation_pct": "75"}),
    "B05": ("avocado_hass", {"size_code": "22", "dry_matter_pct": "23"}),
    "B06": ("coffee_green", {"cup_score": "84", "eudr_plots": "yes"}),
    "B07": ("quinoa_real", {"moisture_pct": "12.5 %"}),
    "B08": ("snow_pea", {"spots_free": "1", "residue_test": "si"}),
    "B09": ("plantain_harton", {"finger_weight_g": "270", "washed": "true"}),
    "B10": ("potato", {"grade": "Primera grande", "washed": "x"}),
    "B11": ("coffee_green", {"altitude_grade": "SHG", "preparation": "ep", "cup_score": "83"}),
}


@pytest.mark.parametrize("buyer", SPECS)
def test_every_specification_of_the_demonstration_market_can_be_said(buyer: str) -> None:
    product, wanted = SPECS[buyer]
    offered = {attribute.code: attribute for attribute in attributes.for_product(product)}
    for code, text in wanted.items():
        value = offered[code].parse(text, ".", product)
        offered[code].validate(value, product)


@pytest.mark.parametrize(
    ("text", "code"),
    [("BPA ICA", "bpa_ica"), ("GlobalG.A.P.", "globalgap"), ("GlobalG.A.P. option 2", "globalgap"),
     ("RA", "rainforest"), ("EU organic", "eu_organic"), ("Fairtrade", "fairtrade"),
     ("BPA MIDA", "bpa_mida"), ("comercio justo", "fairtrade")],
)  # fmt: skip
def test_schemes_are_found_by_their_usual_spellings(text: str, code: str) -> None:
    assert schemes.find(text).code == code


def test_an_eu_organic_group_belongs_to_its_farmers() -> None:
    scheme = schemes.get("eu_organic")
    assert scheme.holder == "farmers_own_entity"
    assert scheme.group is not None
    assert (scheme.group.members_max, scheme.group.member_max_ha) == (2000, Decimal(5))


def test_a_ggn_has_thirteen_digits() -> None:
    schemes.get("globalgap").check_number("4049929123456")
    with pytest.raises(RuleBroken, match="certificate_number_format"):
        schemes.get("globalgap").check_number("404992912345")


def test_attributes_read_and_refuse() -> None:
    moisture = attributes.get("moisture_pct")
    assert moisture.parse("12,5", ",") == Decimal("12.5")
    with pytest.raises(RuleBroken, match="number_wrong_separator"):
        moisture.parse("12.5", ",")
    with pytest.raises(RuleBroken, match="attribute_above"):
        moisture.parse("125", ",")
    with pytest.raises(RuleBroken, match="number_negative"):
        moisture.parse("-1", ",")
    with pytest.raises(RuleBroken, match="attribute_missing"):
        moisture.parse(" ")
    with pytest.raises(RuleBroken, match="attribute_type"):
        moisture.validate("12")
    with pytest.raises(RuleBroken, match="attribute_not_yes_no"):
        attributes.get("washed").parse("quizás")
    with pytest.raises(RuleBroken, match="attribute_choice"):
        attributes.get("grade").parse("segunda", ".", "potato")
    with pytest.raises(RuleBroken, match="attribute_needs_product"):
        attributes.get("grade").parse("segunda")
    assert attributes.get("pulp_temperature_c").parse("-1", ".") == Decimal(-1)


def test_every_attribute_applies_somewhere_and_only_there() -> None:
    used = {item.code for product in products.all() for item in attributes.for_product(product.code)}
    assert used == {attribute.code for attribute in attributes.all()}
    assert "factor_rendimiento" not in {item.code for item in attributes.for_product("coffee_green")}
    assert attributes.for_product("potato")[0].code == "grade"


def test_an_attribute_is_offered_in_its_own_time() -> None:
    before = {item.code for item in attributes.for_product("cocoa_beans", date(2022, 1, 1))}
    after = {item.code for item in attributes.for_product("cocoa_beans", date(2026, 11, 23))}
    assert after - before == {"eudr_plots"}


@pytest.mark.parametrize(
    ("place", "km"),
    [("Quimbaya", 28), ("Montenegro", 37), ("La Tebaida", 54), ("Calarca", 45), ("ARMENIA", 41),
     ("circasia", 31)],
)  # fmt: skip
def test_road_distances_to_pereira_are_those_of_story_1(place: str, km: int) -> None:
    assert round(places.distance_km(places.find("CO", place), places.find("CO", "Pereira"))) == km


def test_places_are_searched_without_accents_and_within_a_country() -> None:
    assert [place.name for place in places.search("san pedro", "GT")] == [
        "San Pedro Carchá",
        "San Pedro Necta",
    ]
    assert places.find("PA", "Ciudad de Panamá") is places.find("PA", "panama")
    assert [place.name for place in places.search("chucuri")] == [
        "El Carmen de Chucurí",
        "San Vicente de Chucurí",
    ]
    assert places.search(" ") == ()
    with pytest.raises(NotFound, match="place_unknown"):
        places.find("BO", "Pereira")


def test_places_lie_in_their_country() -> None:
    for place in places.all():
        assert countries.get(place.country).contains(place.lat, place.lon), place.code


def test_the_alias_table_is_whole() -> None:
    concepts = aliases.concepts()
    assert len(concepts) >= 300
    assert len(aliases.aliases().aliases) >= 1500
    for concept in concepts.values():
        if concept.broader is not None:
            assert concept.broader in concepts
        for product in concept.products:
            products.get(product)


def test_a_name_of_a_concept_leads_back_to_it() -> None:
    """The name shown for a concept must never be read as another one."""
    for concept in aliases.concepts().values():
        for language, name in concept.names.items():
            found = aliases.resolve(name, language)
            assert concept.code in {item.concept for item in found.candidates}, (name, language)
            assert not found.accepted or found.concept == concept.code, (name, language)
