"""The demonstration market as data, with its dates moved to the season to come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from broker.yaml_text import read_yaml

DATA = Path(__file__).parent / "data" / "market.yml"
WRITTEN = dt.date(2026, 11, 23)
"""The day for which the windows of the demonstration were written."""
LAST_FIT = dt.date(2026, 11, 26)
"""The last day on which the first of its needs can still be answered; later, everything moves on by a year."""


@dataclass(frozen=True)
class Shift:
    """Whole years by which the windows are moved, so that the demonstration lies ahead whenever it is loaded."""

    years: int

    @classmethod
    def for_day(cls, today: dt.date) -> Shift:
        years = today.year - LAST_FIT.year
        moved = LAST_FIT.replace(year=today.year)
        return cls(max(0, years + (1 if today > moved else 0)))

    def window(self, start: dt.date, end: dt.date) -> tuple[dt.date, dt.date]:
        """The window moved; one that starts on a Monday still does, and keeps its length in weeks."""
        moved = _in_year(start, start.year + self.years)
        if start.weekday() == 0 and start.day != 1:
            moved += dt.timedelta(days=-moved.weekday() % 7)
            return moved, moved + (end - start)
        return moved, _in_year(end, end.year + self.years)


@cache
def market() -> dict[str, Any]:
    """The market file: quotes, rates, union, buyers with their needs, producers with their capacities."""
    found: dict[str, Any] = read_yaml(DATA.read_text(encoding="utf-8"))
    return found


def need_fields(buyer: dict[str, Any], today: dt.date) -> dict[str, str]:
    """A buyer's need in the fields a person would type, with its place and its dates."""
    raw = dict(buyer["need"])
    window = dt.date.fromisoformat(raw["start"]), dt.date.fromisoformat(raw["end"])
    start, end = Shift.for_day(today).window(*window)
    return raw | place_fields(buyer) | {"start": start.isoformat(), "end": end.isoformat()}


def place_fields(party: dict[str, Any]) -> dict[str, str]:
    """Country, municipality and coordinates of a party as typed fields."""
    return {
        "country": party["country"],
        "municipality": party["municipality"],
        "lat": str(party["lat"]),
        "lon": str(party["lon"]),
    }


def certificates(producer: dict[str, Any]) -> list[tuple[str, str]]:
    """(scheme, holder's id) of each certificate; without a holder named it is the organization's own."""
    pairs = [text.partition(":") for text in producer["certificates"]]
    return [(scheme, holder or producer["id"]) for scheme, _, holder in pairs]


def _in_year(day: dt.date, year: int) -> dt.date:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)
