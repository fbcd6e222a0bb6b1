"""The table of names that a resolver reads, and the words that may stand beside a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
