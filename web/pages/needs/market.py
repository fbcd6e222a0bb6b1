"""What a need is worth to the organization that reads it, and which of its conditions are closed to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from broker.errors import RuleBroken
from broker.listings import queries
from broker.listings.conditions import Closed, closed_conditions
from broker.listings.models import Capacity, Need
from broker.prices.quotes import Quotes, quotes_on
from broker.prices.terms import ask_usd_per_kg
from broker.prices.worth import Worth, worth_today
from web import i18n
from web.pages.listings import forms
from web.security import actor

LIVE = ("published", "partially_committed", "fully_committed", "stale")


@dataclass(frozen=True)
class View:
    """A need as the organization sees it. `capacity` is its own of that product that meets most, or None;
    `gain` is what the need is worth above its asking price, per kg in the need's currency."""

    worth: Worth | None
    capacity: Capacity | None
    closed: list[Closed]
    gain: Decimal | None

    @property
    def fits(self) -> bool:
        return self.capacity is not None and not self.closed


def own_capacities(session: Session) -> list[Capacity]:
    """What the reader's organization offers, with its certificates."""
    own = actor().organization_id
    return [] if own is None else queries.capacities_of(session, [own], states=LIVE, certificates=True)


def own_view(session: Session, needs: Sequence[Need], capacities: Sequence[Capacity]) -> dict[int, View]:
    """For every need: its worth today per kg from the organization's place, and the closed conditions."""
    organization = forms.organization()
    today = i18n.today()
    certificates = capacities[0].organization.covered_by if capacities else []
    quotes = quotes_on(session, today)
    views: dict[int, View] = {}
    for need in needs:
        offered = [capacity for capacity in capacities if capacity.product == need.product]
        judged = [(closed_conditions(need, c, certificates, today), c) for c in offered]
        closed, capacity = min(judged, key=lambda pair: len(pair[0])) if judged else ([], None)
        origin = capacity or organization
        known = origin.lat is not None and origin.lon is not None
        worth = worth_today(need, origin, origin.country, quotes) if known else None
        views[need.id] = View(worth, capacity, closed, _gain(worth, capacity, quotes))
    return views


def grouped(needs: Sequence[Need], views: dict[int, View]) -> list[tuple[str, list[Need]]]:
    """Needs that fit, those of the organization's products that do not, and the others; empty groups left
    out."""
    groups: dict[str, list[Need]] = {"fits": [], "closed": [], "other": []}
    for need in needs:
        view = views[need.id]
        groups["fits" if view.fits else "closed" if view.capacity else "other"].append(need)
    return [(name, rows) for name, rows in groups.items() if rows]


def _gain(worth: Worth | None, capacity: Capacity | None, quotes: Quotes) -> Decimal | None:
    if worth is None or capacity is None:
        return None
    try:
        ask = ask_usd_per_kg(capacity, quotes)
    except RuleBroken:
        return None
    return None if ask is None else worth.today - ask * quotes.rate(worth.currency)
