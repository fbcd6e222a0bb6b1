"""The demonstration's exchange rates and quotations, for those who have entered none of their own."""

from __future__ import annotations

from decimal import Decimal

from broker.demo.market import WRITTEN, market
from broker.prices.formulas import Quote


def demonstration_rates() -> dict[str, Decimal]:
    """Units of each currency per US dollar, as the demonstration market states them."""
    return {currency: Decimal(value) for currency, value in market()["rates"].items()}


def demonstration_series() -> dict[str, Quote]:
    """The demonstration's quotation of ICE C."""
    date = WRITTEN.isoformat()
    return {q["series"]: Quote(q["series"], Decimal(q["value"]), date) for q in market()["quotes"]}
