"""TF-IDF similarity of descriptions. Words are weighed within the whole market, compared within links."""

from __future__ import annotations

import numpy as np

from matching.gates.block import Block
from matching.types import FloatArray

ROWS = 100_000
"""Links compared together, to bound memory."""


def similarity(block: Block) -> FloatArray:
    """[P] cosine of the two descriptions' TF-IDF vectors, NaN where either side wrote nothing."""
    needs, capacities = block.market.needs.description, block.market.capacities.description
    result = np.full(len(block.need), np.nan)
    written_needs = np.array([bool(text.strip()) for text in needs], dtype=np.bool_)
    written = np.array([bool(text.strip()) for text in capacities], dtype=np.bool_)
    if not (len(block.need) and written_needs.any() and written.any()):
        return result
    rows = np.flatnonzero(written_needs[block.need] & written[block.capacity])
    if not len(rows):
        return result
    # Loaded here: only markets with descriptions pay for scikit-learn.
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(strip_accents="unicode", lowercase=True, token_pattern=r"(?u)\b\w+\b")
    matrix = vectorizer.fit_transform([*needs, *capacities])
    left, right = matrix[: len(needs)], matrix[len(needs) :]
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        product = left[block.need[some]].multiply(right[block.capacity[some]]).sum(axis=1)
        result[some] = np.asarray(product, dtype=np.float64).ravel()
    return result
