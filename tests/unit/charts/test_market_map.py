"""Places on their maps: who shares one, how large a mark is, and that names stay apart."""

from __future__ import annotations

from itertools import combinations
from math import pi

import pytest

from web.charts.market_map import FRAME, Link, Mark, draw
from web.charts.projection import fit

PEREIRA, QUIMBAYA, CALARCA = (4.81, -75.69), (4.62, -75.77), (4.53, -75.64)
PITALITO, PANAMA, BUGABA = (1.85, -76.05), (8.98, -79.52), (8.48, -82.62)


def supply(place: tuple[float, float], tonnes: float = 100, name: str = "x") -> Mark:
    return Mark("supply", place, tonnes, name)


def test_neighbours_share_a_map_and_places_far_away_have_their_own() -> None:
    maps = draw([supply(PEREIRA), supply(QUIMBAYA), supply(PANAMA, 900), supply((8.9, -79.6))], [])
    assert [{mark.place for mark in one.marks} for one in maps] == [
        {PANAMA, (8.9, -79.6)}, {PEREIRA, QUIMBAYA},
    ]  # fmt: skip


def test_a_flow_keeps_its_ends_on_one_map() -> None:
    [one] = draw([supply(PITALITO), supply(PANAMA)], [Link("agreed", PITALITO, PANAMA, 10)])
    assert len(one.curves) == 1


def test_a_place_alone_goes_to_the_nearest_map_if_that_is_not_too_far() -> None:
    lonely = draw([supply(PANAMA), supply(BUGABA)], [])
    assert len(lonely) == 1
    with_far = draw([supply(PEREIRA), supply(QUIMBAYA), supply(PITALITO), supply((-16.5, -68.1))], [])
    assert [len(one.marks) for one in with_far] == [3, 1]


def test_every_place_stands_inside_the_frame_with_north_up() -> None:
    places = [PEREIRA, QUIMBAYA, PITALITO, PANAMA, BUGABA]
    projection = fit(places, FRAME)
    for lat, lon in places:
        x, y = projection.xy(lat, lon)
        assert FRAME.left < x < FRAME.right and FRAME.top < y < FRAME.bottom
    assert projection.xy(*PANAMA)[1] < projection.xy(*PEREIRA)[1]
    assert projection.xy(*PANAMA)[0] < projection.xy(*PEREIRA)[0]
    assert 0 < projection.bar().length <= FRAME.width / 4
    assert all(FRAME.left <= line.at <= FRAME.right for line in projection.meridians())
    assert all(FRAME.top <= line.at <= FRAME.bottom for line in projection.parallels())


def test_areas_compare_across_kinds_and_maps() -> None:
    maps = draw([supply(PEREIRA, 400), Mark("demand", QUIMBAYA, 100, "y"), supply(PANAMA, 100)], [])
    shapes = {shape.mark.place: shape for one in maps for shape in one.shapes}
    assert shapes[PEREIRA].size == pytest.approx(2 * shapes[PANAMA].size)
    assert shapes[QUIMBAYA].side ** 2 == pytest.approx(pi * shapes[PANAMA].size ** 2)


def test_names_stay_apart() -> None:
    crowded = [supply((4.6 + 0.02 * n, -75.7 + 0.015 * n), 20, f"Municipio {n}") for n in range(8)]
    [one] = draw([*crowded, supply((4.9, -75.9), 1000, "Lejos")], [])
    assert len(one.labels) >= 5
    assert not any(label.box.meets(other.box) for label, other in combinations(one.labels, 2))
