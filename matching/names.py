"""Free-text product name -> concept of an alias table.

A cascade: normalise; drop words that only qualify; exact alias; fuzzy alias; character n-grams for a person
to choose from. Only the first two may be accepted without asking. All knowledge of words comes in as data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Any, Literal

from rapidfuzz import fuzz, process

Method = Literal["exact", "fuzzy", "suggested", "none"]
Key = tuple[str, ...]

FUZZY_RATIO = 90.0
"""Least normalised indel similarity (0-100) of a typo that is accepted without asking."""
FUZZY_LEAD = 4.0
"""How far the runner-up concept must be behind."""
TYPO_TOKEN_RATIO = 75.0
TYPO_TOKEN_LETTERS = 5
SUGGESTIONS = 5
LEAST_SUGGESTED = 0.25
"""Cosine below which a suggestion is noise."""
MOST_QUALIFIERS = 10


@dataclass(frozen=True)
class Alias:
    text: str
    language: str
    concept: str


@dataclass(frozen=True)
class Qualifiers:
    """Words that may stand beside a name.

    plain: the product stays the same; variety: the same kind of product; state: perhaps another product, so a
    match is only suggested; joining: words without meaning of their own.
    """

    plain: frozenset[str] = frozenset()
    variety: frozenset[str] = frozenset()
    state: frozenset[str] = frozenset()
    joining: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NameTable:
    aliases: tuple[Alias, ...]
    qualifiers: Qualifiers = field(default_factory=Qualifiers)

    @classmethod
    def of(cls, aliases: Mapping[str, str], language: str = "") -> NameTable:
        """A table from alias -> concept."""
        return cls(tuple(Alias(text, language, concept) for text, concept in aliases.items()))


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


class Resolver:
    """Reads names against one table; made once, safe to share between threads after the first use."""

    def __init__(self, aliases: NameTable | Mapping[str, str]) -> None:
        self.table = aliases if isinstance(aliases, NameTable) else NameTable.of(aliases)
        self._levels = _levels(self.table.qualifiers)
        self._joining = frozenset(stem for word in self.table.qualifiers.joining for stem in stems(word))
        self._exact: dict[Key, list[Alias]] = {}
        self._phrases: dict[str, list[Alias]] = {}
        for alias in self.table.aliases:
            tokens = self._tokens(alias.text)
            if tokens:
                self._exact.setdefault(_key(tokens), []).append(alias)
                self._phrases.setdefault(" ".join(tokens), []).append(alias)
        self._vocabulary = frozenset(token for key in self._exact for token in key)
        self.resolve = lru_cache(maxsize=4096)(self._resolve)

    def _resolve(self, text: str, lang: str | None = None) -> Resolution:
        """The concept of `text`; `lang` decides between languages that use one word for two things."""
        tokens = self._tokens(text)
        if not tokens:
            return NOTHING
        return self._read_exact(tokens, lang) or self._read_fuzzy(tokens, lang) or self._suggest(tokens, lang)

    def _tokens(self, text: str) -> list[str]:
        found = stems(text)
        return [token for token in found if token not in self._joining] or found

    def _read_exact(self, tokens: list[str], lang: str | None) -> Resolution | None:
        """The alias that needs the fewest words dropped, the weightiest of them last."""
        for dropped, level, kept in self._reductions(tokens):
            found = self._phrases.get(" ".join(kept)) or self._exact.get(_key(kept), [])
            aliases = _of_language(found, lang)
            if aliases:
                return _decide(aliases, 1.0 - 0.02 * dropped - 0.03 * level, ask=level == _STATE)
        return None

    def _reductions(self, tokens: list[str]) -> Iterator[tuple[int, int, list[str]]]:
        """(words dropped, weightiest level dropped, words kept), gentlest reduction first."""
        droppable = [place for place, token in enumerate(tokens) if self._level(token) is not None]
        droppable = droppable[:MOST_QUALIFIERS]
        for count in range(min(len(droppable), len(tokens) - 1) + 1):
            drops = sorted(
                combinations(droppable, count),
                key=lambda places: sorted(
                    (self._level(tokens[place]) or 0 for place in places), reverse=True
                ),
            )
            for places in drops:
                level = max((self._level(tokens[place]) or 0 for place in places), default=0)
                yield count, level, [token for place, token in enumerate(tokens) if place not in places]

    def _level(self, token: str) -> int | None:
        return _PLAIN if token.isdigit() else self._levels.get(token)

    def _core(self, tokens: list[str]) -> list[str]:
        """The words without those that merely qualify."""
        return [token for token in tokens if self._level(token) != _PLAIN] or tokens

    def _read_fuzzy(self, tokens: list[str], lang: str | None) -> Resolution | None:
        """A typo of one alias: close as a whole, close word by word, and clearly closer than any other."""
        core = self._core(tokens)
        hits = process.extract(
            " ".join(core),
            self._phrases.keys(),
            scorer=fuzz.ratio,
            score_cutoff=FUZZY_RATIO - FUZZY_LEAD,
            limit=20,
        )
        best: dict[str, tuple[float, str]] = {}
        for phrase, ratio, _ in hits:
            for alias in _of_language(self._phrases[phrase], lang):
                best.setdefault(alias.concept, (ratio, phrase))
        ranked = sorted(best.items(), key=lambda item: -item[1][0])
        if not ranked or ranked[0][1][0] < FUZZY_RATIO:
            return None
        concept, (ratio, phrase) = ranked[0]
        alone = len(ranked) == 1 or ranked[1][1][0] <= ratio - FUZZY_LEAD
        if not alone or not self._is_typo(core, phrase.split()):
            return None
        candidate = Candidate(concept, self._phrases[phrase][0].text, ratio / 100)
        return Resolution(concept, "fuzzy", candidate.confidence, (candidate,))

    def _is_typo(self, words: list[str], of: list[str]) -> bool:
        """Whether each differing word is a plausible slip and not another word of the trade."""
        return len(words) == len(of) and all(
            word == right
            or (
                word not in self._vocabulary
                and min(len(word), len(right)) >= TYPO_TOKEN_LETTERS
                and fuzz.ratio(word, right) >= TYPO_TOKEN_RATIO
            )
            for word, right in zip(words, of, strict=True)
        )

    def _suggest(self, tokens: list[str], lang: str | None) -> Resolution:
        core = " ".join(self._core(tokens))
        best: dict[str, Candidate] = {}
        for phrase, likeness in self._grams.nearest(core):
            for alias in self._phrases[phrase]:
                weight = 1.0 if lang in (None, alias.language) else 0.9
                score = weight * likeness
                if score > best.get(alias.concept, _NO_CANDIDATE).confidence:
                    best[alias.concept] = Candidate(alias.concept, alias.text, round(score, 4))
        ranked = sorted(best.values(), key=lambda candidate: (-candidate.confidence, candidate.concept))
        candidates = tuple(item for item in ranked if item.confidence >= LEAST_SUGGESTED)[:SUGGESTIONS]
        if not candidates:
            return NOTHING
        return Resolution(candidates[0].concept, "suggested", candidates[0].confidence, candidates)

    @cached_property
    def _grams(self) -> _Grams:
        return _Grams(tuple(self._phrases))


class _Grams:
    """Likeness of phrases: the mean of the cosine of TF-IDF character n-grams and the indel similarity."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        # scikit-learn takes a second to import; most names never come this far.
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._phrases = phrases
        self._vectorizer: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        self._matrix: Any = self._vectorizer.fit_transform(phrases)

    def nearest(self, text: str, count: int = 40) -> list[tuple[str, float]]:
        """The `count` likeliest phrases with their likeness 0-1, best first."""
        cosines = (self._matrix @ self._vectorizer.transform([text]).T).toarray().ravel()
        places = cosines.argsort()[::-1][:count]
        scored = [(self._phrases[at], self._likeness(text, at, float(cosines[at]))) for at in places]
        return sorted(scored, key=lambda item: -item[1])

    def _likeness(self, text: str, place: int, cosine: float) -> float:
        return (cosine + fuzz.ratio(text, self._phrases[place]) / 100) / 2 if cosine > 0 else 0.0


def stems(text: str) -> list[str]:
    """Words of a name without accents, case, punctuation, plural and weak endings; digits apart."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(char for char in flat if not unicodedata.combining(char))
    return [_stem(word) for word in re.findall(r"[0-9]+|[^\W\d_]+", bare)]


def _stem(word: str) -> str:
    """One form for singular and plural in Spanish, Portuguese, French and English; never shown to anyone."""
    if len(word) <= 3:
        return word
    if word.endswith(("oes", "aos", "aes", "ao")):
        return word[: -2 if word.endswith("ao") else -3] + "o"
    if word.endswith("ies") and len(word) > 5:
        word = word[:-3] + "y"
    word = word.removesuffix("s")
    if word.endswith(("aux", "eux", "oux")):
        word = word[:-1]
    if len(word) > 3:
        word = word.removesuffix("e")
    return word[:-1] + "c" if word.endswith("z") else word


_PLAIN, _VARIETY, _STATE = 0, 1, 2
_NO_CANDIDATE = Candidate("", "", 0.0)


def _levels(qualifiers: Qualifiers) -> dict[str, int]:
    levels: dict[str, int] = {}
    ranks = ((_STATE, qualifiers.state), (_VARIETY, qualifiers.variety), (_PLAIN, qualifiers.plain))
    for level, words in ranks:
        levels.update({stem: level for word in words for stem in stems(word)})
    return levels


def _key(tokens: Iterable[str]) -> Key:
    """Order does not matter: "Beans, dry" is "dry beans"."""
    return tuple(sorted(tokens))


def _of_language(aliases: list[Alias], lang: str | None) -> list[Alias]:
    """Those of the language asked for, or all when it has none."""
    return [alias for alias in aliases if alias.language == lang] or aliases


def _decide(aliases: list[Alias], confidence: float, *, ask: bool) -> Resolution:
    """One concept is accepted; several, or a doubtful reading, are only suggested."""
    first = {alias.concept: alias for alias in reversed(aliases)}
    share = confidence / len(first)
    ordered = dict.fromkeys(alias.concept for alias in aliases)
    candidates = tuple(Candidate(concept, first[concept].text, round(share, 4)) for concept in ordered)
    method: Method = "suggested" if ask or len(candidates) > 1 else "exact"
    return Resolution(candidates[0].concept, method, candidates[0].confidence, candidates[:SUGGESTIONS])
