"""The DOCX says what the document says, in named styles, and twice the same."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from typing import Any

import docx
import pytest
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.shared import Cm, Mm
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from broker.documents.content import (
    Cell,
    Column,
    Document,
    Gap,
    Paragraph,
    Row,
    Runs,
    Table,
    Text,
    content_hash,
    plain_text,
    walk,
)
from broker.documents.docx import render_docx
from tests.support.tree import ROOT
from tests.unit.documents.samples import SAMPLES, every_kind

every_sample = pytest.mark.parametrize("document", SAMPLES.values(), ids=SAMPLES)
STORY = SAMPLES["story-es"]


@every_sample
def test_its_text_is_the_text_of_the_document_line_for_line(document: Document) -> None:
    assert lines_of(opened(document)) == plain_text(document).split("\n")


@every_sample
def test_rendering_again_gives_the_same_bytes(document: Document) -> None:
    assert render_docx(document) == rendered(document)


def test_no_clock_and_no_template_is_left_in_the_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(render_docx(STORY))) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        everything = b"".join(archive.read(entry) for entry in entries)
    assert entries[0].filename == "[Content_Types].xml"
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.create_system for entry in entries} == {0}
    assert not [entry.filename for entry in entries if "thumbnail" in entry.filename]
    assert b"python-docx" not in everything and b"Macintosh" not in everything


def test_titles_lists_and_notes_stand_in_named_styles() -> None:
    styles = [
        (paragraph.style.name, paragraph.text)
        for paragraph in opened(every_kind()).paragraphs
        if paragraph.style
    ]
    for expected in (
        ("Title", "Alianza de prueba"),
        ("Subtitle", "Una parte · Otra parte"),
        ("Notice", "Borrador para leer"),
        ("Note Title", "Para saber"),
        ("Heading 1", "1 Primera"),
        ("Warning Title", "Cuidado"),
        ("Warning", "Se mira antes de firmar."),
        ("Heading 2", "1.1 Precio"),
        ("Heading 3", "1.1.1 Detalle"),
        ("List Bullet", "segundo – «ñandú» & <b>"),
        ("Caption", "Precios"),
        ("Heading 1", "Anexo 1 Calendario"),
    ):
        assert expected in styles


@pytest.mark.parametrize("name", ["Note", "Note Title", "Warning", "Warning Title"])
def test_notes_have_a_line_at_the_left_and_a_ground(name: str) -> None:
    properties = opened(every_kind()).styles[name].element.pPr
    assert properties.find(qn("w:pBdr")).find(qn("w:left")) is not None
    assert properties.find(qn("w:shd")).get(qn("w:fill")) not in (None, "auto", "FFFFFF")


def test_annexes_begin_a_page() -> None:
    begun = [one.text for one in opened(STORY).paragraphs if one.paragraph_format.page_break_before]
    assert begun == ["Anexo 1 Calendario de entregas", "Puntos abiertos"]


@pytest.mark.parametrize(
    ("name", "tag"), [("story-es", "es-CO"), ("story-en", "en-GB"), ("every-kind", "es-BO")]
)
def test_the_language_is_that_of_the_numbers(name: str, tag: str) -> None:
    word = opened(SAMPLES[name])
    (spoken,) = word.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    assert spoken.get(qn("w:val")) == tag
    assert word.core_properties.language == tag


def test_its_properties_tell_of_the_document_and_of_no_machine() -> None:
    about = opened(STORY).core_properties
    assert (about.title, about.subject) == (STORY.title, STORY.subtitle)
    assert about.created == about.modified == dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    assert about.author == about.last_modified_by == "Alianza"
    assert about.revision == 1
    assert about.comments == ""
    assert about.identifier == content_hash(STORY)


def test_every_gap_is_framed_and_highlighted_and_nothing_else_is() -> None:
    marked = [
        run.text
        for paragraph in paragraphs_of(opened(STORY))
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW and run.style.name == "Open Point"
    ]
    expected = [run.text for runs in runs_of(STORY) for run in runs if isinstance(run, Gap)]
    assert len(expected) > 40
    assert marked == expected
    assert opened(STORY).styles["Open Point"].element.rPr.find(qn("w:bdr")) is not None


def test_a_head_repeats_on_every_page_and_only_where_there_is_one() -> None:
    headed, bare = tables(opened(every_kind()))[2], tables(opened(every_kind()))[0]
    assert [repeats(row) for row in headed.rows][:3] == [True, False, False]
    assert not any(repeats(row) for row in bare.rows)


def test_figures_stand_at_the_right_and_sums_are_bold() -> None:
    table = tables(opened(every_kind()))[2]
    for row in table.rows:
        name, figure, _ = (cell.paragraphs[0] for cell in row.cells)
        assert name.alignment is None
        assert figure.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert all(run.bold for cell in table.rows[-1].cells for run in cell.paragraphs[0].runs)
    assert not any(run.bold for run in table.rows[-2].cells[0].paragraphs[0].runs)


@every_sample
def test_tables_are_as_wide_as_the_text_and_never_touch(document: Document) -> None:
    word = opened(document)
    section: Any = word.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    for table in tables(word):
        assert abs(sum(column.width or 0 for column in table.columns) - width) < Mm(1)
        assert all((column.width or 0) >= Cm(0.5) for column in table.columns)
        assert table._tbl.getnext().tag == qn("w:p")


def test_head_and_foot_of_the_pages() -> None:
    section = opened(STORY).sections[0]
    assert section.header.paragraphs[0].text == f"{STORY.notice}\t{STORY.title}"
    assert section.first_page_header.is_linked_to_previous
    for footer in (section.footer, section.first_page_footer):
        foot = footer.paragraphs[0]
        assert foot.text.startswith(f"SHA-256 {content_hash(STORY)}\tPágina ")
        fields = foot._p.findall(qn("w:fldSimple"))
        assert [field.get(qn("w:instr")) for field in fields] == ["PAGE", "NUMPAGES"]


def test_a_note_takes_the_place_of_the_notice() -> None:
    word = docx.Document(io.BytesIO(render_docx(STORY, note="Copia para el comité")))
    assert lines_of(word)[2] == "Copia para el comité"
    assert STORY.notice not in lines_of(word)
    assert word.sections[0].header.paragraphs[0].text.startswith("Copia para el comité\t")


@pytest.mark.parametrize(("paper", "size"), [("us-letter", (216, 279)), ("a4", (210, 297))])
def test_paper(paper: str, size: tuple[int, int]) -> None:
    section: Any = docx.Document(io.BytesIO(render_docx(STORY, paper=paper))).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == size


def test_unknown_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="parchment"):
        render_docx(STORY, paper="parchment")


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_forbids_is_shown_as_missing(odd: str) -> None:
    document = with_words(f"a{odd}b 🌱 中 \ufeff <w:t> &amp; {{{{ x }}}}")
    assert lines_of(opened(document)) == plain_text(document).replace(odd, "\ufffd").split("\n")


def test_line_ends_and_spaces_are_kept() -> None:
    document = with_words("  uno\n dos\ttres  cuatro ")
    assert lines_of(opened(document)) == plain_text(document).split("\n")
    assert lines_of(opened(with_words("uno\r\ndos\rtres")))[:3] == ["uno", "dos", "tres"]


def test_long_words_and_empty_tables_do_not_break_it() -> None:
    empty = Table("", (Column(""),), ())
    wide = Table(
        "", (Column("N" * 300, weight=0), Column("", weight=0), Column("x")), (Row((Cell(()),) * 3),)
    )
    document = replace(with_words("x" * 3000), preamble=(empty, wide, Paragraph(())))
    assert lines_of(opened(document)) == plain_text(document).split("\n")


def test_asking_for_the_function_loads_no_word_processor() -> None:
    code = "import sys, broker.documents.docx; print(*{'docx', 'lxml'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


@cache
def rendered(document: Document) -> bytes:
    return render_docx(document)


def opened(document: Document) -> Word:
    return docx.Document(io.BytesIO(rendered(document)))


def lines_of(word: Word) -> list[str]:
    """The text of the body in reading order, one line for each paragraph and cell that has any."""
    return "\n".join(one.text for one in paragraphs_of(word) if one.text).split("\n")


def paragraphs_of(word: Word) -> list[WordParagraph]:
    found: list[WordParagraph] = []
    for item in word.iter_inner_content():
        if isinstance(item, WordTable):
            found += [one for row in item.rows for cell in row.cells for one in cell.paragraphs]
        else:
            found.append(item)
    return found


def tables(word: Word) -> list[WordTable]:
    return [item for item in word.iter_inner_content() if isinstance(item, WordTable)]


def repeats(row: Any) -> bool:
    return row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None


def runs_of(document: Document) -> list[Runs]:
    found: list[Runs] = []
    for block in (*document.preamble, *(block for part in walk(document.sections) for block in part.blocks)):
        if isinstance(block, Table):
            found += [cell.runs for row in block.rows for cell in row.cells]
        elif hasattr(block, "items"):
            found += [item.runs for item in block.items]
        else:
            found.append(block.runs)
    return found


def with_words(words: str) -> Document:
    """A document that says the words everywhere it can."""
    said = (Text(words),)
    table = Table(words, (Column(words), Column(words, weight=0)), (Row((Cell(said), Cell(said))),))
    return replace(every_kind(), title=words, subtitle=words, notice=words, preamble=(Paragraph(said), table))
