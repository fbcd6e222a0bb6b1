"""What was typed into the form of a need or of a capacity, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, request

from broker.catalogue import attributes, countries, packings, places, products, units
from broker.errors import Invalid, NotFound, RuleBroken
from broker.listings.capacity_input import CAPACITY_FIELDS
from broker.listings.cells import Cell, as_text
from broker.listings.models import CONTRIBUTION_TYPES
from broker.listings.need_input import NEED_FIELDS
from broker.money import MINOR_DIGITS
from broker.parties.models import Organization
from web.i18n import country_name, decimal_separator, language, plain, unit_name
from web.wording import message

INDEX_SERIES = ("ICE C",)
SHORT = ("kg", "g", "t", "lb", "ha")


def typed() -> dict[str, str]:
    """Every field of the form as text; several choices of one name are joined to a list."""
    raw = {
        name: "; ".join(value for value in values if value.strip()) for name, values in request.form.lists()
    }
    for name in ("csrf_token", "confirm", "change"):
        raw.pop(name, None)
    named = {kind: raw.pop(f"contribution_{kind}", "") for kind in CONTRIBUTION_TYPES}
    given = [f"{kind}: {' '.join(what.split())}" for kind, what in named.items() if what.strip()]
    return raw | ({"contributions": "\n".join(given)} if given else {})


def version(values: Mapping[str, str]) -> int:
    """The version that the form was filled from; 0, which nothing ever has, where somebody tampered with
    it."""
    text = values.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def shown(cells: Mapping[str, Cell]) -> dict[str, str]:
    """Stored fields as the reader would type them."""
    return as_text(cells, decimal_separator())


def errors_of(fault: Invalid | RuleBroken, field: str = "") -> dict[str, str]:
    """A sentence per field; the first one where a field has several."""
    faults = fault.faults if isinstance(fault, Invalid) else [fault]
    found: dict[str, str] = {}
    for one in faults:
        found.setdefault(one.field or field, message(one))
    return found


def organization() -> Organization:
    """The organization that the reader acts for."""
    own = g.actor.organization_id
    return next(m.organization for m in g.user.memberships if m.organization_id == own)


def choices(values: Mapping[str, str], home: str) -> dict[str, Any]:
    """What a form of the product and country in `values` offers to choose from."""
    product = values.get("product", "")
    country = values.get("country", "") or home
    known = country if country in {c.code for c in countries.all()} else home
    return {
        "product": products.get(product),
        "attributes": attributes.for_product(product),
        "units": unit_options(known, product, values.get("unit", "")),
        "price_units": unit_options(known, product, values.get("price_unit", "")),
        "unit_readings": readings(values.get("unit", ""), known, product),
        "price_unit_readings": readings(values.get("price_unit", ""), known, product),
        "packings": [(p.code, p.name(language())) for p in packings.for_product(product)],
        "countries": sorted(((c.code, country_name(c.code)) for c in countries.all()), key=lambda c: c[1]),
        "places": [place.name for place in places.all() if place.country == known],
        "currencies": [(code, code) for code in _currencies(known)],
        "index_series": INDEX_SERIES,
        "contributions": contributions_typed(values.get("contributions", "")),
        "home_country": known,
    }


def unit_options(country: str, product: str, present: str) -> list[tuple[str, str]]:
    """Units of mass that a form offers, the product's usual ones first. Words that are read in several ways
    stand there once, as the word: the form then asks which reading is meant."""
    usual = products.get(product).usual_units
    offered: dict[str, str] = {}
    asked: set[str] = set()
    fitting = [unit for unit in units.for_country(country, product) if unit.dimension != "area"]
    for unit in sorted(
        fitting,
        key=lambda unit: (unit.code not in usual, usual.index(unit.code) if unit.code in usual else 0),
    ):
        if unit.kind != "ambiguous_ask":
            offered[unit.code] = _unit_words(unit.code)
        elif unit.code not in asked:
            asked |= set(unit.ambiguous_with)
            word = "quintal" if "quintal" in unit.words else unit.words[0]
            offered.setdefault(word, word)
    if present and present not in offered:
        try:
            offered[present] = _unit_words(units.get(present).code)
        except NotFound:
            offered[present] = present
    return list(offered.items())


def readings(text: str, country: str, product: str) -> list[tuple[str, str]]:
    """Where a unit is read in several ways: the kg of each reading as it is typed, and its words."""
    try:
        found = units.resolve(text, country, product) if text else None
    except (RuleBroken, NotFound):
        return []
    if not isinstance(found, units.Ambiguous):
        return []
    return [(plain(unit.factor), unit_name(unit.code)) for unit in found.choices if unit.factor is not None]


def months_typed(text: str) -> set[int]:
    """The months of spans such as 9-12,4, for the twelve boxes."""
    found: set[int] = set()
    for span in text.replace(";", ",").split(","):
        first, _, last = (part.strip() for part in span.partition("-"))
        if (
            first.isdigit()
            and (last or first).isdigit()
            and 1 <= int(first) <= 12
            and 1 <= int(last or first) <= 12
        ):
            length = (int(last or first) - int(first)) % 12
            found |= {(int(first) - 1 + step) % 12 + 1 for step in range(length + 1)}
    return found


def differing(stored: Mapping[str, str], values: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Field, what is stored now, and what was typed, where they differ."""
    own = {*NEED_FIELDS, *CAPACITY_FIELDS}
    names = sorted(name for name in {*stored, *values} if name in own or name.startswith("spec_"))
    pairs = [(name, stored.get(name, ""), values.get(name, "")) for name in names]
    return [pair for pair in pairs if pair[1] != pair[2]]


def contributions_typed(text: str) -> dict[str, str]:
    """Kind -> what it is, from the lines of the field."""
    found = (line.partition(":") for line in text.replace("; ", "\n").splitlines())
    return {kind.strip(): what.strip() for kind, _, what in found if what.strip()}


def _unit_words(code: str) -> str:
    return f"{code} ({unit_name(code).split(' (')[0]})" if code in SHORT else unit_name(code)


def _currencies(country: str) -> list[str]:
    own = countries.get(country).currencies
    return list(dict.fromkeys([*own, "USD", "EUR", *MINOR_DIGITS]))
