"""The PDF shows exactly what the document says, twice the same, with its hash and its notice on every page."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from broker.agreements.assembly import assemble
from broker.agreements.negotiable import changed
from broker.documents.content import Document, content_hash, plain_text
from broker.documents.pdf import render_pdf
from tests.support import tagged_pdf
from tests.unit.agreements.story import story_1


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


@pytest.mark.parametrize("name", ['#panic("x")', "$x$ *b* _i_ @ref", "<label> // c", "\\u{41} [x] {y}"])
def test_data_is_never_interpreted(name: str) -> None:
    facts = changed(story_1(), {"buyer.legal_name": name})
    document = assemble(facts, "es").document
    assert squeezed(text_of(document)) == squeezed(plain_text(document))
    assert squeezed(name) in squeezed(text_of(document))


def test_flags_are_printed() -> None:
    document = assemble(changed(story_1(), {"payment.days": 60}), "es").document
    assert squeezed("Ley 2024 de 2020") in squeezed(text_of(document))


def test_a_long_name_and_an_empty_schedule_still_fit() -> None:
    facts = replace(story_1(), schedule=replace(story_1().schedule, periods=()))
    document = assemble(changed(facts, {"buyer.legal_name": "Comercializadora " * 20}), "es").document
    assert squeezed(text_of(document)) == squeezed(plain_text(document))


def text_of(document: Document) -> str:
    """The text of the pages without running heads and feet."""
    return "".join(tagged_pdf.read(render_pdf(document)).lines)


def squeezed(text: str) -> str:
    return "".join(text.split())


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


@pytest.mark.parametrize(
    ("name", "shown"), [("Finca 🌱 Sol", "Finca\ufffdSol"), ("\ufeffSol", "Sol"), ("Año 中", "Año\ufffd")]
)
def test_a_character_that_no_font_has_is_shown_as_missing(name: str, shown: str) -> None:
    facts = changed(story_1(), {"organization.legal_name": name})
    text = squeezed(text_of(assemble(facts, "es").document))
    assert shown.replace(" ", "") in text
