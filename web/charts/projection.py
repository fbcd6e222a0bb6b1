"""A small map's own projection: degrees to points of a frame, its graticule and its scale bar.

Equirectangular with the parallel of the middle true to scale: over a few hundred kilometres its error is below what a
circle covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians

KM_A_DEGREE = 111.195
"""Length of a degree of latitude on the mean sphere."""
LEAST_KM = 40.0
"""A map shows at least so much across, so that one place alone stands somewhere."""
GRATICULES = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
BARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


@dataclass(frozen=True)
class Frame:
    """The part of the drawing that the map fills."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class Line:
    """A meridian or parallel: its degrees, and where it crosses the frame (x of a meridian, y of a parallel)."""

    degrees: float
    at: float


@dataclass(frozen=True)
class Bar:
    """A scale bar: kilometres and their length in the drawing."""

    km: int
    length: float


@dataclass(frozen=True)
class Projection:
    """`lat`, `lon` is the middle of the frame; `per_km` the length of a kilometre in the drawing."""

    frame: Frame
    lat: float
    lon: float
    per_km: float

    def xy(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a place stands; north is up."""
        x = (self.frame.left + self.frame.right) / 2 + (lon - self.lon) * self._km_east * self.per_km
        y = (self.frame.top + self.frame.bottom) / 2 - (lat - self.lat) * KM_A_DEGREE * self.per_km
        return x, y

    def meridians(self) -> list[Line]:
        half = self.frame.width / 2 / self.per_km / self._km_east
        return [Line(lon, self.xy(self.lat, lon)[0]) for lon in self._round(self.lon - half, self.lon + half)]

    def parallels(self) -> list[Line]:
        half = self.frame.height / 2 / self.per_km / KM_A_DEGREE
        return [Line(lat, self.xy(lat, self.lon)[1]) for lat in self._round(self.lat - half, self.lat + half)]

    def bar(self) -> Bar:
        """The longest round length that takes at most a quarter of the width."""
        room = self.frame.width / 4 / self.per_km
        km = max((km for km in BARS if km <= room), default=BARS[0])
        return Bar(km, km * self.per_km)

    @property
    def _km_east(self) -> float:
        return KM_A_DEGREE * cos(radians(self.lat))

    def _round(self, low: float, high: float) -> list[float]:
        span = self.frame.height / self.per_km / KM_A_DEGREE
        step = next((size for size in GRATICULES if span / size <= 4), GRATICULES[-1])
        return [step * number for number in range(ceil(low / step), floor(high / step) + 1)]


def fit(places: Sequence[tuple[float, float]], frame: Frame, margin: float = 0.12) -> Projection:
    """The projection in which all places (lat, lon) stand inside the frame, `margin` of its size from its edge."""
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    lat, lon = _middle(lats), _middle(lons)
    east = max(LEAST_KM, (max(lons) - min(lons)) * KM_A_DEGREE * cos(radians(lat)))
    north = max(LEAST_KM * frame.height / frame.width, (max(lats) - min(lats)) * KM_A_DEGREE)
    room = 1 - 2 * margin
    return Projection(frame, lat, lon, min(frame.width * room / east, frame.height * room / north))


def _middle(values: Iterable[float]) -> float:
    found = list(values)
    return (min(found) + max(found)) / 2
