"""The text of the document, block by block in reading order."""

from __future__ import annotations

from docx.document import Document as Word
from docx.shared import Length

from broker.documents.content import Block, Bullets, Document, Note, Paragraph, Section, Table
from broker.documents.word.letters import clean
from broker.documents.word.runs import write_runs
from broker.documents.word.styles import NOTICE, SPACER
from broker.documents.word.tables import write_table

DEEPEST = 3
TONES = {"warn": "Warning"}


def write(word: Word, document: Document, note: str, width: Length) -> None:
    """Write the title block, the preamble and every section. `width` is that of the text."""
    for text, style in ((document.title, "Title"), (document.subtitle, "Subtitle"), (note, NOTICE)):
        if text:
            word.add_paragraph(clean(text), style)
    _write_blocks(word, document.preamble, width)
    before = ""
    for part in document.sections:
        _write_section(word, part, 1, width, new_page=_begins_page(part.role, before))
        before = part.role


def _begins_page(role: str, before: str) -> bool:
    """The annexes, and the two lists about the draft itself, each begin a page."""
    return role in ("annex", "fairness") or (role == "open_points" and before != "fairness")


def _write_section(word: Word, section: Section, level: int, width: Length, new_page: bool = False) -> None:
    title = clean(f"{section.number} {section.title}".strip())
    heading = word.add_paragraph(title, f"Heading {min(level, DEEPEST)}")
    if new_page:
        heading.paragraph_format.page_break_before = True
    _write_blocks(word, section.blocks, width)
    for inner in section.sections:
        _write_section(word, inner, level + 1, width)


def _write_blocks(word: Word, blocks: tuple[Block, ...], width: Length) -> None:
    for block in blocks:
        if isinstance(block, Paragraph):
            write_runs(word.add_paragraph(), block.runs)
        elif isinstance(block, Bullets):
            for item in block.items:
                write_runs(word.add_paragraph(style="List Bullet"), item.runs)
        elif isinstance(block, Table):
            write_table(word, block, width)
        else:
            _write_note(word, block)


def _write_note(word: Word, note: Note) -> None:
    style = TONES.get(note.tone, "Note")
    if note.title:
        word.add_paragraph(clean(note.title), f"{style} Title")
    write_runs(word.add_paragraph(style=style), note.runs)
    word.add_paragraph(style=SPACER)
