"""The clauses: one Markdown file each, read into a small tree that is filled but never executed.

A file has YAML front matter (id, version, part, order, title, applies_when, conditions, placeholders) and one
body per language under "## es" and "## en". In a body a blank line ends a paragraph, "- " begins an item,
"| a | b |" is a row of a table (a first row followed by |---| is its head) and "[table name]" a table that
tables.py builds. "[if name]" before any of them names a condition; {{ name }} is a placeholder.
A file "price.collar.md" is the variant "collar" of the clause "price": conditions choose among variants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from broker.agreements.formatting import known_format
from broker.agreements.open_points import OWNERS
from broker.agreements.paths import Condition, exists, paths_of
from broker.yaml_text import read_yaml

HOUSE = Path(__file__).parent / "clauses"
PLAIN = Path(__file__).parent / "summary"
LANGUAGES = ("es", "en")
PARTS = range(7)

_SLOT = re.compile(r"\{\{\s*([a-z_0-9]+)\s*\}\}")
_IF = re.compile(r"^\[if ([a-z_0-9]+)\]\s*")
_TABLE = re.compile(r"^\[table ([a-z_0-9]+)\]$")
_RULE = re.compile(r"^\|[-|: ]+\|$")


class BadClause(ValueError):
    """A clause file that cannot be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Slot:
    """Where a placeholder stands in a body."""

    name: str


Pieces = tuple[str | Slot, ...]


@dataclass(frozen=True)
class Line:
    """One element of a body: `kind` is paragraph, item, row, head or table; a row has several cells."""

    kind: str
    cells: tuple[Pieces, ...]
    condition: str | None = None


@dataclass(frozen=True)
class Placeholder:
    """A fact a clause needs. `question` asks its owner for it; None when it is always known."""

    path: str
    format: str
    owner: str
    question: Mapping[str, str] | None = None
    recommended: str | int | bool | None = None
    recommended_path: str | None = None


@dataclass(frozen=True)
class Clause:
    """A clause as written: `part` 0 is the summary on top, 1 to 6 the parts of the agreement."""

    id: str
    variant: str
    version: str
    part: int
    order: int
    title: Mapping[str, str]
    applies_when: Condition | None
    conditions: Mapping[str, Condition]
    placeholders: Mapping[str, Placeholder]
    bodies: Mapping[str, tuple[Line, ...]]


@dataclass(frozen=True)
class ClauseLibrary:
    """Every clause in the order of the agreement, and the words for the codes of the facts."""

    clauses: tuple[Clause, ...]
    vocabulary: Mapping[str, Mapping[str, Mapping[str, str]]]


@cache
def house_library() -> ClauseLibrary:
    """The clauses that come with Alianza."""
    return load_library((HOUSE,))


@cache
def plain_library() -> ClauseLibrary:
    """The paragraphs of the one-page summary for the members, in the form of clauses."""
    return load_library((PLAIN,))


def load_library(folders: Iterable[Path]) -> ClauseLibrary:
    """The clauses of the folders; a later file replaces an earlier one of its name. Raises BadClause."""
    files: dict[str, Path] = {}
    vocabulary: dict[str, dict[str, Mapping[str, str]]] = {}
    for folder in folders:
        files |= {path.name: path for path in sorted(folder.glob("*.md"))}
        if (words := folder / "vocabulary.yml").exists():
            for group, codes in read_yaml(words.read_text(encoding="utf-8")).items():
                vocabulary.setdefault(group, {}).update(codes)
    clauses = [read_clause(path.stem, path.read_text(encoding="utf-8")) for path in files.values()]
    clauses.sort(key=lambda clause: (clause.part, clause.order, clause.id, clause.variant))
    return ClauseLibrary(tuple(clauses), vocabulary)


def read_clause(stem: str, text: str) -> Clause:
    """One clause out of the text of its file. Raises BadClause."""
    try:
        _, front, body = text.split("---\n", 2)
        matter = read_yaml(front)
        clause = Clause(
            id=matter["id"],
            variant=stem.partition(".")[2],
            version=str(matter["version"]),
            part=matter["part"],
            order=matter["order"],
            title=matter["title"],
            applies_when=matter.get("applies_when"),
            conditions=matter.get("conditions", {}),
            placeholders={name: _placeholder(raw) for name, raw in matter.get("placeholders", {}).items()},
            bodies=_bodies(body),
        )
        faults = _faults(clause, stem)
    except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as fault:
        raise BadClause(f"{stem}: {fault!r}") from None
    if faults:
        raise BadClause(f"{stem}: {'; '.join(faults)}")
    return clause


def _placeholder(raw: Mapping[str, Any]) -> Placeholder:
    return Placeholder(
        path=raw["path"],
        format=raw.get("format", "text"),
        owner=raw["owner"],
        question=raw.get("ask"),
        recommended=raw.get("recommended"),
        recommended_path=raw.get("recommended_path"),
    )


def source_of(path: Path) -> dict[str, str]:
    """The bodies of a clause file as they are written, by language."""
    return _sections(path.read_text(encoding="utf-8").split("---\n", 2)[2])


def _sections(body: str) -> dict[str, str]:
    sections = re.split(r"^## ([a-z]{2})\n", body, flags=re.MULTILINE)
    return {language: text.strip() for language, text in zip(sections[1::2], sections[2::2], strict=True)}


def _bodies(body: str) -> dict[str, tuple[Line, ...]]:
    return {language: read_lines(text) for language, text in _sections(body).items()}


def read_lines(text: str) -> tuple[Line, ...]:
    """A body as its elements."""
    lines: list[Line] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        running: list[str] = []
        for raw in paragraph.splitlines():
            bare = _IF.sub("", raw)
            if bare.startswith(("- ", "|")) or _TABLE.match(bare):
                _flush(running, lines)
                _structured(raw, bare, lines)
            elif raw != bare:
                _flush(running, lines)
                running.append(raw)
            else:
                running.append(raw)
        _flush(running, lines)
    return tuple(lines)


def _flush(running: list[str], lines: list[Line]) -> None:
    if running:
        raw = " ".join(line.strip() for line in running)
        lines.append(Line("paragraph", (_pieces(_IF.sub("", raw)),), _condition_name(raw)))
        running.clear()


def _structured(raw: str, bare: str, lines: list[Line]) -> None:
    if table := _TABLE.match(bare):
        lines.append(Line("table", ((table[1],),), _condition_name(raw)))
    elif _RULE.match(bare) and lines and lines[-1].kind == "row":
        lines[-1] = Line("head", lines[-1].cells)
    elif bare.startswith("|"):
        cells = tuple(_pieces(cell.strip()) for cell in bare.strip().strip("|").split("|"))
        lines.append(Line("row", cells, _condition_name(raw)))
    else:
        lines.append(Line("item", (_pieces(bare[2:].strip()),), _condition_name(raw)))


def _condition_name(raw: str) -> str | None:
    found = _IF.match(raw)
    return found[1] if found else None


def _pieces(text: str) -> Pieces:
    parts = _SLOT.split(text)
    return tuple(Slot(part) if index % 2 else part for index, part in enumerate(parts) if part)


def _faults(clause: Clause, stem: str) -> list[str]:
    faults = []
    if stem.partition(".")[0] != clause.id:
        faults.append(f"the file is named {stem}, the clause {clause.id}")
    if clause.part not in PARTS:
        faults.append(f"part {clause.part}")
    for language in LANGUAGES:
        if language not in clause.bodies or language not in clause.title:
            faults.append(f"no text in {language}")
    for name, placeholder in clause.placeholders.items():
        faults += _placeholder_faults(name, placeholder)
    for condition in (*clause.conditions.values(), *filter(None, (clause.applies_when,))):
        faults += [f"no fact at {path}" for path in paths_of(condition) if not exists(path)]
    used = [_used(lines) for lines in clause.bodies.values()]
    slots = [slots for slots, _ in used]
    if any(each != slots[0] for each in slots):
        faults.append(f"the languages use other placeholders: {set.symmetric_difference(*slots)}")
    named = set().union(*slots, *(conditions for _, conditions in used))
    declared = {*clause.placeholders, *clause.conditions}
    faults += [f"{name} is not declared" for name in sorted(named - declared)]
    return faults


def _placeholder_faults(name: str, placeholder: Placeholder) -> list[str]:
    faults = []
    if placeholder.owner not in OWNERS:
        faults.append(f"{name}: nobody called {placeholder.owner}")
    if not exists(placeholder.path):
        faults.append(f"{name}: no fact at {placeholder.path}")
    if not known_format(placeholder.format):
        faults.append(f"{name}: no format {placeholder.format}")
    if placeholder.question is not None and set(placeholder.question) < set(LANGUAGES):
        faults.append(f"{name}: its question lacks a language")
    return faults


def slots_of(lines: Iterable[Line]) -> set[tuple[str | None, str]]:
    """Each placeholder of a body, after the condition under which it stands there."""
    return {
        (line.condition, piece.name)
        for line in lines
        for cell in line.cells
        for piece in cell
        if isinstance(piece, Slot)
    }


def _used(lines: tuple[Line, ...]) -> tuple[set[str], set[str]]:
    slots = {piece.name for line in lines for cell in line.cells for piece in cell if isinstance(piece, Slot)}
    return slots, {line.condition for line in lines if line.condition is not None}
