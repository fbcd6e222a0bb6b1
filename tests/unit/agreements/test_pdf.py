"""The PDF says exactly what the document says, twice the same, for archives and for screen readers."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from broker.agreements.assembly import assemble
from broker.agreements.facts import with_value
from broker.documents.content import Document, Table, content_hash, plain_text, walk
from broker.documents.pdf import render_pdf
from tests.unit.agreements.story import full, story_1


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("facts", [story_1(), full()], ids=["story", "full"])
def test_text_of_the_pdf_is_the_text_of_the_document(facts: object, language: str) -> None:
    document = assemble(facts, language).document  # type: ignore[arg-type]
    assert squeezed(text_of(document)) == squeezed(plain_text(document))


def test_the_numbers_stand_in_the_pdf() -> None:
    text = squeezed(text_of(assemble(story_1(), "es").document))
    for words in ("14,62t", "380.120kg", "2.150COP/kg", "±8%", "7dediciembrede2026", "96asociados", "8días"):
        assert words in text


def test_rendering_again_gives_the_same_bytes() -> None:
    document = assemble(story_1(), "es").document
    assert render_pdf(document) == render_pdf(document)


def test_the_hash_of_the_content_stands_on_every_page() -> None:
    document = assemble(story_1(), "es").document
    pages = [page.extract_text() for page in reader(render_pdf(document)).pages]
    assert len(pages) > 3
    assert all(content_hash(document) in page for page in pages)


def test_every_page_says_that_it_is_a_draft() -> None:
    document = assemble(story_1(), "es").document
    assert all(document.notice in page.extract_text() for page in reader(render_pdf(document)).pages)
    noted = reader(render_pdf(document, note="Copia para el comité")).pages
    assert all("Copia para el comité" in page.extract_text() for page in noted)


def test_it_is_archival_and_accessible() -> None:
    pdf = reader(render_pdf(assemble(story_1(), "es").document))
    catalogue: Any = pdf.trailer["/Root"]
    metadata = catalogue["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", metadata)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", metadata)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", metadata)
    assert catalogue["/Lang"] == "es"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert pdf.metadata is not None and "Cosecha Andina" in str(pdf.metadata.title)
    assert str(pdf.metadata.creation_date).startswith("2026-11-23")


def test_every_font_is_embedded() -> None:
    for page in reader(render_pdf(assemble(story_1(), "es").document)).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


@pytest.mark.parametrize("name", ['#panic("x")', "$x$ *b* _i_ @ref", "<label> // c", "\\u{41} [x] {y}"])
def test_data_is_never_interpreted(name: str) -> None:
    facts = with_value(story_1(), "buyer.legal_name", name)
    document = assemble(facts, "es").document
    assert squeezed(text_of(document)) == squeezed(plain_text(document))
    assert squeezed(name) in squeezed(text_of(document))


def test_flags_are_printed() -> None:
    document = assemble(with_value(story_1(), "payment.days", 60), "es").document
    assert squeezed("Ley 2024 de 2020") in squeezed(text_of(document))


def test_a_long_name_and_an_empty_schedule_still_fit() -> None:
    facts = replace(story_1(), schedule=replace(story_1().schedule, periods=()))
    document = assemble(with_value(facts, "buyer.legal_name", "Comercializadora " * 20), "es").document
    assert squeezed(text_of(document)) == squeezed(plain_text(document))


def text_of(document: Document) -> str:
    """The text of the pages without running heads and feet and without heads of tables that are repeated."""
    heads = [
        squeezed("".join(column.header for column in block.columns))
        for section in walk(document.sections)
        for block in section.blocks
        if isinstance(block, Table)
    ]
    pages = []
    for number, page in enumerate(reader(render_pdf(document)).pages):
        text = squeezed(page.extract_text())
        text = re.sub(rf"SHA-256{content_hash(document)}(Página|Page)\d+(de|of)\d+", "", text)
        if number:
            text = text.removeprefix(squeezed(document.notice + document.title))
            repeated = next((head for head in heads if head and text.startswith(head)), "")
            text = text.removeprefix(repeated)
        pages.append(text)
    return "".join(pages)


def squeezed(text: str) -> str:
    return "".join(text.split())


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


@pytest.mark.parametrize(
    ("name", "shown"), [("Finca 🌱 Sol", "Finca\ufffdSol"), ("\ufeffSol", "Sol"), ("Año 中", "Año\ufffd")]
)
def test_a_character_that_no_font_has_is_shown_as_missing(name: str, shown: str) -> None:
    facts = with_value(story_1(), "organization.legal_name", name)
    text = squeezed(text_of(assemble(facts, "es").document))
    assert shown.replace(" ", "") in text
