"""What the market pays for a product: in which units it is quoted, and how far it lies above an agreed price."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.catalogue import units
from broker.errors import NotFound
from broker.listings.models import Need
from broker.money import MINOR_DIGITS
from broker.prices.agreed import Terms
from broker.prices.formulas import Quote
from broker.prices.review import FOUR_WEEKS

ANYWHERE = ("kg", "lb")
STANDING = ("fixed", "fixed_reviewed", "cost_plus")


def market_units(session: Session, clients: Collection[int]) -> list[str]:
    """A currency and a unit, such as HNL/qq_100lb: kilogram and pound in every currency, and what else the needs of
    the clients are priced in, if it always weighs the same."""
    asked = select(Need.currency, Need.price_unit).where(Need.buyer_id.in_(clients)).distinct()
    everywhere = [f"{currency}/{unit}" for currency in sorted(MINOR_DIGITS) for unit in ANYWHERE]
    own = sorted(f"{currency}/{unit}" for currency, unit in session.execute(asked) if _kg_of(unit))
    return [unit for unit in own if unit not in everywhere] + everywhere


def above_agreed_pct(price: Terms, points: Sequence[Quote], day: dt.date) -> Decimal | None:
    """By how many per cent the median of the four weeks that end on `day` lies above a price that stands for the whole
    term. None for a price that moves, and where nothing was quoted in its currency."""
    if not price.unit_price or price.method not in STANDING:
        return None
    ratios = [
        ratio
        for point in points
        if day - FOUR_WEEKS < dt.date.fromisoformat(point.date) <= day
        and (ratio := _ratio(price, price.unit_price, point)) is not None
    ]
    return 100 * (median(ratios) - 1) if ratios else None


def _ratio(price: Terms, agreed: Decimal, point: Quote) -> Decimal | None:
    """Of a quotation to the agreed price of as many kg; exact where both are in one unit."""
    currency, _, unit = point.unit.partition("/")
    if currency != price.currency:
        return None
    if unit == price.unit:
        return point.value / agreed
    kg = _kg_of(unit)
    return None if kg is None else point.value * price.unit_kg / (kg * agreed)


def _kg_of(unit: str) -> Decimal | None:
    """None where the weight is declared from case to case, and for what is no mass."""
    try:
        found = units.get(unit)
    except NotFound:
        return None
    return found.factor if found.dimension == "mass" else None
