"""Fills the placeholders of one clause: a datum where the fact is known, a numbered gap where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker.agreements.clause_library import Clause, ClauseLibrary, Line, Pieces, Placeholder
from broker.agreements.facts import DraftFacts
from broker.agreements.formatting import Speech, locale_for, write
from broker.agreements.open_points import OpenPoints
from broker.agreements.paths import holds, resolve
from broker.documents.content import Cell, Datum, Gap, Row, Run, Runs, Text


@dataclass(frozen=True)
class Filler:
    """Fills clauses for one reader. `speeches` holds every language, because a question is kept in each.

    `repeats` is for a summary: what no clause of the text asks for, because a house or the parties wrote it otherwise,
    is said there to be missing.
    """

    speech: Speech
    speeches: Mapping[str, Speech]
    points: OpenPoints
    repeats: bool = False

    def label(self, code: str) -> str:
        """A fixed word of the document itself, such as the head of a column."""
        return self.speech.word("label", code)

    def wanted(self, clause: Clause, line: Line) -> bool:
        """Whether the condition of the line holds."""
        return line.condition is None or holds(self.speech.facts, clause.conditions[line.condition])

    def runs(self, clause: Clause, number: str, pieces: Pieces) -> Runs:
        """The pieces of a body with each placeholder filled; neighbouring texts stay apart."""
        return tuple(
            Text(piece) if isinstance(piece, str) else self.run(clause, number, piece.name)
            for piece in pieces
        )

    def row(self, clause: Clause, number: str, line: Line) -> Row:
        return Row(tuple(Cell(self.runs(clause, number, cell)) for cell in line.cells))

    def run(self, clause: Clause, number: str, name: str, index: int | None = None) -> Run:
        """The placeholder `name`; `index` picks from the tuple that a path with an asterisk goes through.

        Raises ValueError when a fact that is always known is missing.
        """
        placeholder = clause.placeholders[name]
        path = placeholder.path if index is None else placeholder.path.replace("*", str(index))
        value = resolve(self.speech.facts, path)
        if value is not None and value != ():
            return Datum(write(self.speech, placeholder.format, value), path)
        if self.repeats and placeholder.question is None and path not in self.points.found:
            return Text(self.label("not_said"))
        return self._gap(clause, number, name, path)

    def _gap(self, clause: Clause, number: str, name: str, path: str) -> Gap:
        placeholder = clause.placeholders[name]
        known = self.points.found.get(path)
        if known is None and placeholder.question is None:
            raise ValueError(f"{clause.id}: {path} is missing and nobody is asked for it")
        advice = self._advice(placeholder)
        point = known or self.points.add(
            path=path,
            clause=clause.id,
            clause_number=number,
            placeholder=name,
            owner=placeholder.owner,
            question=placeholder.question or {},
            recommended=self._in_each_language(placeholder, advice),
            recommended_value=advice,
        )
        owner = self.speech.word("owner", point.owner)
        return Gap(f"{self.label('pending')} {point.number}: {owner}", path, point.number)

    def _advice(self, placeholder: Placeholder) -> str | int | bool | None:
        if placeholder.recommended_path is None:
            return placeholder.recommended
        found: Any = resolve(self.speech.facts, placeholder.recommended_path)
        return found if isinstance(found, (str, int, bool)) else None

    def _in_each_language(self, placeholder: Placeholder, advice: Any) -> Mapping[str, str] | None:
        if advice is None:
            return None
        return {code: write(speech, placeholder.format, advice) for code, speech in self.speeches.items()}


def filler_for(
    library: ClauseLibrary, facts: DraftFacts, language: str, languages: tuple[str, ...]
) -> Filler:
    """A filler with no open points yet."""
    speeches = {
        code: Speech(code, locale_for(code, facts.organization.country), facts, library.vocabulary)
        for code in languages
    }
    return Filler(speeches[language], speeches, OpenPoints())
