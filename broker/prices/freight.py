"""The freight rule: a base and an amount per road km, per kg, by country; settings that a broker house may change.

The default is the demonstration market's rule: 28 + 0.6 x km COP per kg in Colombia, the same in US dollars at 3,700
COP per dollar elsewhere. Road km are those of broker.catalogue.places.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from broker.prices.quotes import Quotes


@dataclass(frozen=True)
class FreightRule:
    """`base` + `per_km` x road km, in major units of `currency` per kg."""

    base: Decimal
    per_km: Decimal
    currency: str

    def usd(self, quotes: Quotes) -> tuple[Decimal, Decimal]:
        """Base and per km in US dollars per kg."""
        rate = quotes.rate(self.currency)
        return self.base / rate, self.per_km / rate


COLOMBIA = FreightRule(Decimal(28), Decimal("0.6"), "COP")
ELSEWHERE = FreightRule(Decimal(28) / 3700, Decimal("0.6") / 3700, "USD")


def rule_for(country: str) -> FreightRule:
    """The rule of the country where the produce starts."""
    return COLOMBIA if country == "CO" else ELSEWHERE
