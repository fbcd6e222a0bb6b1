"""What a document says, in no particular format: a page, a PDF and a DOCX render these same blocks.

Every block and run carries its `kind`, so a template can choose by it. A run is plain text, a datum with the
path of the fact it came from, or a gap where a fact is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from broker.documents import canonical


@dataclass(frozen=True)
class Text:
    """Words of the clause itself."""

    text: str
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Datum:
    """A value out of the facts: `source` is its path, such as "payment.days"."""

    text: str
    source: str
    kind: str = field(default="datum", init=False)


@dataclass(frozen=True)
class Gap:
    """A fact still to be decided: `point` is the id of its open point, `number` the one printed."""

    text: str
    point: str
    number: int
    kind: str = field(default="gap", init=False)


Run = Text | Datum | Gap
Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    runs: Runs
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True)
class ListItem:
    runs: Runs
    kind: str = field(default="item", init=False)


@dataclass(frozen=True)
class Bullets:
    """An unordered list."""

    items: tuple[ListItem, ...]
    kind: str = field(default="list", init=False)


@dataclass(frozen=True)
class Cell:
    runs: Runs


@dataclass(frozen=True)
class Column:
    """`align` is start or end (figures); `weight` the share of the width, 0 for as narrow as it fits."""

    header: str
    align: str = "start"
    weight: int = 1


@dataclass(frozen=True)
class Row:
    """`total` marks a row that sums those above it."""

    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose first column names each row; without any header text the head is left out."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Note:
    """Something to know; `tone` is info or warn."""

    tone: str
    title: str
    runs: Runs
    kind: str = field(default="note", init=False)


Block = Paragraph | Bullets | Table | Note


@dataclass(frozen=True)
class Section:
    """A part, a clause or an annex. `role`: part, clause, annex, open_points or fairness.

    `version` names the wording of a clause, `anchor` is its id in a page.
    """

    anchor: str
    role: str
    title: str
    number: str = ""
    version: str = ""
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole document in one language; `locale` says how its numbers were written."""

    title: str
    subtitle: str
    language: str
    locale: str
    date: dt.date
    notice: str
    preamble: tuple[Block, ...]
    sections: tuple[Section, ...]


def content_hash(document: Document) -> str:
    """SHA-256 over the canonical JSON of the document: it names exactly this content."""
    return canonical.sha256(document)


def to_json(document: Document) -> str:
    """Canonical JSON of the document."""
    return canonical.dumps(document)


def from_json(text: str | bytes) -> Document:
    """The document `to_json` wrote. Raises canonical.NotCanonical."""
    return canonical.loads(Document, text)


def plain_text(document: Document) -> str:
    """The words of the document in reading order, one line per title, paragraph, item and table cell."""
    lines = [document.title, document.subtitle, document.notice]
    lines += block_lines(document.preamble)
    for section in walk(document.sections):
        lines.append(f"{section.number} {section.title}".strip())
        lines += block_lines(section.blocks)
    return "\n".join(line for line in lines if line)


def walk(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Each section and those inside it, in reading order."""
    for section in sections:
        yield section
        yield from walk(section.sections)


def runs_text(runs: Runs) -> str:
    """The words of some runs."""
    return "".join(run.text for run in runs)


def block_lines(blocks: tuple[Block, ...]) -> list[str]:
    """The words of some blocks, one line per paragraph, item and table cell."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(runs_text(block.runs))
        elif isinstance(block, Bullets):
            lines += [runs_text(item.runs) for item in block.items]
        elif isinstance(block, Note):
            lines += [block.title, runs_text(block.runs)]
        else:
            lines.append(block.caption)
            lines += [column.header for column in block.columns]
            lines += [runs_text(cell.runs) for row in block.rows for cell in row.cells]
    return lines
