"""What a need is worth to an organization today, per kg: its published price less freight, waiting
discounted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from broker.catalogue.places import Located, distance_km
from broker.errors import RuleBroken
from broker.listings.models import Need
from broker.prices.formulas import effective_price
from broker.prices.freight import rule_for
from broker.prices.quotes import Quotes
from broker.prices.terms import published_price

MONTHLY_COST = Decimal("0.04")
"""Cost of money where members wait for it: 4 % a month (domain model 2.7, demonstration value)."""


@dataclass(frozen=True)
class Worth:
    """Per kg in the need's `currency`; freight and waiting are what they take off; km by road; days net of
    advance."""

    currency: str
    price: Decimal
    freight: Decimal
    waiting: Decimal
    today: Decimal
    km: Decimal
    days: Decimal


def worth_today(
    need: Need, origin: Located, country: str, quotes: Quotes, monthly_cost: Decimal = MONTHLY_COST
) -> Worth | None:
    """What a kg from `origin` in `country` is worth today, or None where a quotation or a rate is missing.

    The buyer's freight is not taken off where he fetches the produce (farm gate); it is part of his landed cost, so
    the matching counts it there too.
    """
    try:
        price = published_price(need, quotes).per_kg
        base, per_km = rule_for(country).usd(quotes)
        rate = quotes.rate(need.currency)
    except RuleBroken:
        return None
    km = Decimal(str(distance_km(origin, need)))
    freight = Decimal(0) if need.delivery_term == "farm_gate" else (base + per_km * km) * rate
    net = price - freight
    today = effective_price(net, need.wait_days, monthly_cost)
    return Worth(need.currency, price, freight, net - today, today, km, need.wait_days)
