"""Departments, provinces and states: the part of a country in which a municipality lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from broker.catalogue import places
from broker.catalogue.loading import DATA, read_rows
from broker.errors import NotFound


@dataclass(frozen=True, order=True)
class Region:
    """A part of a country. `admin1` is its ISO 3166-2 part and `name` its own name; both are empty for a place that
    the catalogue does not know, of which only the country is certain."""

    country: str
    admin1: str = ""
    name: str = ""


@lru_cache(maxsize=4096)
def region_of(country: str, municipality: str) -> Region:
    """The region of a municipality as it stands on a listing."""
    try:
        place = places.find(country, municipality)
    except NotFound:
        return Region(country)
    return _regions()[country, place.admin1]


@cache
def _regions() -> Mapping[tuple[str, str], Region]:
    found: dict[tuple[str, str], Region] = {}
    for row in read_rows(DATA / "regions.yml"):
        row.only("country", "admin1", "name")
        region = Region(row.text("country"), row.text("admin1"), row.text("name"))
        if (region.country, region.admin1) in found:
            raise row.fault("the region stands there twice")
        found[region.country, region.admin1] = region
    return found
