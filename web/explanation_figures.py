"""How the numbers of an explanation are said, each by the unit in its name."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext

from web.figures import kg_price
from web.i18n import kilograms, number, percent


class Figures(UserDict[str, Any]):
    """Numbers by their names that are put into words when a sentence asks for them, and not before."""

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        return value if isinstance(value, str) else FIGURES.get(name, plain)(value)


def figures_of(params: Mapping[str, Any]) -> Figures:
    """Every number by its name, ready to stand in a sentence."""
    return Figures(params)


def exact(value: Any) -> Decimal:
    return Decimal(str(value))


def plain(value: Any) -> str:
    return "–" if value is None else number(exact(value), most=1)


def mass(value: Any) -> str:
    return "–" if value is None else kilograms(exact(value))


def share(value: Any) -> str:
    return "–" if value is None else percent(100 * exact(value), 0)


def days(value: Any) -> str:
    if value is None:
        return "–"
    count = exact(value)
    if count == count.to_integral_value():
        return ngettext("%(num)d day", "%(num)d days", int(count))
    return gettext("%(days)s days", days=number(count, 1))


def offers(value: Any) -> str:
    return ngettext("%(num)d offer", "%(num)d offers", int(value))


def organizations(value: Any) -> str:
    return ngettext("%(num)d organization", "%(num)d organizations", int(value))


def limits(value: Any) -> str:
    return ngettext("%(num)d limit", "%(num)d limits", int(exact(value)) if value is not None else 1)


FIGURES: dict[str, Callable[[Any], str]] = {
    "pairs": offers, "alone_pairs": offers,
    "kg_per_period": mass, "alone_kg_per_period": mass, "eligible_kg": mass, "usable_kg": mass,
    "wanted_kg": mass, "reachable_kg": mass, "kg_elsewhere": mass, "kg": mass, "kg_left": mass, "lot_kg": mass,
    "share": share, "needed_share": share, "reachable_share": share, "share_of_need": share,
    "share_of_capacity": share,
    "needed": organizations, "eligible": organizations, "allowed": organizations,
    "wait_days": days, "max_wait_days": days,
}  # fmt: skip
"""How the numbers of each name are said; any other as a plain number."""


def price(value: Any) -> str:
    return "–" if value is None else kg_price(exact(value))
