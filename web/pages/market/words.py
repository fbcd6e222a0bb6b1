"""The words of the market's pages: regions, degrees, what a lever would take."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_babel import gettext as _

from broker.catalogue.regions import Region
from broker.matchmaking.openings import LEVERS
from web.i18n import NO_BREAK, country_name, number
from web.pages.market.lever_texts import lever_sentence
from web.wording import label

MOST_NAMED = 4
"""So many regions stand in the title of a map."""


def register(app: Flask) -> None:
    """Make the words known to templates."""
    for function in (lever_sentence, region_name, map_title, degrees):
        app.template_filter(function.__name__)(function)


def region_name(region: Region) -> str:
    """Quindío, Colombia; the country alone where no more is known."""
    country = country_name(region.country)
    return f"{region.name}, {country}" if region.name else country


def map_title(regions: Sequence[Region]) -> str:
    """Colombia: Quindío, Risaralda."""
    countries = dict.fromkeys(region.country for region in regions)
    return "; ".join(_title(country, regions) for country in countries)


def degrees(value: float, positive: str, negative: str) -> str:
    """4.5° N: the half of the globe by its letter."""
    letters = {"N": _("N"), "S": _("S"), "E": _("E"), "W": _("W")}
    half = f"{NO_BREAK}{letters[positive if value > 0 else negative]}" if value else ""
    return f"{number(round(abs(value), 2))}°{half}"


def lever_options() -> list[tuple[str, str]]:
    """What may give way, for a select."""
    own = {"loss": _("loss after harvest"), "confirm": _("capacity to confirm again")}
    return [(code, own.get(code) or label(code, "gate")) for code in LEVERS]


def _title(country: str, regions: Sequence[Region]) -> str:
    names = [region.name for region in regions if region.country == country and region.name]
    more = "…" if len(names) > MOST_NAMED else ""
    return ": ".join(filter(None, (country_name(country), ", ".join(names[:MOST_NAMED]) + more)))
