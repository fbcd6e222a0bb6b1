"""The region of a place on a listing."""

from __future__ import annotations

from broker.catalogue import places
from broker.catalogue.regions import Region, region_of


def test_every_place_lies_in_a_region_with_a_name() -> None:
    for place in places.all():
        region = region_of(place.country, place.name)
        assert (region.country, region.admin1) == (place.country, place.admin1)
        assert region.name


def test_a_place_is_found_as_people_write_it() -> None:
    assert region_of("CO", "calarca") == Region("CO", "QUI", "Quindío")


def test_of_an_unknown_place_only_the_country_is_known() -> None:
    assert region_of("CO", "Vereda El Silencio") == Region("CO")
