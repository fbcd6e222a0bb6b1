"""What changed between two versions, clause by clause and word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from broker.agreements.assembly import DraftDocument
from broker.documents.content import Section, block_lines, walk

# Words with the sign and space behind them, so that what is joined again is the text as it was.
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Some words that both versions have (kept), only the older (taken_out) or only the newer (put_in)."""

    kind: str
    text: str


@dataclass(frozen=True)
class ClauseChange:
    """A clause that differs. `kind` is added, removed or changed; `lines` hold its paragraphs, items and cells."""

    anchor: str
    number: str
    title: str
    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def changes_between(older: DraftDocument, newer: DraftDocument) -> tuple[ClauseChange, ...]:
    """The clauses and annexes that differ, in the order of the newer version; open points and notices are left out."""
    before, after = (dict(_clauses(draft)) for draft in (older, newer))
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        _change(before.get(name), after.get(name))
        for name in names
        if _says(before.get(name)) != _says(after.get(name))
    )


def _says(section: Section | None) -> tuple[str, list[str]] | None:
    """What a clause says, whatever its number: one more before it changes nothing in it."""
    return None if section is None else (section.title, block_lines(section.blocks))


def _clauses(draft: DraftDocument) -> Iterator[tuple[str, Section]]:
    for section in walk(draft.document.sections):
        if section.role in ("clause", "annex"):
            yield section.anchor, section


def _change(before: Section | None, after: Section | None) -> ClauseChange:
    section = after or before
    assert section is not None
    kind = "added" if before is None else "removed" if after is None else "changed"
    old = block_lines(before.blocks) if before else []
    new = block_lines(after.blocks) if after else []
    return ClauseChange(section.anchor, section.number, section.title, kind, tuple(_lines(old, new)))


def _lines(old: list[str], new: list[str]) -> Iterator[tuple[Piece, ...]]:
    """Line by line; where as many lines were replaced as came, word by word within each."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from ((Piece("kept", line),) for line in old[a:b])
        elif tag == "replace" and b - a == d - c:
            yield from (_words(left, right) for left, right in zip(old[a:b], new[c:d], strict=True))
        else:
            yield from ((Piece("taken_out", line),) for line in old[a:b])
            yield from ((Piece("put_in", line),) for line in new[c:d])


def _words(old: str, new: str) -> tuple[Piece, ...]:
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    found: list[Piece] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("kept", "".join(left[a:b])))
        else:
            found += [Piece("taken_out", "".join(left[a:b]))] if b > a else []
            found += [Piece("put_in", "".join(right[c:d]))] if d > c else []
    return tuple(found)
