"""The prices of needs and capacities as the matching reads them: landed and asked, per kg."""

from __future__ import annotations

from decimal import Decimal

from broker.listings.models import Capacity, Need
from broker.prices.formulas import Clause, Computed, compute
from broker.prices.quotes import Quotes


def clause_of(need: Need) -> Clause:
    """The price clause a need proposes."""
    price = need.price
    return Clause(
        method=need.price_method,
        currency=need.currency,
        unit_kg=need.price_unit_kg,
        unit_price=price.money.amount if price else None,
        params=need.price_params,
    )


def published_price(need: Need, quotes: Quotes) -> Computed:
    """What the need's price clause pays today, per kg landed, in the need's currency. Raises RuleBroken."""
    return compute(clause_of(need), quotes.series, quotes.rate(need.currency))


def usd_per_kg(amount: Decimal, currency: str, quotes: Quotes) -> Decimal:
    """An amount per kg in US dollars per kg, the numeraire of the matching. Raises RuleBroken('rate_missing')."""
    return amount / quotes.rate(currency)


def ask_usd_per_kg(capacity: Capacity, quotes: Quotes) -> Decimal | None:
    """What the organization asks at its door, or None when it takes the buyer's formula."""
    ask = capacity.ask_price
    return None if ask is None else usd_per_kg(ask.per_kg, capacity.currency, quotes)
