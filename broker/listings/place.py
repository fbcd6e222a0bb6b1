"""Where something is: a known municipality, or coordinates given with its name."""

from __future__ import annotations

from dataclasses import dataclass

from broker.catalogue import places
from broker.errors import NotFound
from broker.listings.reader import Reader


@dataclass(frozen=True)
class Position:
    """A municipality with WGS84 degrees."""

    name: str
    lat: float
    lon: float


def read_place(reader: Reader, country: str) -> Position | None:
    """The municipality; coordinates given explicitly win over the gazetteer's."""
    name = reader.text("municipality", required=True)
    lat, lon = reader.decimal("lat", low=-90, high=90), reader.decimal("lon", low=-180, high=180)
    if lat is not None and lon is not None:
        return Position(name, float(lat), float(lon))
    if not name:
        return None
    try:
        place = places.find(country, name)
    except NotFound:
        reader.faults.add("place_unknown", "municipality", value=name, country=country)
        return None
    return Position(place.name, place.lat, place.lon)
