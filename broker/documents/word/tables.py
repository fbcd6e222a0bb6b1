"""A table of the content as a Word table: its head repeats on every page, figures stand at the right."""

from __future__ import annotations

from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Pt
from docx.table import Table as WordTable
from docx.table import _Row as WordRow

from broker.documents.content import Column, Row, Table, runs_text
from broker.documents.word.letters import clean
from broker.documents.word.runs import write_runs
from broker.documents.word.styles import CELL, HEAD_CELL, SPACER, TABLE

# What a letter of a cell and the white beside the text take, measured in the font of the cells.
LETTER = Pt(5.2)
MARGINS = Pt(14)
# A column as narrow as it fits still leaves the others the larger part of the page.
WIDEST_NARROW = 0.3


def write_table(word: Word, table: Table, width: Length) -> None:
    """Write the caption, where there is one, and the table over the whole width of the text."""
    if table.caption:
        word.add_paragraph(clean(table.caption), "Caption")
    headed = any(column.header for column in table.columns)
    # Word calls a file with a table of no rows damaged.
    if not headed and not table.rows:
        return
    made = word.add_table(len(table.rows) + headed, len(table.columns), TABLE)
    _fix_widths(made, widths(table, width))
    rows = list(made.rows)
    if headed:
        _write_head(rows.pop(0), table.columns)
    for row, content in zip(rows, table.rows, strict=True):
        _write_row(row, content, table.columns, headed)
    word.add_paragraph(style=SPACER)


def widths(table: Table, available: Length) -> list[Length]:
    """The width of each column: of weight 0 what its longest text takes, the others share the rest by weight."""
    narrow = {
        index: min(_longest(table, index) * LETTER + MARGINS, int(available * WIDEST_NARROW))
        for index, column in enumerate(table.columns)
        if column.weight == 0
    }
    shares = sum(column.weight for column in table.columns)
    rest = max(available - sum(narrow.values()), 0)
    return [
        Length(narrow[index] if index in narrow else rest * column.weight // shares)
        for index, column in enumerate(table.columns)
    ]


def _longest(table: Table, index: int) -> int:
    texts = (runs_text(row.cells[index].runs) for row in table.rows)
    return max(len(line) for text in (table.columns[index].header, *texts) for line in text.split("\n"))


def _fix_widths(made: WordTable, columns: list[Length]) -> None:
    made.autofit = False
    for column, width in zip(made.columns, columns, strict=True):
        column.width = width
    for row in made.rows:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        for cell, width in zip(row.cells, columns, strict=True):
            cell.width = width


def _write_head(row: WordRow, columns: tuple[Column, ...]) -> None:
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for cell, column in zip(row.cells, columns, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = HEAD_CELL
        paragraph.alignment = _alignment(column)
        paragraph.add_run(clean(column.header))


def _write_row(row: WordRow, content: Row, columns: tuple[Column, ...], headed: bool) -> None:
    for index, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.style = CELL
        paragraph.alignment = _alignment(column)
        bold = content.total or (index == 0 and not headed)
        # A table with a head is data throughout, so marking each datum would only be noise.
        write_runs(paragraph, content.cells[index].runs, marked=not headed, bold=bold)


def _alignment(column: Column) -> WD_ALIGN_PARAGRAPH | None:
    return WD_ALIGN_PARAGRAPH.RIGHT if column.align == "end" else None
