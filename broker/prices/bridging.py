"""The cash gap of a whole need: what must be found while members are paid on delivery and the buyer pays later."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from broker.errors import RuleBroken
from broker.listings.models import Need
from broker.money import Money
from broker.prices.formulas import cash_gap, compute
from broker.prices.terms import clause_of

WEEKS = {"week": Decimal(1), "fortnight": Decimal(2), "month": Decimal(52) / 12}
"""Weeks in a period of a need that goes on; what is delivered once has no weekly value."""
ASKED_DAYS = (0, 8, 15, 30, 45)
"""Payment days that are compared: at once, what most organizations can wait, a fortnight, a month, six weeks."""


@dataclass(frozen=True)
class Bridge:
    """`weekly_kg` at `price` per kg in `currency`, paid after `days` but for the advance."""

    weekly_kg: Decimal
    price: Decimal
    currency: str
    days: int
    advance_pct: int

    @property
    def weekly_value(self) -> Money:
        return Money.rounded(self.weekly_kg * self.price, self.currency)

    @property
    def gap(self) -> Money:
        """At the payment days of the need."""
        return self.at(self.days)

    @property
    def choices(self) -> list[tuple[int, Money]]:
        """The gap at the days of the need and at others, by days."""
        return [(days, self.at(days)) for days in sorted({*ASKED_DAYS, self.days})]

    def wait(self, days: int) -> Decimal:
        """Days net of the advance."""
        return days * (1 - Decimal(self.advance_pct) / 100)

    def at(self, days: int) -> Money:
        """The gap if the buyer paid after so many days: weekly value x days net of the advance / 7."""
        value = self.weekly_kg * self.price
        return Money.rounded(cash_gap(value, self.wait(days), Decimal(0)), self.currency)


def bridge_of(need: Need, price: Decimal | None = None) -> Bridge | None:
    """The bridge of all that the need asks for, at the price it states or else at `price` per kg.

    None where the need is delivered once or by season, and where its price follows an index and `price` is not given.
    """
    if need.period not in WEEKS:
        return None
    try:
        price = compute(clause_of(need), {}).per_kg
    except RuleBroken:
        if price is None:
            return None
    return Bridge(
        need.quantity_kg / WEEKS[need.period], price, need.currency, need.payment_days, need.advance_pct
    )
