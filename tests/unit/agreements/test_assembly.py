"""A draft says what the facts say, in the reader's numbers, and names whatever is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from broker.agreements.assembly import assemble
from broker.agreements.facts import DraftFacts, Packing, Period, Price, Schedule
from broker.agreements.negotiable import changed
from broker.agreements.open_points import OWNERS, by_owner
from broker.agreements.paths import resolve
from broker.documents.content import (
    Block,
    Bullets,
    Datum,
    Document,
    Gap,
    Paragraph,
    Run,
    Table,
    content_hash,
    from_json,
    plain_text,
    to_json,
    walk,
)
from tests.unit.agreements.story import FIRST_MONDAY, PRICES, amended, bare, coffee, full, story_1, weeks

LANGUAGES = ("es", "en")
FACTS = {
    "story": story_1(),
    "bare": bare(),
    "amended": amended(),
    "coffee": coffee(),
    **{f"full-{method}": full(method) for method in PRICES},
    **{f"open-{method}": replace(story_1(), price=Price(method, "USD")) for method in PRICES},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FACTS)
def test_no_placeholder_is_left_and_nothing_is_blank(name: str, language: str) -> None:
    document = assemble(FACTS[name], language).document
    text = plain_text(document)
    assert not re.search(r"\{\{|\}\}|\[if|\[table|None|Decimal|product\.\w|\*", text)
    assert all(section.blocks or section.sections for section in walk(document.sections))
    assert all(run.text for run in runs_of(document))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FACTS)
def test_every_gap_is_an_open_point_with_owner_and_question(name: str, language: str) -> None:
    draft = assemble(FACTS[name], language)
    points = {point.path: point for point in draft.open_points}
    gaps = [run for run in runs_of(draft.document) if isinstance(run, Gap)]
    assert {gap.point for gap in gaps} == set(points)
    assert all(gap.number == points[gap.point].number for gap in gaps)
    assert [point.number for point in draft.open_points] == list(range(1, len(points) + 1))
    for point in draft.open_points:
        assert point.owner in OWNERS
        assert point.question["es"].strip() and point.question["en"].strip()
        assert resolve(FACTS[name], point.path) in (None, ())


@pytest.mark.parametrize("name", FACTS)
def test_both_languages_leave_the_same_points_open(name: str) -> None:
    spanish, english = (assemble(FACTS[name], language) for language in LANGUAGES)
    assert spanish.open_points == english.open_points
    assert spanish.clause_versions == english.clause_versions


@pytest.mark.parametrize("method", PRICES)
def test_settled_facts_leave_nothing_open(method: str) -> None:
    draft = assemble(full(method), "es")
    assert draft.open_points == ()
    assert "No queda ningún punto abierto." in plain_text(draft.document)


def test_story_1_in_spanish_of_colombia() -> None:
    text = flat(assemble(story_1(), "es").document)
    for words in (
        "14,62 t por semana, durante 26 semanas: 380,12 t en total",
        "Son 731 canastillas en cada periodo",
        "380.120 kg, contados a 1.000 kg por t",
        "del 7 de diciembre de 2026 al 6 de junio de 2027",
        "El comprador paga 2.150 COP/kg",
        "fijo por 4 semanas",
        "se aparta más de ±8 %",
        "El comprador paga a los 8 días de la recepción",
        "de 250 a 400 g",
        "20 kg netos",
        "96 asociados",
        "Su comisión es de 3 % sobre",
        "BPA ICA",
    ):
        assert words in text


def test_story_1_in_english() -> None:
    text = flat(assemble(story_1(), "en").document)
    for words in (
        "14.62 t per week for 26 weeks: 380.12 t in all",
        "380,120 kg, counted at 1,000 kg per t",
        "from 7 December 2026 to 6 June 2027",
        "The buyer pays 2,150 COP/kg",
        "more than ±8% away",
        "within 8 days of receipt",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("country", "written"),
    [("CO", "14.620 kg"), ("BO", "14.620 kg"), ("HN", "14,620 kg"), ("GT", "14,620 kg"), ("PA", "14,620 kg")],
)
def test_spanish_numbers_follow_the_country_of_the_organization(country: str, written: str) -> None:
    facts = replace(story_1(), organization=replace(story_1().organization, country=country))
    draft = assemble(facts, "es")
    assert written in flat(draft.document)
    assert draft.document.locale == f"es_{country}"


def test_a_quantity_in_another_unit_shows_its_factor_and_its_kilograms() -> None:
    pounds = Period(FIRST_MONDAY, FIRST_MONDAY, Decimal("38400"))
    schedule = Schedule("once", (pounds,), unit="lb", factor=Decimal("0.45359237"))
    text = flat(assemble(replace(story_1(), schedule=schedule), "en").document)
    assert "84,657.509 lb in a single delivery" in text
    assert "38,400 kg, counted at 0.45359237 kg per lb" in text


def test_a_unit_may_bring_its_own_words() -> None:
    factor, words = Decimal("22.6796185"), {"es": "caja"}
    schedule = Schedule("week", weeks(2), "caja_platano", factor, None, words, {"es": "cajas"})
    price = replace(PRICES["fixed"], unit="caja_platano", unit_kg=factor)
    text = flat(assemble(replace(story_1(), schedule=schedule, price=price), "es").document)
    assert "644,632 cajas por semana" in text
    assert "contados a 22,6796185 kg por caja" in text
    assert "1.550 COP/caja" in text


def test_a_floor_over_an_index_is_in_the_unit_of_the_index() -> None:
    params = {"series": "ICE C", "differential": "45", "floor": "240", "differential_unit": "¢/lb"}
    price = Price("floor_plus_premium", "USD", unit="lb", unit_kg=Decimal("0.45359237"), params=params)
    draft = assemble(replace(story_1(), price=price), "es")
    assert "diferencial de +45 ¢/lb, y nunca menos del mínimo garantizado de 240 ¢/lb" in flat(draft.document)
    del params["differential_unit"]
    undecided = flat(assemble(replace(story_1(), price=replace(price, params=params)), "es").document)
    assert "mínimo garantizado de 240." in undecided
    plain = assemble(replace(story_1(), price=PRICES["floor_plus_premium"]), "es")
    assert "paga como mínimo 9.000 COP/kg" in flat(plain.document)
    assert "una prima de 800 COP/kg" in flat(plain.document)


@pytest.mark.parametrize(
    ("method", "name", "text"),
    [
        ("fixed_reviewed", "band_pct", "lo que acuerden"),
        ("fixed_reviewed", "review_weeks", "cuatro"),
        ("collar", "low", "unos 700"),
        ("split_payment", "liquidation_date", "fin de mes"),
        ("index_differential", "differential", "por fijar"),
    ],
)
def test_a_parameter_that_is_no_number_stays_as_written(method: str, name: str, text: str) -> None:
    price = PRICES[method]
    facts = replace(story_1(), price=replace(price, params={**(price.params or {}), name: text}))
    assert text in flat(assemble(facts, "es").document)


def test_units_of_the_catalogue_read_as_words() -> None:
    schedule = Schedule("month", weeks(2, "50000"), "carga_cafe", Decimal(125))
    price = Price("fixed", "BOB", Decimal(850), "qq_bo", Decimal(46))
    text = flat(assemble(replace(story_1(), schedule=schedule, price=price), "es").document)
    assert "400 cargas por mes, durante 2 meses: 800 cargas en total" in text
    assert "contados a 125 kg por carga" in text
    assert "850 BOB/qq" in text and "a 46 kg por unidad de precio" in text


@pytest.mark.parametrize(
    ("written", "es", "en"),
    [
        ("Plátano verde", "compra plátano verde,", "buys Plátano verde,"),
        ("SHG lavado", "compra SHG lavado,", "buys SHG lavado,"),
        ("I", "compra I,", "buys I,"),
    ],
)
def test_a_name_loses_its_capital_inside_a_spanish_sentence(written: str, es: str, en: str) -> None:
    facts = replace(story_1(), product=replace(story_1().product, name={"es": written, "en": written}))
    assert es in flat(assemble(facts, "es").document)
    assert en in flat(assemble(facts, "en").document)


def test_a_packing_without_a_plural_is_counted_in_packs() -> None:
    packing = Packing({"es": "Canastilla plástica de 20 kg", "en": "20 kg plastic crate"}, Decimal(20))
    facts = replace(story_1(), product=replace(story_1().product, packing=packing))
    text = flat(assemble(facts, "es").document)
    assert "Son 731 empaques en cada periodo" in text
    assert "se entrega en canastilla plástica de 20 kg." in text


def test_uneven_periods_point_to_the_calendar() -> None:
    schedule = Schedule("week", (weeks(2)[0], replace(weeks(2)[1], quantity_kg=Decimal("100.5"))))
    text = flat(assemble(replace(story_1(), schedule=schedule), "es").document)
    assert "14.720,5 kg en 2 semanas, según el calendario del anexo 1" in text
    assert "100,5 kg" in text


def test_a_proposed_price_is_a_recommendation_not_a_price() -> None:
    price = Price("fixed", "COP", proposed_per_kg=Decimal("2087.5"), unit="arroba", unit_kg=Decimal("12.5"))
    draft = assemble(replace(story_1(), price=price), "es")
    point = next(point for point in draft.open_points if point.path == "price.unit_price")
    assert point.recommended_value == "26093.75"
    assert point.recommended is not None and point.recommended["es"] == "26.093,75\u00a0COP/arroba"
    assert "26.093,75" not in flat(draft.document).split("Puntos abiertos")[0]


def test_adopting_the_recommendations_closes_their_points() -> None:
    facts = story_1()
    points = assemble(facts, "es").open_points
    advised = [point for point in points if point.recommended_value is not None]
    taken = changed(facts, {point.path: point.recommended_value for point in advised})
    left = assemble(taken, "es").open_points
    assert len(advised) > 20
    assert {point.path for point in left} == {point.path for point in points} - {
        each.path for each in advised
    }


def test_open_points_are_grouped_by_owner() -> None:
    groups = by_owner(assemble(story_1(), "es").open_points)
    assert [point.path for point in groups["broker"]] == ["mandate.base"]
    assert "organization.tax_id" in {point.path for point in groups["producer_organization"]}
    assert "delivery.days" in {point.path for point in groups["buyer"]}


def test_every_datum_names_a_fact_that_exists() -> None:
    for facts in (story_1(), full()):
        for run in runs_of(assemble(facts, "es").document):
            if isinstance(run, Datum):
                assert resolve(facts, run.source) is not None


def test_the_document_survives_its_canonical_json() -> None:
    document = assemble(full(), "es").document
    assert from_json(to_json(document)) == document
    assert content_hash(from_json(to_json(document))) == content_hash(document)


def test_the_same_facts_give_the_same_document_and_other_facts_another() -> None:
    first, again = assemble(story_1(), "es").document, assemble(story_1(), "es").document
    assert content_hash(first) == content_hash(again)
    dearer = replace(story_1(), price=replace(story_1().price, unit_price=Decimal(2151)))
    assert content_hash(assemble(dearer, "es").document) != content_hash(first)


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="qu"):
        assemble(story_1(), "qu")


def test_no_contribution_is_said_and_not_asked() -> None:
    facts: DraftFacts = replace(story_1(), contributions=())
    draft = assemble(facts, "es")
    assert "no ofrece aportes" in flat(draft.document)
    assert "contributions" not in {point.path for point in draft.open_points}


def flat(document: Document) -> str:
    """The words with every white space, broken or not, as one blank."""
    return " ".join(plain_text(document).split())


def runs_of(document: Document) -> list[Run]:
    """Every run of the document."""
    blocks = [*document.preamble, *(block for section in walk(document.sections) for block in section.blocks)]
    return [run for block in blocks for run in _runs(block)]


def _runs(block: Block) -> list[Run]:
    if isinstance(block, Table):
        return [run for row in block.rows for cell in row.cells for run in cell.runs]
    if isinstance(block, Bullets):
        return [run for item in block.items for run in item.runs]
    assert isinstance(block, Paragraph) or block.kind == "note"
    return list(block.runs)
