"""What stands around the content of a document on every page, in whatever format."""

from __future__ import annotations

from collections.abc import Mapping

# Letter is what offices in Colombia, Bolivia, Guatemala, Honduras and Panama print on.
PAPER = "us-letter"

WORDS = {
    "es": {"page": "Página", "of": "de"},
    "en": {"page": "Page", "of": "of"},
}


def words(language: str) -> Mapping[str, str]:
    """The words of the page number, in English where the language is another."""
    return WORDS.get(language, WORDS["en"])
