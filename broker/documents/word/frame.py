"""The page: its size, its margins, and what stands at its head and foot."""

from __future__ import annotations

from docx.document import Document as Word
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.section import _Footer as Footer
from docx.shared import Cm, Inches, Length, Mm
from docx.text.paragraph import Paragraph

from broker.documents.content import Document
from broker.documents.page import words
from broker.documents.word.letters import clean
from broker.documents.word.styles import HASH, NOTICE_MARK

PAPERS: dict[str, tuple[Length, Length]] = {
    "us-letter": (Inches(8.5), Inches(11)),
    "a4": (Mm(210), Mm(297)),
}
SIDE = Cm(2.5)
ABOVE = Cm(2.6)
BELOW = Cm(2.4)
EDGE = Cm(1.25)


def lay_out(word: Word, paper: str) -> Length:
    """Give every page its size and margins, and tell the width of the text. Raises ValueError."""
    if paper not in PAPERS:
        raise ValueError(f"no paper {paper!r}")
    section = word.sections[0]
    section.page_width, section.page_height = PAPERS[paper]
    section.left_margin = section.right_margin = SIDE
    section.top_margin, section.bottom_margin = ABOVE, BELOW
    section.header_distance = section.footer_distance = EDGE
    return Length(PAPERS[paper][0] - 2 * SIDE)


def write_edges(word: Word, document: Document, note: str, digest: str, width: Length) -> None:
    """Write the head of each page but the first, which shows the note larger, and the foot of every page."""
    section = word.sections[0]
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    _one_stop_at_the_end(head, width)
    head.add_run(clean(note), NOTICE_MARK)
    head.add_run("\t" + clean(document.title))
    for footer in (section.first_page_footer, section.footer):
        _write_foot(footer, document.language, digest, width)


def _write_foot(footer: Footer, language: str, digest: str, width: Length) -> None:
    foot = footer.paragraphs[0]
    _one_stop_at_the_end(foot, width)
    foot.add_run(f"SHA-256 {digest}", HASH)
    foot.add_run(f"\t{words(language)['page']} ")
    _field(foot, "PAGE")
    foot.add_run(f" {words(language)['of']} ")
    _field(foot, "NUMPAGES")


def _one_stop_at_the_end(paragraph: Paragraph, width: Length) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)


def _field(paragraph: Paragraph, instruction: str) -> None:
    """A number that the word processor counts when it lays out the page."""
    paragraph._p.append(
        parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
    )
