"""Maps of a market: places of supply and demand as marks by size, and the flows between them.

Places far from each other stand on maps of their own, so that neighbours can be told apart; a flow keeps both its
ends on one map.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, radians, sqrt

from web.charts.labels import Box, Label, Named, place
from web.charts.projection import KM_A_DEGREE, Bar, Frame, Line, Projection, fit

WIDTH, HEIGHT = 640.0, 460.0
FRAME = Frame(44, 10, WIDTH - 10, HEIGHT - 26)
NEAR_KM = 80.0
"""Places this close to each other share a map."""
LONELY_KM = 400.0
"""A place that would have a map to itself goes onto the nearest one within this distance."""
LARGEST, SMALLEST = 26.0, 3.5
THICKEST, THINNEST = 7.0, 1.2
TYPE = 13.0
BEND = 0.14
BAR_BOX = Box(FRAME.left, FRAME.bottom - 30, FRAME.left + FRAME.width / 4 + 60, FRAME.bottom)

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Mark:
    """Supply or demand at a place: 'supply' or 'demand', its amount and the name of the place."""

    kind: str
    place: Place
    amount: float
    name: str


@dataclass(frozen=True)
class Link:
    """A flow between two places, 'agreed' or 'suggested'."""

    kind: str
    start: Place
    end: Place
    amount: float


@dataclass(frozen=True)
class Shape:
    """A mark in the drawing: a circle of `size` radius for supply, a square of the same area for demand."""

    mark: Mark
    x: float
    y: float
    size: float

    @property
    def side(self) -> float:
        """Side of the square."""
        return self.size * sqrt(pi)


@dataclass(frozen=True)
class Curve:
    """A flow in the drawing, bent to the left of its way so that the way back is another line."""

    link: Link
    path: str
    width: float


@dataclass(frozen=True)
class MarketMap:
    """One map. `marks` and `links` are all that it shows."""

    projection: Projection
    marks: tuple[Mark, ...]
    links: tuple[Link, ...]
    shapes: tuple[Shape, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Label, ...]
    meridians: tuple[Line, ...]
    parallels: tuple[Line, ...]
    bar: Bar


def draw(marks: Sequence[Mark], links: Sequence[Link]) -> list[MarketMap]:
    """The maps, the one with the greatest amounts first. Sizes compare across all of them."""
    most = max((mark.amount for mark in marks), default=0.0)
    thick = max((link.amount for link in links), default=0.0)
    drawn = [_map(*part, most, thick) for part in _parts(marks, links)]
    return sorted(drawn, key=lambda one: -sum(mark.amount for mark in one.marks))


def radius(amount: float, most: float) -> float:
    """By area: four times the amount is twice as wide. Never too small to be seen."""
    return max(SMALLEST, LARGEST * sqrt(amount / most)) if most > 0 else SMALLEST


def km_between(one: Place, other: Place) -> float:
    """As the crow flies, near enough for telling neighbours."""
    middle = radians((one[0] + other[0]) / 2)
    return KM_A_DEGREE * hypot(one[0] - other[0], (one[1] - other[1]) * cos(middle))


def _parts(marks: Sequence[Mark], links: Sequence[Link]) -> Iterable[tuple[list[Mark], list[Link]]]:
    """Marks and links by map: places that are near each other or joined by a flow stand together."""
    groups = _gathered(
        list(dict.fromkeys([*(m.place for m in marks), *(end for k in links for end in (k.start, k.end))])),
        [(link.start, link.end) for link in links],
    )
    for places in _accompanied(groups):
        yield (
            [mark for mark in marks if mark.place in places],
            [link for link in links if link.start in places],
        )


def _gathered(places: Sequence[Place], joined: Sequence[tuple[Place, Place]]) -> list[set[Place]]:
    near = [
        (one, other)
        for number, one in enumerate(places)
        for other in places[number + 1 :]
        if km_between(one, other) <= NEAR_KM
    ]
    groups = {one: {one} for one in places}
    for one, other in (*near, *joined):
        if groups[one] is not groups[other]:
            groups[one] |= groups[other]
            groups.update(dict.fromkeys(groups[other], groups[one]))
    return list({id(group): group for group in groups.values()}.values())


def _accompanied(groups: Sequence[set[Place]]) -> list[set[Place]]:
    """Each place that stands alone put to the group of the nearest place, if that is not too far."""
    found = list(groups)
    for alone in [group for group in groups if len(group) == 1]:
        # Others may have come to it by now.
        others = [group for group in found if group is not alone] if len(alone) == 1 else []
        km, nearest = min(((_km_to(alone, other), n) for n, other in enumerate(others)), default=(0.0, -1))
        if nearest >= 0 and km <= LONELY_KM:
            others[nearest].update(alone)
            found = others
    return found


def _km_to(group: Iterable[Place], other: Iterable[Place]) -> float:
    return min(km_between(one, two) for one in group for two in other)


def _map(marks: Sequence[Mark], links: Sequence[Link], most: float, thick: float) -> MarketMap:
    ends = [end for link in links for end in (link.start, link.end)]
    projection = fit([*(mark.place for mark in marks), *ends], FRAME)
    # The large ones first, so that a small one lies on top.
    ordered = sorted(marks, key=lambda mark: (-mark.amount, mark.name, mark.kind))
    shapes = tuple(Shape(mark, *projection.xy(*mark.place), radius(mark.amount, most)) for mark in ordered)
    named = [
        Named(one.mark.name, one.x, one.y, one.size if one.mark.kind == "supply" else one.side / 2)
        for one in shapes
    ]
    frame = Box(FRAME.left, FRAME.top, FRAME.right, FRAME.bottom)
    return MarketMap(
        projection,
        tuple(marks),
        tuple(links),
        shapes,
        tuple(_curve(link, projection, thick) for link in links if link.start != link.end),
        tuple(place(named, frame, TYPE, [BAR_BOX])),
        tuple(projection.meridians()),
        tuple(projection.parallels()),
        projection.bar(),
    )


def _curve(link: Link, projection: Projection, thick: float) -> Curve:
    (x, y), (to_x, to_y) = projection.xy(*link.start), projection.xy(*link.end)
    bend_x, bend_y = (x + to_x) / 2 + (to_y - y) * BEND, (y + to_y) / 2 - (to_x - x) * BEND
    path = f"M{x:.1f} {y:.1f}Q{bend_x:.1f} {bend_y:.1f} {to_x:.1f} {to_y:.1f}"
    return Curve(link, path, max(THINNEST, THICKEST * link.amount / thick) if thick > 0 else THINNEST)
