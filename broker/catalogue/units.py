"""Units by country and product. A customary unit is never converted without both (domain.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from broker.catalogue import products
from broker.catalogue.loading import DATA, Row, by_code, read_rows
from broker.catalogue.products import ANY
from broker.catalogue.wording import key
from broker.errors import NotFound, RuleBroken

Dimension = Literal["mass", "volume", "count", "area"]
Kind = Literal["exact", "customary_fixed", "ambiguous_ask", "declare_kg", "declare_avg_kg", "declare_ha"]

_DIMENSIONS = ("mass", "volume", "count", "area")
_KINDS = ("exact", "customary_fixed", "ambiguous_ask", "declare_kg", "declare_avg_kg", "declare_ha")


@dataclass(frozen=True, eq=False)
class Unit:
    """One reading of a unit: the code alone fixes the factor.

    factor: kg per unit (ha for area), None when it must be declared; countries and scopes say where the
    words may be read so; `ambiguous_with` are the other readings to offer with this one.
    """

    code: str
    names: Mapping[str, str]
    words: tuple[str, ...]
    dimension: Dimension
    countries: tuple[str, ...]
    scopes: tuple[str, ...]
    factor: Decimal | None
    kind: Kind
    ambiguous_with: tuple[str, ...]
    source: str

    @property
    def declared(self) -> bool:
        """Whether each use must say the weight (or area) of one unit."""
        return self.factor is None

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["es"])

    def valid_in(self, country: str) -> bool:
        return ANY in self.countries or country in self.countries

    def to_kg(self, quantity: Decimal, kg_each: Decimal | None = None) -> Decimal:
        """Exact kilograms; `kg_each` is the declared weight of one unit, refused where the factor is fixed.

        Raises RuleBroken: unit_not_a_mass, unit_must_be_declared, unit_factor_is_fixed.
        """
        if self.dimension == "area":
            raise RuleBroken("unit_not_a_mass", unit=self.code)
        return quantity * self._factor(kg_each)

    def to_ha(self, quantity: Decimal, ha_each: Decimal | None = None) -> Decimal:
        """Exact hectares; raises RuleBroken like `to_kg`, with unit_not_an_area for other units."""
        if self.dimension != "area":
            raise RuleBroken("unit_not_an_area", unit=self.code)
        return quantity * self._factor(ha_each)

    def _factor(self, declared: Decimal | None) -> Decimal:
        if self.factor is None:
            if declared is None or declared <= 0:
                raise RuleBroken("unit_must_be_declared", unit=self.code)
            return declared
        if declared is not None and declared != self.factor:
            raise RuleBroken("unit_factor_is_fixed", unit=self.code, factor=self.factor)
        return self.factor


@dataclass(frozen=True)
class Ambiguous:
    """The words have several readings here: a person must choose one."""

    text: str
    choices: tuple[Unit, ...]


@dataclass(frozen=True)
class DeclareKg:
    """The unit is known but its weight (area for a unit of area) differs from case to case."""

    unit: Unit


def get(code: str) -> Unit:
    """The unit of a code. Raises NotFound("unit_unknown")."""
    try:
        return _units()[code]
    except KeyError:
        raise NotFound("unit_unknown", text=code) from None


def all() -> tuple[Unit, ...]:
    return tuple(_units().values())


def for_country(
    country: str, product_code: str | None = None, dimension: Dimension | None = None
) -> tuple[Unit, ...]:
    """Units a form may offer; without a product only those that every product has."""
    return tuple(
        unit
        for unit in all()
        if unit.valid_in(country)
        and _fits(unit, product_code)
        and (dimension is None or unit.dimension == dimension)
    )


def resolve(text: str, country: str | None, product_code: str | None) -> Unit | Ambiguous | DeclareKg:
    """Read a unit's code or words as they are meant in this country for this product.

    Raises RuleBroken: unit_missing, unit_unknown, unit_not_for_country, unit_not_for_product,
    unit_needs_country_and_product (a customary word without both; an area needs the country only).
    """
    word = key(text)
    if not word:
        raise RuleBroken("unit_missing")
    coded = _units().get(text.strip()) or _units().get(word)
    readings = [coded] if coded else [unit for unit in all() if word in _words()[unit.code]]
    if not readings:
        raise RuleBroken("unit_unknown", text=text)
    if len(readings) == 1 and readings[0].kind == "exact":
        return readings[0]
    of_area = not [unit for unit in readings if unit.dimension != "area"]
    if country is None or (product_code is None and not of_area):
        raise RuleBroken("unit_needs_country_and_product", text=text)
    if coded:
        _check_place(coded, country, product_code, text)
        return DeclareKg(coded) if coded.declared else coded
    return _reading(text, readings, country, product_code)


def _reading(
    text: str, readings: list[Unit], country: str, product_code: str | None
) -> Unit | Ambiguous | DeclareKg:
    """The narrowest reading: one for this product beats a general one."""
    here = [unit for unit in readings if unit.valid_in(country)]
    fitting = [unit for unit in here if _fits(unit, product_code)]
    if not fitting:
        if here:
            raise RuleBroken("unit_not_for_product", text=text, product=product_code)
        return DeclareKg(get("otra"))
    own = [unit for unit in fitting if ANY not in unit.scopes] or fitting
    others = [get(code) for unit in own for code in unit.ambiguous_with]
    choices = tuple(dict.fromkeys([*own, *others]))
    if len(choices) > 1 or own[0].kind == "ambiguous_ask":
        return Ambiguous(text, choices)
    return DeclareKg(own[0]) if own[0].declared else own[0]


def _check_place(unit: Unit, country: str, product_code: str | None, text: str) -> None:
    if not unit.valid_in(country) and not _offered_as_choice(unit, country):
        raise RuleBroken("unit_not_for_country", text=text, country=country)
    if not _fits(unit, product_code):
        raise RuleBroken("unit_not_for_product", text=text, product=product_code)


def _offered_as_choice(unit: Unit, country: str) -> bool:
    return any(other.valid_in(country) and unit.code in other.ambiguous_with for other in all())


def _fits(unit: Unit, product_code: str | None) -> bool:
    if product_code is None:
        return ANY in unit.scopes
    product = products.get(product_code)
    return any(product.is_of(scope) for scope in unit.scopes)


@cache
def _units() -> Mapping[str, Unit]:
    return by_code(_unit(row) for row in read_rows(DATA / "units.yml"))


@cache
def _words() -> Mapping[str, frozenset[str]]:
    """Unit code -> every spelling of it; a unit's code is one of them only through its own words."""
    return {unit.code: frozenset(key(word) for word in (*unit.names.values(), *unit.words)) for unit in all()}


def _unit(row: Row) -> Unit:
    row.only(
        "code", "names", "words", "dimension", "countries", "scopes", "factor", "kind", "ambiguous_with",
        "source",
    )  # fmt: skip
    unit = Unit(
        code=row.text("code"),
        names=row.names("names", "es", "en"),
        words=row.words("words"),
        dimension=cast(Dimension, row.one_of("dimension", _DIMENSIONS)),
        countries=row.texts("countries"),
        scopes=row.texts("scopes"),
        factor=row.decimal_or_none("factor"),
        kind=cast(Kind, row.one_of("kind", _KINDS)),
        ambiguous_with=row.texts("ambiguous_with"),
        source=row.text("source"),
    )
    if unit.declared != unit.kind.startswith("declare"):
        raise row.fault("a factor is wanted exactly where the kind is not declare_*")
    return unit
