"""Names of products in es, en, pt and fr with their regional words, as data for `matching.names`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from broker.catalogue import products
from broker.catalogue.loading import DATA, LANGUAGES, DataFault, Row, read_folder, read_row
from broker.errors import NotFound
from matching.names import Alias, NameTable, Qualifiers, Resolution, Resolver


@dataclass(frozen=True, eq=False)
class Concept:
    """What a word means. `broader` is the concept it is a kind of; `products` are those of the catalogue."""

    code: str
    names: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    products: tuple[str, ...]
    broader: str | None

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["es"])


def get(code: str) -> Concept:
    """Raises NotFound("concept_unknown")."""
    try:
        return concepts()[code]
    except KeyError:
        raise NotFound("concept_unknown", concept=code) from None


def resolve(text: str, lang: str | None = None) -> Resolution:
    """The concept of a free-text name (see matching.names); `lang` is the language of the writer."""
    return resolver().resolve(text, lang)


@cache
def concepts() -> Mapping[str, Concept]:
    """Concept code -> concept, of every alias file."""
    found: dict[str, Concept] = {}
    for file in read_folder("aliases"):
        for code, fields in file.fields.items():
            if code in found:
                raise DataFault(f"{file.place}: concept {code} stands twice")
            found[code] = _concept(code, Row(f"{file.place} {code}", fields))
    return MappingProxyType(found)


@cache
def aliases() -> NameTable:
    """The whole table: every concept's words, and the names of the catalogue's products."""
    return NameTable(tuple(dict.fromkeys([*_concept_aliases(), *_product_aliases()])), _qualifiers())


@cache
def resolver() -> Resolver:
    return Resolver(aliases())


def _concept_aliases() -> Iterator[Alias]:
    for concept in concepts().values():
        for language, words in concept.words.items():
            for word in words:
                yield Alias(word, language, concept.code)


def _product_aliases() -> Iterator[Alias]:
    for product in products.all():
        for language, name in product.names.items():
            yield Alias(name, language, product.concept)


def _qualifiers() -> Qualifiers:
    row = read_row(DATA / "qualifiers.yml")
    row.only("plain", "variety", "state", "joining")
    return Qualifiers(
        plain=frozenset(row.words("plain")),
        variety=frozenset(row.words("variety")),
        state=frozenset(row.words("state")),
        joining=frozenset(row.words("joining")),
    )


def _concept(code: str, row: Row) -> Concept:
    row.only("products", "broader", *LANGUAGES)
    words = {language: row.words(language) for language in LANGUAGES}
    if not all(words.values()):
        raise row.fault("a concept is named in every language")
    return Concept(
        code=code,
        names=MappingProxyType({language: spellings[0] for language, spellings in words.items()}),
        words=MappingProxyType(words),
        products=row.words("products"),
        broader=row.text_or_none("broader"),
    )
