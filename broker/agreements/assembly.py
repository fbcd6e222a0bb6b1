"""From facts to a draft agreement: the clauses that apply, filled, numbered and followed by what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from broker.agreements import tables
from broker.agreements.clause_library import (
    LANGUAGES,
    Clause,
    ClauseLibrary,
    Line,
    plain_library,
)
from broker.agreements.clause_sets import library_for
from broker.agreements.facts import DraftFacts
from broker.agreements.fairness import Flag, flags
from broker.agreements.fill import Filler, filler_for
from broker.agreements.formatting import pick
from broker.agreements.open_points import OpenPoint
from broker.agreements.paths import holds
from broker.documents.content import (
    Block,
    Bullets,
    Cell,
    Column,
    Document,
    Gap,
    ListItem,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    runs_text,
)

SUMMARY_PART = 0


@dataclass(frozen=True)
class DraftDocument:
    """A draft in one language. `clause_versions` maps each clause used ("price.collar") to its version."""

    document: Document
    open_points: tuple[OpenPoint, ...]
    flags: tuple[Flag, ...]
    clause_versions: Mapping[str, str]


def assemble(facts: DraftFacts, language: str, library: ClauseLibrary | None = None) -> DraftDocument:
    """The draft agreement that the facts make, in "es" or "en".

    Every clause that applies is there; each missing fact is a numbered open point with its owner. The same
    facts always give the same document. Raises ValueError for another language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no clauses in {language!r}")
    library = library or library_for(facts)
    filler = filler_for(library, facts, language, LANGUAGES)
    used = [clause for clause in library.clauses if _applies(clause, facts)]
    parts = _parts(filler, [clause for clause in used if clause.part != SUMMARY_PART])
    # The summary repeats facts of the clauses, so it is filled last and shares their open points.
    summary = replace(filler, repeats=True)
    preamble = [_blocks(summary, clause, "") for clause in used if clause.part == SUMMARY_PART]
    found = flags(filler.speech)
    points = filler.points.in_order
    document = Document(
        title=filler.label("title"),
        subtitle=f"{facts.buyer.legal_name} · {facts.organization.legal_name}",
        language=language,
        locale=filler.speech.locale,
        date=facts.created,
        notice=filler.label("notice"),
        preamble=(*(block for blocks in preamble for block in blocks), _legend(filler, len(points))),
        sections=(*parts, *_annexes(filler), *_fairness(filler, found, parts), _open_points(filler, points)),
    )
    return DraftDocument(document, points, found, {_name(clause): clause.version for clause in used})


def summarize(facts: DraftFacts, language: str, library: ClauseLibrary | None = None) -> Document:
    """What the members read before anybody signs: the same facts in plain words, on one page, in "es" or "en"."""
    library = library or library_for(facts)
    filler = filler_for(library, facts, language, LANGUAGES)
    # What is open is open in the agreement; the summary shows it under the same number.
    _parts(filler, [clause for clause in library.clauses if clause.part and _applies(clause, facts)])
    filler = replace(filler, repeats=True)
    sections = tuple(
        Section(f"summary-{clause.id}", "part", clause.title[language], blocks=_blocks(filler, clause, ""))
        for clause in plain_library().clauses
    )
    return Document(
        title=filler.label("summary_title"),
        subtitle=f"{facts.buyer.legal_name} · {facts.organization.legal_name}",
        language=language,
        locale=filler.speech.locale,
        date=facts.created,
        notice=filler.label("summary_notice"),
        preamble=(),
        sections=sections,
    )


def _legend(filler: Filler, count: int) -> Paragraph:
    text = filler.label("legend_data")
    if count:
        words = filler.label("legend_open_one" if count == 1 else "legend_open")
        text += " " + words.format(count=count)
    return Paragraph((Text(text),))


def _applies(clause: Clause, facts: DraftFacts) -> bool:
    return clause.applies_when is None or holds(facts, clause.applies_when)


def _parts(filler: Filler, clauses: list[Clause]) -> tuple[Section, ...]:
    parts = []
    for part, group in groupby(clauses, key=lambda clause: clause.part):
        sections = tuple(
            _clause(filler, clause, f"{part}.{position}") for position, clause in enumerate(group, start=1)
        )
        title = filler.speech.word("part", str(part))
        parts.append(Section(f"part-{part}", "part", title, str(part), sections=sections))
    return tuple(parts)


def _clause(filler: Filler, clause: Clause, number: str) -> Section:
    own = filler.speech.facts.wording(clause.id)
    if own is not None:
        return _own_words(filler, clause, number, pick(own, filler.speech.language))
    return Section(
        anchor=f"clause-{clause.id}",
        role="clause",
        title=clause.title[filler.speech.language],
        number=number,
        version=f"{_name(clause)} {clause.version}",
        blocks=_blocks(filler, clause, number),
    )


def _own_words(filler: Filler, clause: Clause, number: str, text: str) -> Section:
    """A clause that the parties wrote themselves, which says so."""
    paragraphs = [Paragraph((Text(" ".join(part.split())),)) for part in text.split("\n\n") if part.strip()]
    note = Note("info", filler.label("own_words_title"), (Text(filler.label("own_words")),))
    return Section(
        anchor=f"clause-{clause.id}",
        role="clause",
        title=clause.title[filler.speech.language],
        number=number,
        version=f"{_name(clause)} *",
        blocks=(*paragraphs, note),
    )


def _blocks(filler: Filler, clause: Clause, number: str) -> tuple[Block, ...]:
    wanted = [line for line in clause.bodies[filler.speech.language] if filler.wanted(clause, line)]
    blocks: list[Block] = []
    for kind, group in groupby(wanted, key=lambda line: "row" if line.kind == "head" else line.kind):
        lines = list(group)
        if kind == "paragraph":
            blocks += [Paragraph(filler.runs(clause, number, line.cells[0])) for line in lines]
        elif kind == "item":
            items = tuple(ListItem(filler.runs(clause, number, line.cells[0])) for line in lines)
            blocks.append(Bullets(items))
        elif kind == "row":
            blocks.append(_written_table(filler, clause, number, lines))
        else:
            blocks += [tables.BUILDERS[str(line.cells[0][0])](filler, clause, number) for line in lines]
    return tuple(blocks)


def _written_table(filler: Filler, clause: Clause, number: str, lines: list[Line]) -> Table:
    # A house may write rows of several lengths; nothing that it says is left out.
    width = max(len(line.cells) for line in lines)
    columns = tuple(Column("", weight=0 if index == 0 else 1) for index in range(width))
    if lines[0].kind == "head":
        heads = [runs_text(filler.runs(clause, number, cell)) for cell in lines.pop(0).cells]
        heads += [""] * (width - len(heads))
        columns = tuple(Column(head, weight=0 if index == 0 else 1) for index, head in enumerate(heads))
    rows = [filler.row(clause, number, line).cells for line in lines]
    return Table("", columns, tuple(Row(cells + (Cell(()),) * (width - len(cells))) for cells in rows))


def _annexes(filler: Filler) -> tuple[Section, ...]:
    if not filler.speech.facts.schedule.periods:
        return ()
    title, number = filler.label("annex_1"), f"{filler.label('annex')} 1"
    return (Section("annex-1", "annex", title, number, blocks=(tables.schedule(filler),)),)


def _fairness(filler: Filler, found: tuple[Flag, ...], parts: tuple[Section, ...]) -> tuple[Section, ...]:
    if not found:
        return ()
    numbers = {section.anchor: section.number for part in parts for section in part.sections}
    notes = []
    for flag in found:
        number = numbers.get(f"clause-{flag.clause}", flag.clause)
        notes.append(Note("warn", flag.title, (Text(f"{flag.message} ({number})"),)))
    intro = Paragraph((Text(filler.label("fairness_intro")),))
    return (Section("fairness", "fairness", filler.label("fairness"), blocks=(intro, *notes)),)


def _open_points(filler: Filler, points: tuple[OpenPoint, ...]) -> Section:
    title = filler.label("open_points")
    if not points:
        none = Paragraph((Text(filler.label("no_open_points")),))
        return Section("open-points", "open_points", title, blocks=(none,))
    intro = Paragraph((Text(filler.label("open_points_intro")),))
    columns = (
        Column(filler.label("number"), weight=0),
        Column(filler.label("clause"), weight=0),
        Column(filler.label("question"), weight=5),
        Column(filler.label("owner"), weight=2),
        Column(filler.label("recommended"), weight=3),
    )
    rows = tuple(_point_row(filler, point) for point in points)
    return Section("open-points", "open_points", title, blocks=(intro, Table("", columns, rows)))


def _point_row(filler: Filler, point: OpenPoint) -> Row:
    language = filler.speech.language
    recommended = "–" if point.recommended is None else point.recommended[language]
    return Row(
        (
            Cell((Gap(str(point.number), point.path, point.number),)),
            Cell((Text(point.clause_number),)),
            Cell((Text(point.question[language]),)),
            Cell((Text(filler.speech.word("owner", point.owner)),)),
            Cell((Text(recommended),)),
        )
    )


def _name(clause: Clause) -> str:
    return f"{clause.id}.{clause.variant}" if clause.variant else clause.id
