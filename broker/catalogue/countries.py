"""Countries of the trade: currency, way of writing numbers, time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from broker.catalogue.loading import DATA, Row, by_code, read_rows
from broker.errors import NotFound
from broker.numerals import Separator


@dataclass(frozen=True, eq=False)
class Country:
    """code: ISO 3166-1 alpha-2; currency: ISO 4217; box: south, north, west, east in degrees."""

    code: str
    names: Mapping[str, str]
    currency: str
    currencies: tuple[str, ...]
    decimal_separator: Separator
    time_zone: str
    box: tuple[float, float, float, float]

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["es"])

    def contains(self, lat: float, lon: float) -> bool:
        """Whether a point lies in the country's box; a plausibility check, not a border."""
        south, north, west, east = self.box
        return south <= lat <= north and west <= lon <= east


def get(code: str) -> Country:
    """Raises NotFound("country_unknown")."""
    try:
        return _countries()[code]
    except KeyError:
        raise NotFound("country_unknown", value=code) from None


def all() -> tuple[Country, ...]:
    return tuple(_countries().values())


@cache
def _countries() -> Mapping[str, Country]:
    return by_code(_country(row) for row in read_rows(DATA / "countries.yml"))


def _country(row: Row) -> Country:
    row.only("code", "names", "currency", "also", "decimal", "zone", "box")
    box = [float(edge) for edge in row.texts("box")]
    if len(box) != 4:
        raise row.fault("box must be south, north, west, east")
    return Country(
        code=row.text("code"),
        names=row.names("names", "es", "en"),
        currency=row.text("currency"),
        currencies=(row.text("currency"), *row.texts("also")),
        decimal_separator=cast(Separator, row.one_of("decimal", (",", "."))),
        time_zone=row.text("zone"),
        box=(box[0], box[1], box[2], box[3]),
    )
