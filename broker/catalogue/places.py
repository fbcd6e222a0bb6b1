"""Municipalities with coordinates, and the road distance between two points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

from broker.catalogue.loading import DATA, Row, by_code, read_rows
from broker.catalogue.wording import key
from broker.errors import NotFound

EARTH_RADIUS_KM = 6371.0088
ROAD_FACTOR = 1.35
"""Kilometres by road for one of the great circle; a setting of the installation may replace it."""

_SOURCES = ("divipola", "dr5hn", "dr5hn_centroid", "author")


class Located(Protocol):
    """Anything with coordinates in degrees (WGS84)."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


@dataclass(frozen=True, eq=False)
class Place:
    """A municipality. admin1: ISO 3166-2 part; source says how the coordinates were found."""

    code: str
    country: str
    admin1: str
    name: str
    words: tuple[str, ...]
    divipola: str | None
    lat: float
    lon: float
    source: str


def get(code: str) -> Place:
    """Raises NotFound("place_code_unknown")."""
    try:
        return _places()[code]
    except KeyError:
        raise NotFound("place_code_unknown", value=code) from None


def all() -> tuple[Place, ...]:
    return tuple(_places().values())


def find(country: str, name: str) -> Place:
    """The municipality of a name, whatever its accents and case. Raises NotFound("place_unknown")."""
    wanted = key(name)
    for place in all():
        if place.country == country and wanted in _spellings()[place.code]:
            return place
    raise NotFound("place_unknown", value=name, country=country)


def search(text: str, country: str | None = None, limit: int = 10) -> tuple[Place, ...]:
    """Places whose name begins with, or else contains, the text; names that begin with it stand first."""
    wanted = key(text)
    if not wanted:
        return ()
    ranked: list[tuple[bool, str, Place]] = []
    for place in all():
        names = _spellings()[place.code]
        if (country is None or place.country == country) and any(wanted in name for name in names):
            ranked.append((not any(name.startswith(wanted) for name in names), key(place.name), place))
    return tuple(place for _, _, place in sorted(ranked, key=lambda item: item[:2])[:limit])


def distance_km(a: Located, b: Located, road_factor: float = ROAD_FACTOR) -> float:
    """Road kilometres: great circle (haversine, mean earth radius 6371.0088 km) times `road_factor`."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.lon - a.lon) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return road_factor * 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


@cache
def _places() -> Mapping[str, Place]:
    return by_code(_place(row) for row in read_rows(DATA / "places.yml"))


@cache
def _spellings() -> Mapping[str, frozenset[str]]:
    return {place.code: frozenset(key(word) for word in (place.name, *place.words)) for place in all()}


def _place(row: Row) -> Place:
    row.only("code", "country", "admin1", "name", "words", "divipola", "lat", "lon", "source")
    return Place(
        code=row.text("code"),
        country=row.text("country"),
        admin1=row.text("admin1"),
        name=row.text("name"),
        words=row.words("words"),
        divipola=row.text_or_none("divipola"),
        lat=float(row.decimal("lat")),
        lon=float(row.decimal("lon")),
        source=row.one_of("source", _SOURCES),
    )
