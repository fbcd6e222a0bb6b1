"""A version is frozen: the facts, the words made of them in each language, and one hash over both.

Nothing of a stored version is ever worked out again, so a newer clause library changes no agreement.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from broker.agreements import facts as facts_module
from broker.agreements.assembly import DraftDocument, assemble, summarize
from broker.agreements.clause_library import LANGUAGES, ClauseLibrary
from broker.agreements.clause_sets import library_for
from broker.agreements.facts import DraftFacts
from broker.agreements.models import AgreementVersion
from broker.documents import canonical
from broker.documents.content import Document


@dataclass(frozen=True)
class Frozen:
    """What a version stores, as JSON data, and its SHA-256."""

    facts: dict[str, Any]
    content: dict[str, Any]
    sha256: str
    open_points: int


def freeze(facts: DraftFacts, library: ClauseLibrary | None = None) -> Frozen:
    """The facts with the draft that they make in each language, by the clauses of `library`."""
    library = library or library_for(facts)
    drafts = {language: assemble(facts, language, library) for language in LANGUAGES}
    raw = json.loads(facts_module.to_json(facts))
    content = {language: canonical.encode(draft) for language, draft in drafts.items()}
    content["summary"] = {
        language: canonical.encode(summarize(facts, language, library)) for language in LANGUAGES
    }
    return Frozen(raw, content, hash_of(raw, content), len(drafts[LANGUAGES[0]].open_points))


def hash_of(facts: dict[str, Any], content: dict[str, Any] | None) -> str:
    """SHA-256 over the canonical JSON of what is stored; over the facts alone where no words were kept."""
    return canonical.sha256(facts if content is None else {"content": content, "facts": facts})


def is_intact(version: AgreementVersion) -> bool:
    """Whether the stored version still has the hash it was given."""
    return hash_of(version.facts, version.content) == version.sha256


def facts_of(version: AgreementVersion) -> DraftFacts:
    """The facts that a version froze."""
    return facts_module.from_json(json.dumps(version.facts))


def draft_of(version: AgreementVersion, language: str) -> DraftDocument:
    """The words that a version froze, in "es" or "en"."""
    if version.content is None:
        return assemble(facts_of(version), language)
    draft: DraftDocument = canonical.decode(DraftDocument, version.content[language], "$")
    return draft


def summary_of(version: AgreementVersion, language: str) -> Document:
    """The one-page summary that a version froze, in "es" or "en"."""
    if version.content is None:
        return summarize(facts_of(version), language)
    summary: Document = canonical.decode(Document, version.content["summary"][language], "$")
    return summary


def changed_paths(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The paths of the facts that differ, in the order of the facts."""
    return [path for path, old, new in _pairs("", before, after) if old != new]


def _pairs(path: str, old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    """Leaves of both trees by path; what one lacks is None there."""
    if isinstance(old, dict) or isinstance(new, dict):
        left, right = old or {}, new or {}
        if isinstance(left, dict) and isinstance(right, dict):
            names = list(dict.fromkeys((*left, *right)))
            return [
                pair for name in names for pair in _pairs(_join(path, name), left.get(name), right.get(name))
            ]
    if isinstance(old, list) and isinstance(new, list):
        longest = max(len(old), len(new))
        return [
            pair
            for index in range(longest)
            for pair in _pairs(
                _join(path, str(index)),
                old[index] if index < len(old) else None,
                new[index] if index < len(new) else None,
            )
        ]
    return [(path, old, new)]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
