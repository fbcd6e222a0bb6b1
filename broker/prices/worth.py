"""What a need is worth to an organization today, per kg: its published price less what is usually rejected, less what
waiting costs, less freight."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from broker.catalogue.places import Located, distance_km
from broker.errors import RuleBroken
from broker.listings.models import Need
from broker.prices.formulas import Quote, effective_price
from broker.prices.freight import rule_for
from broker.prices.quotes import Quotes
from broker.prices.terms import published_price

MONTHLY_COST = Decimal("0.04")
"""Cost of money where members wait for it: 4 % a month (domain model 2.7, demonstration value)."""


@dataclass(frozen=True)
class Worth:
    """Per kg in the need's `currency`; rejects, waiting and freight are what they take off; km by road; days net of
    advance. `quote` is the quotation that an index clause was reckoned with."""

    currency: str
    price: Decimal
    rejects: Decimal
    waiting: Decimal
    freight: Decimal
    km: Decimal
    days: Decimal
    monthly_cost: Decimal
    quote: Quote | None

    @property
    def delivered(self) -> Decimal:
        """At the place of delivery, before freight: price x (1 - rejects) / (1 + r x days / 30)."""
        return self.price - self.rejects - self.waiting

    @property
    def today(self) -> Decimal:
        """From the organization's place: freight is paid when the truck leaves, on what is rejected too."""
        return self.delivered - self.freight


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
    taken = price * (1 - (need.usual_rejects_pct or Decimal(0)) / 100)
    return Worth(
        currency=need.currency,
        price=price,
        rejects=price - taken,
        waiting=taken - delivered_today(need, price, monthly_cost),
        freight=Decimal(0) if need.delivery_term == "farm_gate" else (base + per_km * km) * rate,
        km=km,
        days=need.wait_days,
        monthly_cost=monthly_cost,
        quote=quotes.series.get(str(need.price_params.get("index_series", ""))),
    )


def delivered_today(need: Need, price: Decimal, monthly_cost: Decimal = MONTHLY_COST) -> Decimal:
    """What a price that the need pays for a delivered kg is worth today, its usual rejects and its waiting counted."""
    return effective_price(price, need.wait_days, monthly_cost, need.usual_rejects_pct or Decimal(0))
