"""Free-text product name -> concept of an alias table.

A cascade: normalise; drop words that only qualify; exact alias; fuzzy alias; character n-grams for a person
to choose from. Only the first two may be accepted without asking. All knowledge of words comes in as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from matching.name_likeness import Likeness
from matching.name_stems import stems
from matching.name_table import Alias, NameTable, Qualifiers

Method = Literal["exact", "fuzzy", "suggested", "none"]
Key = tuple[str, ...]

FUZZY_RATIO = 90.0
"""Least normalised indel similarity (0-100) of a typo that is accepted without asking."""
RIVAL_RATIO = 80.0
"""Another concept this close, and no more keystrokes away, makes a typo ambiguous."""
FUZZY_LEAD = 4.0
"""How far the runner-up concept must be behind."""
TYPO_TOKEN_RATIO = 75.0
TYPO_TOKEN_LETTERS = 5
FOREIGN_LETTERS = 5
"""A name this short in another language than the writer's is not accepted: "mile" is a slip for "miel"."""
SUGGESTIONS = 5
LEAST_SUGGESTED = 0.4
"""Likeness below which a suggestion is noise."""
MOST_QUALIFIERS = 10
MOST_WORDS = 20
"""Words read of one text; a name has fewer, and the work grows with them."""

__all__ = ["Alias", "Candidate", "NameTable", "Qualifiers", "Resolution", "Resolver"]

_PLAIN, _VARIETY, _STATE = 0, 1, 2


@dataclass(frozen=True)
class Candidate:
    """confidence: 0-1, comparable within one resolution only."""

    concept: str
    alias: str
    confidence: float


@dataclass(frozen=True)
class Resolution:
    """concept: best guess, to be used unasked only when `accepted`; candidates: best first, at most five."""

    concept: str | None
    method: Method
    confidence: float
    candidates: tuple[Candidate, ...]

    @property
    def accepted(self) -> bool:
        return self.method in ("exact", "fuzzy")


NOTHING = Resolution(None, "none", 0.0, ())


@dataclass(frozen=True)
class _Near:
    """A phrase that is almost the words; ratio: 0-100; distance: keystrokes between them."""

    alias: Alias
    words: tuple[str, ...]
    phrase: str
    ratio: float
    distance: int

    @property
    def candidate(self) -> Candidate:
        return Candidate(self.alias.concept, self.alias.text, round(self.ratio / 100, 4))


class Resolver:
    """Reads names against one table; make it once and keep it."""

    def __init__(self, aliases: NameTable | Mapping[str, str]) -> None:
        self.table = aliases if isinstance(aliases, NameTable) else NameTable.of(aliases)
        self._levels = _levels(self.table.qualifiers)
        self._joining = frozenset(stem for word in self.table.qualifiers.joining for stem in stems(word))
        self._ordered: dict[str, list[Alias]] = {}
        self._unordered: dict[Key, list[Alias]] = {}
        for alias in self.table.aliases:
            tokens = self._tokens(alias.text)
            if tokens:
                self._ordered.setdefault(" ".join(tokens), []).append(alias)
                self._unordered.setdefault(_key(tokens), []).append(alias)
        self._vocabulary = frozenset(token for key in self._unordered for token in key)
        self._cached = lru_cache(maxsize=4096)(self._resolve)

    def resolve(self, text: str, lang: str | None = None) -> Resolution:
        """The concept of `text`; `lang` decides between languages that use one word for two things."""
        return self._cached(text, lang)

    def _resolve(self, text: str, lang: str | None) -> Resolution:
        tokens = self._tokens(text)
        if not tokens:
            return NOTHING
        strict = self._read_exact(tokens, lang, _PLAIN)
        if strict:
            return strict
        near = self._near(tokens, lang)
        return (
            self._read_typo(near)
            or _unless_rivalled(self._read_exact(tokens, lang, _STATE), near)
            or self._suggest(tokens, lang)
        )

    def _tokens(self, text: str) -> list[str]:
        found = stems(text)[:MOST_WORDS]
        return [token for token in found if token not in self._joining] or found

    def _read_exact(self, tokens: list[str], lang: str | None, most: int) -> Resolution | None:
        """The alias left when the fewest words are dropped, none weightier than `most`."""
        for dropped, reductions in enumerate(self._reductions(tokens, most)):
            readings = [
                (level, aliases)
                for level, kept in reductions
                if (aliases := _of_language(self._lookup(kept), lang))
            ]
            if readings:
                level = max(level for level, _ in readings)
                aliases = [alias for _, found in readings for alias in found]
                doubtful = level == _STATE or _is_short_foreign(aliases, lang)
                return _decide(aliases, 1.0 - 0.02 * dropped - 0.03 * level, ask=doubtful)
        return None

    def _lookup(self, tokens: list[str]) -> list[Alias]:
        """Order matters first ("aceite de palma" is no "palma de aceite"), then not ("Beans, dry")."""
        return self._ordered.get(" ".join(tokens)) or self._unordered.get(_key(tokens), [])

    def _reductions(self, tokens: list[str], most: int) -> Iterator[list[tuple[int, list[str]]]]:
        """For 0, 1, 2... words dropped: (weightiest level dropped, words kept) of each way to do it."""
        levels = [self._level(token) for token in tokens]
        droppable = [place for place, level in enumerate(levels) if level is not None and level <= most]
        droppable = droppable[:MOST_QUALIFIERS]
        for count in range(min(len(droppable), len(tokens) - 1) + 1):
            yield [
                (
                    max((levels[place] or _PLAIN for place in places), default=_PLAIN),
                    [token for place, token in enumerate(tokens) if place not in places],
                )
                for places in combinations(droppable, count)
            ]

    def _level(self, token: str) -> int | None:
        """How much the word changes the product; figures and single letters do not, other words may."""
        return _PLAIN if token.isdigit() or len(token) == 1 else self._levels.get(token)

    def _core(self, tokens: list[str]) -> list[str]:
        """The words without those that merely qualify."""
        return [token for token in tokens if self._level(token) != _PLAIN] or tokens

    def _near(self, tokens: list[str], lang: str | None) -> list[_Near]:
        """The closest phrase of each concept that is almost the text, plain qualifiers kept or dropped."""
        found: dict[str, _Near] = {}
        for words in dict.fromkeys((tuple(tokens), tuple(self._core(tokens)))):
            text = " ".join(words)
            hits = process.extract(
                text, self._ordered.keys(), scorer=fuzz.ratio, score_cutoff=RIVAL_RATIO, limit=20
            )
            for phrase, ratio, _ in hits:
                for alias in _of_language(self._ordered[phrase], lang):
                    near = _Near(alias, words, phrase, ratio, OSA.distance(text, phrase))
                    if alias.concept not in found or ratio > found[alias.concept].ratio:
                        found[alias.concept] = near
        return sorted(found.values(), key=lambda near: -near.ratio)

    def _read_typo(self, near: list[_Near]) -> Resolution | None:
        """A slip in one alias: close as a whole, close word by word, and clearly closer than any other."""
        if not near or near[0].ratio < FUZZY_RATIO:
            return None
        best = near[0]
        alone = all(
            other.ratio <= best.ratio - FUZZY_LEAD and other.distance > best.distance for other in near[1:]
        )
        if not alone or not self._is_typo(best.words, best.phrase.split()):
            return None
        return replace(_suggestion([best.candidate]), method="fuzzy")

    def _is_typo(self, words: tuple[str, ...], of: list[str]) -> bool:
        """Whether each differing word is a plausible slip and not another word of the trade."""
        return len(words) == len(of) and all(
            word == right
            or (
                word not in self._vocabulary
                and word[0] == right[0]
                and min(len(word), len(right)) >= TYPO_TOKEN_LETTERS
                and fuzz.ratio(word, right) >= TYPO_TOKEN_RATIO
            )
            for word, right in zip(words, of, strict=True)
        )

    def _suggest(self, tokens: list[str], lang: str | None) -> Resolution:
        best: dict[str, Candidate] = {}
        for phrase, likeness in self._likeness.nearest(" ".join(self._core(tokens))):
            for alias in self._ordered[phrase]:
                score = round(likeness * (1.0 if lang in (None, alias.language) else 0.9), 4)
                if alias.concept not in best or score > best[alias.concept].confidence:
                    best[alias.concept] = Candidate(alias.concept, alias.text, score)
        ranked = sorted(best.values(), key=lambda candidate: (-candidate.confidence, candidate.concept))
        return _suggestion([item for item in ranked if item.confidence >= LEAST_SUGGESTED])

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(tuple(self._ordered))


def _levels(qualifiers: Qualifiers) -> dict[str, int]:
    levels: dict[str, int] = {}
    ranks = ((_STATE, qualifiers.state), (_VARIETY, qualifiers.variety), (_PLAIN, qualifiers.plain))
    for level, words in ranks:
        levels.update({stem: level for word in words for stem in stems(word)})
    return levels


def _key(tokens: Iterable[str]) -> Key:
    return tuple(sorted(tokens))


def _of_language(aliases: list[Alias], lang: str | None) -> list[Alias]:
    """Those of the language asked for, or all when it has none."""
    return [alias for alias in aliases if alias.language == lang] or aliases


def _decide(aliases: list[Alias], confidence: float, *, ask: bool) -> Resolution:
    """One concept is accepted; several, or a doubtful reading, are only suggested."""
    first: dict[str, Alias] = {}
    for alias in aliases:
        first.setdefault(alias.concept, alias)
    share = round(confidence / len(first), 4)
    found = _suggestion([Candidate(concept, alias.text, share) for concept, alias in first.items()])
    return found if ask or len(first) > 1 else replace(found, method="exact")


def _is_short_foreign(aliases: list[Alias], lang: str | None) -> bool:
    return lang is not None and all(
        alias.language not in (lang, "") and len(alias.text) <= FOREIGN_LETTERS for alias in aliases
    )


def _unless_rivalled(exact: Resolution | None, near: list[_Near]) -> Resolution | None:
    """A reading that dropped a telling word is only suggested when another name is almost the whole text."""
    if exact is None:
        return None
    known = {candidate.concept for candidate in exact.candidates}
    rivals = [
        other.candidate for other in near if other.ratio >= FUZZY_RATIO and other.alias.concept not in known
    ]
    if not rivals:
        return exact
    return _suggestion(sorted([*rivals, *exact.candidates], key=lambda candidate: -candidate.confidence))


def _suggestion(candidates: list[Candidate]) -> Resolution:
    if not candidates:
        return NOTHING
    kept = tuple(candidates[:SUGGESTIONS])
    return Resolution(kept[0].concept, "suggested", kept[0].confidence, kept)
