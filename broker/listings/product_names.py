"""From the words people use for a product to the catalogue's code."""

from __future__ import annotations

from functools import cache

from broker.catalogue import aliases, products
from broker.catalogue.wording import key


def product_named(text: str) -> str | None:
    """The product that the words name without doubt, or None; a product's code names it too."""
    if any(product.code == text for product in products.all()):
        return text  # forms send the code: no need to load what compares words
    found = _by_name().get(key(text))
    if found is not None:
        return found
    resolution = aliases.resolve(text)
    if not resolution.accepted or resolution.concept is None:
        return None
    codes = _by_concept().get(resolution.concept, ())
    return codes[0] if len(codes) == 1 else None


def products_near(text: str) -> list[str]:
    """The products whose names are most like the words, best first; all of them where none is."""
    candidates = aliases.resolve(text).candidates
    near = [code for one in candidates for code in _by_concept().get(one.concept, ())]
    return list(dict.fromkeys(near)) or [product.code for product in products.all()]


def products_matching(text: str) -> list[str]:
    """The products in whose name, in any language, the words occur."""
    wanted = key(text)
    if len(wanted) < 3:
        return []
    return sorted({code for name, code in _spellings() if wanted in name})


@cache
def _by_name() -> dict[str, str]:
    """Names that belong to one product only; a product's own name beats another one's alias."""
    own = _unambiguous(
        [(key(name), product.code) for product in products.all() for name in product.names.values()]
    )
    return _unambiguous(list(_spellings())) | own


@cache
def _by_concept() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {code: set(concept.products) for code, concept in aliases.concepts().items()}
    for product in products.all():
        found.setdefault(product.concept, set()).add(product.code)
    return {concept: tuple(sorted(codes)) for concept, codes in found.items()}


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    names = [(key(name), product.code) for product in products.all() for name in product.names.values()]
    for alias in aliases.aliases().aliases:
        names += [(key(alias.text), code) for code in _by_concept().get(alias.concept, ())]
    return tuple(dict.fromkeys(names))


def _unambiguous(spellings: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, code in spellings:
        found.setdefault(name, set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
