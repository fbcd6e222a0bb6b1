"""Clause sets: what agreements of a kind of product or of a country say besides, as data.

A set is a folder of `sets/` with set.yml (version; applies: products, keeps, countries of the organization, all that
are given must hold; recommend: what is usual there by path; omit: clauses left out) and its clauses, each in its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from broker.agreements.clause_library import HOUSE, BadClause, Clause, ClauseLibrary, load_library, source_of
from broker.agreements.facts import DraftFacts
from broker.yaml_text import read_yaml

SETS = Path(__file__).parent / "sets"
KEYS = {"version", "applies", "recommend", "omit"}
RULES = {"products", "keeps", "countries"}


@dataclass(frozen=True)
class ClauseSet:
    """One set; `applies` names the products, the keeping ("fresh", "dry") and the countries it is for."""

    id: str
    version: str
    folder: Path
    applies: Mapping[str, tuple[str, ...]]
    recommend: Mapping[str, Any]
    omit: frozenset[str]

    def fits(self, facts: DraftFacts) -> bool:
        """Whether the set belongs to an agreement of these facts."""
        found = {
            "products": facts.product.code,
            "keeps": {True: "fresh", False: "dry"}.get(facts.product.fresh),  # type: ignore[arg-type]
            "countries": facts.organization.country,
        }
        return all(found[name] in allowed for name, allowed in self.applies.items())


def library_for(facts: DraftFacts) -> ClauseLibrary:
    """The clauses of an agreement: those of all, and of every set that fits it."""
    return _library_of(tuple(one.id for one in clause_sets() if one.fits(facts)))


@cache
def clause_sets() -> tuple[ClauseSet, ...]:
    """Every set, by its name. Raises BadClause for one that cannot be used."""
    return tuple(read_set(folder) for folder in sorted(SETS.iterdir()) if folder.is_dir())


@cache
def every_clause() -> ClauseLibrary:
    """The clauses of all sets together, with what is usual without any of them."""
    return load_library((HOUSE, *(one.folder for one in clause_sets())))


@cache
def sources() -> Mapping[str, Mapping[str, str]]:
    """The texts of every clause as its file writes them, by the name of the file and by language."""
    folders = (HOUSE, *(one.folder for one in clause_sets()))
    return {path.stem: source_of(path) for folder in folders for path in sorted(folder.glob("*.md"))}


@cache
def set_of(stem: str) -> str:
    """The set that brings a clause file, empty for one of all agreements."""
    return next((one.id for one in clause_sets() if (one.folder / f"{stem}.md").is_file()), "")


@cache
def _library_of(ids: tuple[str, ...]) -> ClauseLibrary:
    sets = [one for one in clause_sets() if one.id in ids]
    library = load_library((HOUSE, *(one.folder for one in sets)))
    omitted = frozenset().union(*(one.omit for one in sets))
    usual: dict[str, Any] = {}
    for one in sets:
        usual |= one.recommend
    clauses = tuple(_with_usual(clause, usual) for clause in library.clauses if clause.id not in omitted)
    return ClauseLibrary(clauses, library.vocabulary)


def _with_usual(clause: Clause, usual: Mapping[str, Any]) -> Clause:
    if not any(placeholder.path in usual for placeholder in clause.placeholders.values()):
        return clause
    placeholders = {
        name: replace(one, recommended=usual[one.path], recommended_path=None) if one.path in usual else one
        for name, one in clause.placeholders.items()
    }
    return replace(clause, placeholders=placeholders)


def read_set(folder: Path) -> ClauseSet:
    """The set of a folder. Raises BadClause."""
    raw = read_yaml((folder / "set.yml").read_text(encoding="utf-8"))
    applies = {name: tuple(values) for name, values in raw.get("applies", {}).items()}
    if unknown := (raw.keys() - KEYS) | (applies.keys() - RULES):
        raise BadClause(f"{folder.name}/set.yml: unknown {sorted(unknown)}")
    if not applies:
        raise BadClause(f"{folder.name}/set.yml: it applies to nothing")
    return ClauseSet(
        folder.name,
        str(raw["version"]),
        folder,
        applies,
        raw.get("recommend", {}),
        frozenset(raw.get("omit", ())),
    )
