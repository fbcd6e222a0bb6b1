"""How much a text is like each of many known phrases, for a person to choose among the likeliest."""

from __future__ import annotations

from typing import Any

from rapidfuzz import fuzz

NEAREST = 40
CONTAINED = 0.6
CONTAINED_WORD = 0.1
CONTAINED_HEAD = 0.05
CONTAINED_TOGETHER = 0.1


class Likeness:
    """Mean of the cosine of TF-IDF character n-grams and of the indel similarity, 0-1.

    A phrase whose words all stand in the text counts at least 0.6, more for each of its words (up to three),
    when they stand together and when the text begins with one: unknown words beside a known name are
    mostly places and varieties.
    """

    def __init__(self, phrases: tuple[str, ...]) -> None:
        # scikit-learn takes a second to import; most names never come this far.
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._phrases = phrases
        self._words = [frozenset(phrase.split()) for phrase in phrases]
        self._vectorizer: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        self._matrix: Any = self._vectorizer.fit_transform(phrases)

    def nearest(self, text: str) -> list[tuple[str, float]]:
        """The likeliest phrases with their likeness, best first."""
        cosines = (self._matrix @ self._vectorizer.transform([text]).T).toarray().ravel()
        scored = [
            (self._phrases[place], self._likeness(text, place, float(cosines[place])))
            for place in cosines.argsort()[::-1][:NEAREST]
        ]
        return sorted(scored, key=lambda item: -item[1])

    def _likeness(self, text: str, place: int, cosine: float) -> float:
        if cosine <= 0:
            return 0.0
        mean = (cosine + fuzz.ratio(text, self._phrases[place]) / 100) / 2
        words, known = text.split(), self._words[place]
        if not known.issubset(words):
            return mean
        score = CONTAINED + CONTAINED_WORD * min(len(known), 3)
        score += CONTAINED_HEAD if words[0] in known else 0.0
        score += CONTAINED_TOGETHER if f" {self._phrases[place]} " in f" {text} " else 0.0
        return max(mean, min(score, 1.0))
