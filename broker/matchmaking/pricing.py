"""Needs and capacities in US dollars per kg, and why some cannot be put so: 'rate_missing' (a currency without exchange
rate), 'quote_missing' (an index without quotation), 'price_unusable' (a figure is missing, or makes the price
negative or absurd)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.errors import RuleBroken
from broker.listings.fields import MOST_PER_KG
from broker.listings.models import Capacity, Need
from broker.prices.freight import rule_for
from broker.prices.quotes import Quotes
from broker.prices.terms import ask_usd_per_kg, published_price, usd_per_kg


@dataclass(frozen=True)
class Offer:
    """A capacity in US dollars per kg: what is asked at the door (NaN: the buyer's formula), and freight."""

    ask: float
    freight_base: float
    freight_per_km: float


@dataclass(frozen=True)
class Prices:
    """Ceiling and published price (NaN: not known) by need, and the offers by capacity."""

    needs: Mapping[Need, tuple[float, float]]
    capacities: Mapping[Capacity, Offer]


def needs_priced(
    needs: Sequence[Need], quotes: Quotes
) -> tuple[dict[Need, tuple[float, float]], list[tuple[Need, str]]]:
    """Ceiling and published price by need, landed; and the others with their reason."""
    found: dict[Need, tuple[float, float]] = {}
    others: list[tuple[Need, str]] = []
    for need in needs:
        try:
            found[need] = _price_usd(need, quotes)
        except RuleBroken as fault:
            others.append((need, _reason(fault)))
    return found, others


def capacities_priced(
    capacities: Sequence[Capacity], quotes: Quotes
) -> tuple[dict[Capacity, Offer], list[tuple[Capacity, str]]]:
    """The offers by capacity; and the others with their reason."""
    found: dict[Capacity, Offer] = {}
    others: list[tuple[Capacity, str]] = []
    for capacity in capacities:
        try:
            ask = ask_usd_per_kg(capacity, quotes)
            base, per_km = rule_for(capacity.country).usd(quotes)
            asked = math.nan if ask is None else _sane(ask)
            found[capacity] = Offer(asked, float(base), float(per_km))
        except RuleBroken as fault:
            others.append((capacity, _reason(fault)))
    return found, others


def _price_usd(need: Need, quotes: Quotes) -> tuple[float, float]:
    """Ceiling and published price. A quotation may be missing where the buyer has said the most he pays."""
    reserve = need.reserve_price
    try:
        published = _sane(usd_per_kg(published_price(need, quotes).per_kg, need.currency, quotes))
    except RuleBroken as fault:
        if fault.code != "quote_missing" or reserve is None:
            raise
        published = math.nan
    ceiling = _sane(usd_per_kg(reserve.per_kg, need.currency, quotes)) if reserve else published
    return ceiling, published


def _sane(usd: Decimal) -> float:
    if not 0 <= usd <= MOST_PER_KG:
        raise RuleBroken("price_unusable")
    return float(usd)


def _reason(fault: RuleBroken) -> str:
    return fault.code if fault.code in ("rate_missing", "quote_missing") else "price_unusable"
